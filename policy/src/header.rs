//! Headers that the gate writes, and those that it never lets through.

mod action;
mod hygiene;
mod name;
mod shape;
mod value;

pub(crate) use action::{Actions, names as action_names};
pub(crate) use hygiene::{Hygiene, Role, is_rewriter};
pub use name::HeaderName;
pub(crate) use name::folds_into;
pub use value::HeaderValue;

/// A change to a header map. Removing an absent header is no fault. Setting a header replaces every
/// value that it had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Edit<'a> {
    /// Remove every header of this name, compared in any case.
    Remove(&'a [u8]),
    /// Set, never append.
    Set(&'a HeaderName, &'a HeaderValue),
}
