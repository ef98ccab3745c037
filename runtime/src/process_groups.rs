//! The process groups of all running children, for a program that must end at once.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// Ends every group at once, for a program that is about to exit without unwinding.
pub(crate) fn kill_all() {
    for group in groups().iter() {
        let _gone = killpg(Pid::from_raw(*group), Signal::SIGKILL);
    }
}

/// The ids of the groups. Who starts a child holds this lock over the start, so that no child slips
/// through.
pub(crate) fn groups() -> MutexGuard<'static, BTreeSet<i32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

static GROUPS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());
