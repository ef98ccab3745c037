//! What shows who calls: a token that is compared, or one that is signed.

use crate::credential::{KeyState, Verified};
#[cfg(feature = "jwt-core")]
use crate::jwt;
use alloc::borrow::Cow;
#[cfg(feature = "jwt-core")]
use alloc::rc::Rc;

/// The kind of a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// An opaque token.
    Token,
    /// A JSON Web Token.
    #[cfg(feature = "jwt-core")]
    Jwt,
}

impl Kind {
    /// Its name in audit lines.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            #[cfg(feature = "jwt-core")]
            Self::Jwt => "jwt",
        }
    }
}

/// The key behind a credential, for audit lines.
#[derive(Clone, Debug)]
pub(super) struct KeyName<'a> {
    pub(super) kind: Kind,
    pub(super) id: Option<Cow<'a, str>>,
}

/// A caller who was verified. It holds what only checking makes.
#[derive(Clone, Debug)]
pub(super) enum Proof<'a> {
    Token(Verified<'a>),
    /// A token that is good under the rules of this caller.
    #[cfg(feature = "jwt-core")]
    Jwt(usize, Rc<jwt::Verified>),
}

impl<'a> Proof<'a> {
    /// The number of the caller in the policy.
    pub(super) fn caller(&self) -> usize {
        match self {
            Self::Token(verified) => verified.caller(),
            #[cfg(feature = "jwt-core")]
            Self::Jwt(caller, _) => *caller,
        }
    }

    pub(super) fn key(&self) -> KeyName<'a> {
        match self {
            Self::Token(verified) => {
                KeyName { kind: Kind::Token, id: Some(verified.key_id().into()) }
            }
            #[cfg(feature = "jwt-core")]
            Self::Jwt(_, token) => {
                KeyName { kind: Kind::Jwt, id: token.key_id().map(|id| Cow::Owned(id.into())) }
            }
        }
    }

    /// How the key stands in its rotation; of keys that issuers rotate, nothing is known.
    pub(super) fn state(&self) -> Option<KeyState> {
        match self {
            Self::Token(verified) => Some(verified.state()),
            #[cfg(feature = "jwt-core")]
            Self::Jwt(..) => None,
        }
    }

    /// The subject of a signed token, and its scopes.
    pub(super) fn subject(&self) -> (Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
        match self {
            Self::Token(_) => (None, None),
            #[cfg(feature = "jwt-core")]
            Self::Jwt(_, token) => {
                let owned = |text: Option<&str>| text.map(|text| Cow::Owned(text.into()));
                (owned(token.subject()), owned(token.scope()))
            }
        }
    }
}
