//! The keys with which an issuer signs, and the signatures by them. Every kind of credential that is
//! signed uses this: its members of the document are the same (`wire`), and so are their checks
//! (`compile`) and the way to the keys and to the check of a signature (`signatures`).

mod compile;
mod signatures;
mod wire;

pub(crate) use compile::keys;
pub(crate) use signatures::Signatures;
pub(crate) use wire::Keys;

use crate::ids::KeySourceId;
use crate::jwt::KeySet;

/// The place from which the keys of an issuer come.
#[derive(Debug)]
pub(crate) enum SignedKeys {
    /// From a variable that is absent.
    Absent,
    /// From an address.
    Address(KeySourceId),
    /// From the policy or a variable.
    Here(KeySet),
}

impl SignedKeys {
    /// Returns `true` if this host has none, and never will.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The address, if they come from one.
    #[cfg(feature = "explain")]
    pub(crate) fn source(&self) -> Option<KeySourceId> {
        match self {
            Self::Address(source) => Some(*source),
            Self::Absent | Self::Here(_) => None,
        }
    }
}
