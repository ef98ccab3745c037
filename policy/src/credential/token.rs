//! Opaque tokens: a secret in a header, compared with the digests of a caller's keys.

mod check;
mod digest;
mod strength;
mod table;

pub(crate) use digest::Digest;
pub(crate) use strength::{key_id, weakness};
pub use table::KeyState;
pub(crate) use table::{Key, KeyTable, MAX_UNNAMED, Verified};
