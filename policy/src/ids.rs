//! References between the things of a policy, with a type for each kind of thing.
//!
//! A bare number could refer to anything. The compiler finds an id that is handed over in the place
//! of another kind.

use crate::few::Blank;
use crate::index::at;
use alloc::vec::Vec;
use core::marker::PhantomData;

/// The place of a thing in its [`Arena`].
pub(crate) trait Id: Copy {
    /// The id of a place.
    fn of(place: u32) -> Self;

    /// The place of an id.
    fn place(self) -> u32;
}

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        $($(#[$doc])+
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub(crate) struct $name(pub(crate) u32);

        impl Id for $name {
            fn of(place: u32) -> Self {
                Self(place)
            }

            fn place(self) -> u32 {
                self.0
            }
        }

        impl Blank for $name {
            const BLANK: Self = Self(0);
        })+
    };
}

ids! {
    /// A caller.
    CallerId,
    /// A header that identifies the user for whom a caller acts.
    IdentityId,
    /// An address with the keys of signed tokens.
    KeySourceId,
    /// A credential header, with the keys of the tokens that it carries.
    KeyTableId,
    /// A network.
    NetworkId,
    /// A rule.
    RuleId,
}

/// The place of a thing for those outside who count: hosts, and tools that explain a policy.
pub(crate) fn number(id: impl Id) -> usize {
    usize::try_from(id.place()).unwrap_or(usize::MAX)
}

/// All things of one kind, in the order of the document. An id is the only way to one of them.
#[derive(Debug)]
pub(crate) struct Arena<I, T> {
    items: Vec<T>,
    ids: PhantomData<fn(I)>,
}

impl<I: Id, T> Arena<I, T> {
    /// Adds a thing, and returns its id.
    pub(crate) fn push(&mut self, item: T) -> I {
        let id = self.next_id();
        self.items.push(item);
        id
    }

    /// The id of the thing that is added next.
    pub(crate) fn next_id(&self) -> I {
        I::of(crate::index::next(&self.items))
    }

    /// The thing with this id; `None` if the id is of another policy.
    pub(crate) fn get(&self, id: I) -> Option<&T> {
        at(&self.items, id.place())
    }

    /// The thing with this id, to be changed while the policy is made.
    pub(crate) fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.items.get_mut(number(id))
    }

    /// The id of the first thing for which `is_it` holds.
    pub(crate) fn find(&self, is_it: impl Fn(&T) -> bool) -> Option<I> {
        self.iter().find(|(_, item)| is_it(item)).map(|(id, _)| id)
    }

    /// All things with their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        (0..).map(I::of).zip(&self.items)
    }

    /// All things.
    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    /// The same ids for what is made of each thing.
    pub(crate) fn map<U>(self, make: impl Fn(T) -> U) -> Arena<I, U> {
        self.items.into_iter().map(make).collect()
    }
}

impl<I, T> Default for Arena<I, T> {
    fn default() -> Self {
        Self { items: Vec::new(), ids: PhantomData }
    }
}

impl<I, T> FromIterator<T> for Arena<I, T> {
    fn from_iter<S: IntoIterator<Item = T>>(items: S) -> Self {
        Self { items: items.into_iter().collect(), ids: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_found_by_its_id() {
        let mut arena = Arena::<NetworkId, &str>::default();
        let (one, two) = (arena.push("one"), arena.push("two"));
        assert_eq!((arena.get(one), arena.get(two)), (Some(&"one"), Some(&"two")));
        assert_eq!(arena.get(arena.next_id()), None);
        assert_eq!(arena.find(|item| *item == "two"), Some(two));
        assert_eq!(arena.iter().map(|(id, _)| id).collect::<Vec<_>>(), [one, two]);
        assert_eq!(arena.map(str::len).get(two), Some(&3));
        assert_eq!(number(two), 1);
    }
}
