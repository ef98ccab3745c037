//! Abuse control: counts the failures of clients and keys, and the calls of callers, within
//! windows.
//!
//! Counting never admits anyone. It changes the answer of a refusal, and turns an admission into a
//! refusal if the policy says so. Counts belong to an address, the id of a key, or a caller and a
//! rule, and never to anything taken from an offered secret.

mod bucket;
mod memory;

pub(crate) use bucket::{Counted, Name, hit, look};
pub use memory::MemoryCounts;

use alloc::boxed::Box;
use alloc::vec::Vec;

/// A store of counts: 4,352 sets of four buckets, at most 84 bytes a set, so that its memory is
/// bounded.
///
/// In a full set the bucket whose window is over makes room for a new one, or else the bucket with
/// the lowest count. This can make a limit looser for somebody, and never stricter.
pub trait Counts: core::fmt::Debug {
    /// Changes a set in one step. `change` gets the stored set, empty at first, and returns the new
    /// one, or `None` to leave it. It is called again if another thread was faster. Returns `false`
    /// if that happened too often, and the set was not changed.
    fn change(&self, set: u16, change: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> bool;
}

/// The policy's limits on abuse.
#[derive(Debug, Default)]
pub(crate) struct Abuse {
    pub(crate) failures: Option<Failures>,
    /// On Cloudflare, the bindings that count for all isolates of a location.
    pub(crate) failures_binding: Option<Box<str>>,
    pub(crate) calls_binding: Option<Box<str>>,
}

/// The limit of failures.
#[derive(Debug)]
pub(crate) struct Failures {
    pub(crate) limit: u32,
    /// In milliseconds.
    pub(crate) window: i64,
    /// While a client is throttled, callers with valid credentials are refused too.
    pub(crate) refuse_valid: bool,
}

/// The limit of calls that a caller may make under a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) calls: u32,
    /// In milliseconds.
    pub(crate) window: i64,
}
