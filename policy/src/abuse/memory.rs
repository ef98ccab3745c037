//! The counts of one thread.

use super::Counts;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;

/// Counts that one thread keeps for itself, in less than half a megabyte.
#[derive(Debug, Default)]
pub struct MemoryCounts(RefCell<Vec<Box<[u8]>>>);

impl Counts for MemoryCounts {
    fn change(&self, set: u16, change: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> bool {
        let mut sets = self.0.borrow_mut();
        let place = usize::from(set);
        let kept = sets.get(place).map(|kept| &**kept).unwrap_or_default();
        let Some(next) = change(kept) else { return true };
        while sets.len() <= place {
            sets.push(Box::default());
        }
        if let Some(kept) = sets.get_mut(place) {
            *kept = next.into();
        }
        true
    }
}

impl MemoryCounts {
    /// The bytes that the counts take, without those of the list of sets.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.borrow().iter().map(|kept| kept.len()).sum()
    }
}
