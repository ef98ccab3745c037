//! Headers that the gate writes, and those that it never lets through.

mod action;
mod hygiene;
mod name;
mod shape;
mod value;

pub(crate) use action::{Actions, names as action_names};
pub(crate) use hygiene::{Hygiene, Role, is_rewriter};
pub use name::HeaderName;
pub(crate) use name::{folds_into, is_token};
pub use value::HeaderValue;

use crate::few::{Blank, Few};
use core::ops::Deref;

/// A header as the host received it, pseudo-headers included.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header<'r> {
    /// The name, in any case; `:method`, `:path`, `:authority` and `:scheme` for the request line.
    pub name: &'r [u8],
    /// The value, any bytes.
    pub value: &'r [u8],
}

/// The names of the headers of which a decision takes something, folded: the fields of
/// [`Head`](crate::request::Head).
pub(crate) const READ: [&str; 14] = [
    "cf-ray",
    "forwarded",
    "host",
    "traceparent",
    "upgrade",
    "user-agent",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-host",
    "x-http-host-override",
    "x-original-host",
    "x-request-id",
];

/// A change to a header map. Removing an absent header is no fault. Setting a header replaces every
/// value that it had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Edit<'a> {
    /// Remove every header of this name, compared in any case.
    Remove(&'a [u8]),
    /// Set, never append.
    Set(&'a HeaderName, &'a HeaderValue),
}

impl Blank for Edit<'_> {
    const BLANK: Self = Self::Remove(b"");
}

/// Changes to a header map, in their order: a slice of them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Edits<'a>(Few<Edit<'a>, 4>);

impl<'a> Edits<'a> {
    /// Removes a header, once however often it is asked for.
    pub(crate) fn remove(&mut self, name: &'a [u8]) {
        let edit = Edit::Remove(name);
        if !self.0.contains(&edit) {
            self.0.push(edit);
        }
    }

    /// Sets a header.
    pub(crate) fn set(&mut self, name: &'a HeaderName, value: &'a HeaderValue) {
        self.0.push(Edit::Set(name, value));
    }
}

impl<'a> Deref for Edits<'a> {
    type Target = [Edit<'a>];

    fn deref(&self) -> &[Edit<'a>] {
        &self.0
    }
}

impl<'e, 'a> IntoIterator for &'e Edits<'a> {
    type Item = &'e Edit<'a>;
    type IntoIter = core::slice::Iter<'e, Edit<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
