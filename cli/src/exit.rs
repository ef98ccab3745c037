//! Exit codes.

use std::process::ExitCode;

/// The result of a command, for scripts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// Success; the request is allowed.
    Ok,
    /// Wrong usage, or something that can't be read or written.
    Usage,
    /// The request is denied, or a test failed.
    Deny,
    /// The policy has faults, or warnings that were to be denied.
    InvalidPolicy,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::Usage => 1,
            Exit::Deny => 2,
            Exit::InvalidPolicy => 3,
        })
    }
}

/// In the help of every command.
pub const CODES: &str = "\
Exit codes: 0 ok or allowed, 1 usage or I/O, 2 denied or a failed test, 3 invalid policy";
