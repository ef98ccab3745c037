//! Opaque tokens: a secret in a header, compared with the digests of a caller's keys.

mod check;
mod compile;
mod digest;
mod strength;
mod table;
mod wire;

pub(crate) use compile::tokens;
pub(crate) use digest::Digest;
#[cfg(feature = "explain")]
pub(crate) use strength::key_id;
pub(crate) use strength::weakness;
pub use table::KeyState;
pub(crate) use table::{KeyTable, Verified};
pub(crate) use wire::Token;
