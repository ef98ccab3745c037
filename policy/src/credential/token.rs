//! Opaque tokens: a secret in a header, compared with the digests of a caller's keys.

mod check;
mod compile;
mod digest;
#[cfg(feature = "explain")]
mod explain;
mod secret;
mod strength;
mod table;
mod wire;

pub(crate) use compile::rules;
pub(crate) use digest::Digest;
pub(crate) use secret::secret;
#[cfg(feature = "explain")]
pub(crate) use strength::{key_id, weakness};
pub use table::KeyState;
pub(crate) use table::{KeyTable, Verified};
pub(crate) use wire::Token;

use crate::ids::{CallerId, KeyTableId};
use alloc::vec::Vec;

/// The places of a caller's tokens.
#[derive(Debug)]
pub(crate) struct TokenRules {
    pub(crate) caller: CallerId,
    /// The key tables in which they are looked up: one for each carrier.
    pub(crate) tables: Vec<KeyTableId>,
    /// `true` if the caller has a key there.
    pub(crate) has_key: bool,
}
