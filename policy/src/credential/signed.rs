//! Signed tokens: JSON Web Tokens under the rules of a caller. The library that reads and verifies
//! them is [`crate::jwt`].

mod check;
mod claims;
mod compile;
#[cfg(feature = "explain")]
mod explain;
mod preset;
mod wire;

pub(crate) use check::Verified;
pub(crate) use compile::rules;
pub(crate) use wire::Jwt;

use super::keys::SignedKeys;
use crate::ids::{CallerId, KeyTableId};
use crate::jwt::ClaimRules;

/// The rules for the signed tokens of a caller.
#[derive(Debug)]
pub(crate) struct SignedRules {
    pub(crate) caller: CallerId,
    /// The header in which they come.
    pub(crate) table: KeyTableId,
    pub(crate) keys: SignedKeys,
    pub(crate) claims: ClaimRules,
}
