//! Signed tokens: JSON Web Tokens under the rules of a caller. The library that reads and verifies
//! them is [`crate::jwt`].

mod check;
mod claims;
mod compile;
#[cfg(feature = "explain")]
mod explain;
mod key_source;
mod preset;
mod wire;

pub(crate) use check::{Signatures, Verified};
pub(crate) use compile::rules;
#[cfg(feature = "explain")]
pub(crate) use explain::steps;
pub(crate) use wire::Jwt;

use crate::ids::{CallerId, KeySourceId, KeyTableId};
use crate::jwt::{ClaimRules, KeySet};

/// The rules for the signed tokens of a caller.
#[derive(Debug)]
pub(crate) struct SignedRules {
    pub(crate) caller: CallerId,
    /// The header in which they come.
    pub(crate) table: KeyTableId,
    pub(crate) keys: SignedKeys,
    pub(crate) claims: ClaimRules,
}

/// The place from which the keys of signed tokens come.
#[derive(Debug)]
pub(crate) enum SignedKeys {
    /// From a variable that is absent.
    Absent,
    /// From an address.
    Address(KeySourceId),
    /// From the policy or a variable.
    Here(KeySet),
}
