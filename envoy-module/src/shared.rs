//! What all workers and all configurations of this process share: the records of who fetches keys,
//! the keys, and counts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A value with its version.
type Versioned = (Vec<u8>, u32);

/// Each value is changed in single steps, so that a panic elsewhere leaves nothing half done.
static ALL: Mutex<BTreeMap<String, Versioned>> = Mutex::new(BTreeMap::new());

/// The number of changes.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// A value and its version.
pub fn get(key: &str) -> (Option<Vec<u8>>, Option<u32>) {
    match all().get(key) {
        Some((value, version)) => (Some(value.clone()), Some(*version)),
        None => (None, None),
    }
}

/// Writes a value, if its version is still this one, or none is given. Returns `false` if it is
/// another.
pub fn set(key: &str, value: &[u8], version: Option<u32>) -> bool {
    let mut all = all();
    match all.get_mut(key) {
        Some((_, current)) if version.is_some_and(|version| version != *current) => return false,
        Some((kept, current)) => {
            *kept = value.into();
            *current = current.wrapping_add(1);
        }
        None => _ = all.insert(key.into(), (value.into(), 0)),
    }
    CHANGES.fetch_add(1, Ordering::Release);
    true
}

/// The number of changes so far. If it is another than before, there may be new keys.
pub fn changes() -> u64 {
    CHANGES.load(Ordering::Acquire)
}

fn all() -> MutexGuard<'static, BTreeMap<String, Versioned>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}
