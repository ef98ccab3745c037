//! Credentials: reading the one that a client offers, and the keys that it is compared with.

mod digest;
mod misplaced;
mod offered;
mod strength;
mod table;

pub(crate) use digest::Digest;
pub(crate) use misplaced::misplaced;
pub(crate) use offered::{Offered, offered};
pub(crate) use strength::{MAX_TOKEN, is_visible, key_id, weakness};
pub use table::KeyState;
pub(crate) use table::{Key, KeyTable, MAX_UNNAMED, Rejected, Verified};
