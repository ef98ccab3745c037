//! Counts of failures and calls, shared by all workers of the process.

use crate::host::Host;
use std::fmt;
use wicketgate_policy::Counts;

/// Counts in shared data, one key for each set.
///
/// Keys of shared data stay until the process ends, and the number of sets is fixed. A change is a
/// compare-and-swap. If other workers were faster [`TRIES`] times in a row, it is not counted. Each
/// failed try is a change that another worker made, so at most one count in [`TRIES`] that are made
/// at the same moment is lost.
pub struct SharedCounts<H> {
    host: H,
    prefix: Box<str>,
}

impl<H> SharedCounts<H> {
    /// The counts of the policy with this name. They outlive a change of the policy.
    pub fn of(policy: &str, host: H) -> Self {
        Self { host, prefix: format!("wicketgate.counts.{policy}").into() }
    }
}

impl<H> fmt::Debug for SharedCounts<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedCounts").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// The number of times that a change is tried.
const TRIES: usize = 16;

/// A version that no value has. For an absent key Envoy takes any version, so two workers that
/// write the first value at the same time would not notice each other. With this version the second
/// is refused.
const NEVER: u32 = u32::MAX;

impl<H: Host> Counts for SharedCounts<H> {
    fn change(&self, set: u16, change: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> bool {
        let key = format!("{}.{set}", self.prefix);
        for _ in 0..TRIES {
            let (kept, version) = self.host.shared(&key);
            let Some(next) = change(&kept.unwrap_or_default()) else { return true };
            if self.host.share(&key, &next, Some(version.unwrap_or(NEVER))) {
                return true;
            }
        }
        false
    }
}
