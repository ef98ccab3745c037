//! Ctrl-C, SIGTERM and SIGHUP.
//!
//! Children run in process groups of their own, so the terminal's Ctrl-C reaches only us. The
//! first one sets a flag that every wait looks at; the commands then unwind, and dropping a
//! [`Process`](crate::process::Process) ends its whole group. A second one doesn't wait for that.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

use crate::process_groups;

/// The error with which a wait ends after Ctrl-C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// The exit code that a shell expects of a command that Ctrl-C ended.
pub const EXIT_CODE: u8 = 130;

/// Takes over Ctrl-C, SIGTERM and SIGHUP for the rest of the program.
pub fn install() -> Result<()> {
    ctrlc::set_handler(|| {
        if SIGNALS.fetch_add(1, Ordering::SeqCst) > 0 {
            process_groups::kill_all();
            std::process::exit(i32::from(EXIT_CODE));
        }
    })
    .context("cannot take over Ctrl-C")
}

/// Returns `true` if somebody asked the program to stop.
pub fn requested() -> bool {
    SIGNALS.load(Ordering::SeqCst) > 0
}

/// Fails with [`Interrupted`] once somebody asked the program to stop.
pub fn check() -> Result<(), Interrupted> {
    if requested() { Err(Interrupted) } else { Ok(()) }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

static SIGNALS: AtomicU32 = AtomicU32::new(0);
