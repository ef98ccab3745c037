//! A map from bytes to places. One type for all of them: each further instance of a hash table
//! would cost kilobytes of wasm.
//!
//! The hash is FNV-1a, a tenth of the default one's code. Nobody can flood these tables: their
//! entries come from the policy, and clients only look things up.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hash::BuildHasherDefault;
use fnv::FnvHasher;
use hashbrown::HashMap;

/// Places by name.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// The names, while they are few: comparing some costs less than hashing one.
    few: Vec<(Box<[u8]>, u32)>,
    /// All names, once they are more.
    many: HashMap<Box<[u8]>, u32, BuildHasherDefault<FnvHasher>>,
}

/// The most names that are compared one by one.
const FEW: usize = 8;

impl Index {
    /// The place of a name; a new name gets `next`.
    pub(crate) fn get_or_insert(&mut self, name: &[u8], next: u32) -> u32 {
        match self.get(name) {
            Some(place) => place,
            None => {
                self.add(name.into(), next);
                next
            }
        }
    }

    /// Adds a name. `false` when it was there before; it keeps its place then.
    pub(crate) fn insert(&mut self, name: &[u8], place: u32) -> bool {
        let is_new = self.get(name).is_none();
        if is_new {
            self.add(name.into(), place);
        }
        is_new
    }

    fn add(&mut self, name: Box<[u8]>, place: u32) {
        if self.many.is_empty() && self.few.len() < FEW {
            self.few.push((name, place));
        } else {
            self.many.extend(core::mem::take(&mut self.few));
            self.many.insert(name, place);
        }
    }

    /// The place of a name.
    pub(crate) fn get(&self, name: &[u8]) -> Option<u32> {
        if self.many.is_empty() {
            let is_it = |(other, _): &&(Box<[u8]>, u32)| same(other, name);
            return self.few.iter().find(is_it).map(|(_, place)| *place);
        }
        self.many.get(name).copied()
    }

    /// Returns `true` if there is no name.
    pub(crate) fn is_empty(&self) -> bool {
        self.few.is_empty() && self.many.is_empty()
    }
}

/// Compares byte by byte: for the short names of a policy that is half the cost of `memcmp` in
/// wasm.
pub(crate) fn same(one: &[u8], two: &[u8]) -> bool {
    one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one == two)
}

/// The item at a place of an [`Index`].
pub(crate) fn at<T>(items: &[T], place: u32) -> Option<&T> {
    items.get(usize::try_from(place).ok()?)
}

/// The place of the next item of a list.
pub(crate) fn next<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

/// Adds an item to a sorted list without repeats. Lists here are a few items long.
pub(crate) fn insert_sorted<T: Ord>(list: &mut Vec<T>, item: T) {
    let place = list.iter().position(|other| *other >= item);
    match place {
        None => list.push(item),
        Some(place) if list.get(place) == Some(&item) => {}
        Some(place) => list.insert(place, item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_first_place() {
        let mut index = Index::default();
        assert!(index.is_empty());
        assert!(index.insert(b"a", 1));
        assert!(!index.insert(b"a", 2));
        assert_eq!(index.get_or_insert(b"a", 3), 1);
        assert_eq!(index.get_or_insert(b"b", 4), 4);
        assert_eq!((index.get(b"b"), index.get(b"c")), (Some(4), None));
        assert_eq!(at(&["x"], 0), Some(&"x"));
        assert_eq!(at::<u8>(&[], 0), None);
        assert_eq!(next(&[1, 2]), 2);
    }

    #[test]
    fn few_names_and_many_are_found_alike() {
        let mut index = Index::default();
        for count in 0..40 {
            for place in 0..40_u32 {
                let name = alloc::format!("n{place}");
                let expected = (place < count).then_some(place);
                assert_eq!(index.get(name.as_bytes()), expected, "{place} of {count}");
            }
            assert!(index.insert(alloc::format!("n{count}").as_bytes(), count));
            assert!(!index.insert(alloc::format!("n{count}").as_bytes(), 99));
        }
    }

    #[test]
    fn sorted_lists() {
        let mut list = Vec::new();
        [3, 1, 2, 3, 1, 0].into_iter().for_each(|item| insert_sorted(&mut list, item));
        assert_eq!(list, [0, 1, 2, 3]);
    }
}
