//! Counts of failures and calls that all workers of the process share.

use crate::host::identity;
use wicketgate_policy::Counts;

/// Counts in Envoy's shared data, a set a key.
///
/// Keys of shared data stay until the process ends, and there are only so many sets. A change is by
/// compare-and-swap: where others were faster each of [`TRIES`] times, it is not counted. A failure
/// is one that another worker's change made, so what is lost is never more than one count in
/// [`TRIES`] that were made at that very moment.
#[derive(Debug)]
pub struct SharedCounts {
    prefix: Box<str>,
}

impl SharedCounts {
    /// Those of the policy with this name, which outlive a change of it.
    pub fn of(policy: &str) -> Self {
        Self { prefix: format!("wicketgate.counts.{policy}").into() }
    }
}

/// How often a change is tried.
const TRIES: usize = 16;

/// A version that no value has: where there is no value any is taken, so that two workers that
/// write the first at the same time would not see each other; with this one the second is refused.
const NEVER: u32 = u32::MAX;

impl Counts for SharedCounts {
    fn change(&self, set: u16, change: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> bool {
        let key = format!("{}.{set}", self.prefix);
        for _ in 0..TRIES {
            let (kept, version) = identity::shared(&key);
            let Some(next) = change(&kept.unwrap_or_default()) else { return true };
            if identity::share(&key, &next, Some(version.unwrap_or(NEVER))) {
                return true;
            }
        }
        false
    }
}
