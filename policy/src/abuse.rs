//! Abuse control: failures of a client and of a key, and calls of a caller, counted within windows.
//!
//! Counting never admits anyone. What it changes is a refusal's answer, and, where the policy says
//! so, an admission into a refusal. What is counted by is an address, the id of a key, or a caller
//! and a rule: never anything of an offered secret.

mod bucket;
mod memory;
mod restrain;

pub use memory::MemoryCounts;
pub use restrain::{Limit, Over};
pub(crate) use restrain::{Rate, limited};

use alloc::boxed::Box;
use alloc::vec::Vec;

/// Where counts are kept: 4,352 sets of four buckets, of 84 bytes each at most, so that there is a
/// bound to what they take.
///
/// In a full set a bucket whose window is over makes room, else the one that has counted least:
/// a limit may then be looser for someone, and is never stricter for anyone.
pub trait Counts {
    /// Changes a set in one step. `change` is given the set as it was kept, empty at first, and
    /// returns it as it is to be, or nothing where it stays; it is called again where another
    /// thread was faster. `false` where that happened too often, and nothing was kept.
    fn change(&self, set: u16, change: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> bool;
}

/// What a policy says about abuse.
#[derive(Debug, Default)]
pub(crate) struct Abuse {
    pub(crate) failures: Option<Failures>,
    /// The bindings that count for all isolates of a place, on Cloudflare.
    pub(crate) failures_binding: Option<Box<str>>,
    pub(crate) calls_binding: Option<Box<str>>,
}

/// How many failures are borne.
#[derive(Debug)]
pub(crate) struct Failures {
    pub(crate) limit: u32,
    /// In milliseconds.
    pub(crate) window: i64,
    /// A caller with valid credentials is refused too while the client is throttled.
    pub(crate) refuse_valid: bool,
}
