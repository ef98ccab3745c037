//! Short lists that are kept in place, so that most requests are decided without an allocation.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

/// Items that stand in the places of a [`Few`] that are not used yet.
pub(crate) trait Blank: Copy {
    /// Such an item.
    const BLANK: Self;
}

impl Blank for &[u8] {
    const BLANK: Self = b"";
}

/// A list that allocates only if it has more than `N` items.
#[derive(Clone)]
pub(crate) struct Few<T, const N: usize> {
    here: [T; N],
    len: usize,
    /// All items, if they are more than `N`. In a box, because dropping an empty vector costs a call.
    #[expect(clippy::box_collection, reason = "it is seldom there, and lists are moved often")]
    all: Option<Box<Vec<T>>>,
}

impl<T: Blank, const N: usize> Few<T, N> {
    pub(crate) const fn new() -> Self {
        Self { here: [T::BLANK; N], len: 0, all: None }
    }

    pub(crate) fn push(&mut self, item: T) {
        if let Some(all) = &mut self.all {
            all.push(item);
        } else if let Some(place) = self.here.get_mut(self.len) {
            *place = item;
            self.len += 1;
        } else {
            self.all = Some(Box::new(self.here.iter().copied().chain([item]).collect()));
        }
    }

    /// Adds an item to a sorted list without repeats.
    pub(crate) fn insert_sorted(&mut self, item: T)
    where
        T: Ord,
    {
        match self.last() {
            None => self.push(item),
            Some(last) if *last < item => self.push(item),
            Some(_) => {
                let Some(at) = self.iter().position(|other| *other >= item) else { return };
                if self.get(at) == Some(&item) {
                    return;
                }
                self.push(item);
                if let Some(after) = self.items_mut().get_mut(at..) {
                    after.rotate_right(1);
                }
            }
        }
    }

    fn items_mut(&mut self) -> &mut [T] {
        match &mut self.all {
            None => self.here.get_mut(..self.len).unwrap_or_default(),
            Some(all) => all,
        }
    }
}

impl<T, const N: usize> Deref for Few<T, N> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.all {
            None => self.here.get(..self.len).unwrap_or_default(),
            Some(all) => all,
        }
    }
}

impl<T: Blank, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Blank, const N: usize> FromIterator<T> for Few<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut few = Self::new();
        items.into_iter().for_each(|item| few.push(item));
        few
    }
}

impl<T: Eq, const N: usize> Eq for Few<T, N> {}

impl<T: PartialEq, const N: usize> PartialEq for Few<T, N> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for Few<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A list whose first item is kept in place: most requests have one rule, and one credential.
#[derive(Debug)]
pub(crate) struct OneOrMore<T> {
    first: Option<T>,
    more: Vec<T>,
}

impl<T> OneOrMore<T> {
    pub(crate) const fn new() -> Self {
        Self { first: None, more: Vec::new() }
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.first.is_none() {
            self.first = Some(item);
        } else {
            self.more.push(item);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.more)
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.more.last().or(self.first.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RuleId;

    #[test]
    fn a_list_is_the_same_in_place_and_beyond() {
        let mut few = Few::<RuleId, 2>::new();
        for len in 0..5 {
            let expected: Vec<_> = (0..len).map(RuleId).collect();
            assert_eq!(*few, *expected);
            assert_eq!(few, expected.into_iter().collect());
            few.push(RuleId(len));
        }
    }

    #[test]
    fn sorted_lists() {
        for numbers in [&[3, 1, 2, 3, 1, 0][..], &[0, 1, 2, 3], &[3, 2, 1, 0], &[1, 0, 1, 3, 2, 2]]
        {
            let mut few = Few::<RuleId, 2>::new();
            numbers.iter().for_each(|number| few.insert_sorted(RuleId(*number)));
            assert_eq!(*few, [0, 1, 2, 3].map(RuleId));
        }
    }

    #[test]
    fn one_or_more() {
        let mut items = OneOrMore::new();
        for len in 0..4 {
            assert!(items.iter().copied().eq(0..len));
            assert_eq!(items.last().copied(), (0..len).next_back());
            items.push(len);
        }
    }
}
