//! Keeps panics in.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// How many guarded calls run on this thread, one within the other.
    static GUARDED: Cell<u32> = const { Cell::new(0) };
    /// Where this thread panicked last.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// Has the places of panics in guarded calls noted, and nothing printed, from now on. The message
/// stays untold: the standard library quotes what it failed on, which a client may have sent.
pub fn install() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if GUARDED.try_with(Cell::get).unwrap_or(0) == 0 {
            return others(info);
        }
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
        // A thread that is about to end keeps no such places any more.
        let _ = PLACE.try_with(|last| last.set(place));
    }));
}

/// Calls, and returns `None` after a panic.
///
/// What was changed half is left to the caller: a stream is not asked again, and what workers share
/// is changed in single steps.
pub fn guarded<T>(call: impl FnOnce() -> T) -> Option<T> {
    let change = |by: i32| {
        let _ = GUARDED.try_with(|count| count.set(count.get().saturating_add_signed(by)));
    };
    change(1);
    let result = panic::catch_unwind(AssertUnwindSafe(call)).ok();
    change(-1);
    result
}

/// Where this thread panicked since this was asked last.
pub fn place() -> String {
    let place = PLACE.try_with(Cell::take).ok().flatten();
    place.unwrap_or_else(|| "an unknown place".to_owned())
}
