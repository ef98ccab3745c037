//! The proof of a caller: a token that matched, a signed token, or a certificate.

use crate::credential::{KeyState, Verified};
use crate::ids::CallerId;
use crate::jwt;
use alloc::rc::Rc;

/// The kind of a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// An opaque token.
    Token,
    /// A JSON Web Token.
    Jwt,
    /// A client certificate.
    Mtls,
}

impl Kind {
    /// Its name in audit lines.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Jwt => "jwt",
            Self::Mtls => "mtls",
        }
    }
}

/// The key behind a credential, for audit lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyName<'a> {
    pub(super) kind: Kind,
    pub(super) id: Option<&'a str>,
}

impl<'a> KeyName<'a> {
    pub(super) fn of_token(id: &'a str) -> Self {
        Self { kind: Kind::Token, id: Some(id) }
    }
}

/// A caller who was verified. It contains a value that only checking makes.
#[derive(Clone, Debug)]
pub(super) enum Proof<'a> {
    Token(Verified<'a>),
    /// A token that is good under the rules of this caller, and the id of its key.
    Jwt(CallerId, Option<&'a str>, Rc<jwt::Verified>),
    /// A valid certificate with a name of this caller, and that name.
    Certificate(CallerId, &'a str),
}

impl<'a> Proof<'a> {
    /// The caller whom it shows.
    pub(super) fn caller(&self) -> CallerId {
        match self {
            Self::Token(verified) => verified.caller(),
            Self::Jwt(caller, ..) | Self::Certificate(caller, _) => *caller,
        }
    }

    pub(super) fn key(&self) -> KeyName<'a> {
        match self {
            Self::Token(verified) => KeyName::of_token(verified.key_id()),
            Self::Jwt(_, id, _) => KeyName { kind: Kind::Jwt, id: *id },
            Self::Certificate(..) => KeyName { kind: Kind::Mtls, id: None },
        }
    }

    /// The state of the key in its rotation; unknown for keys that issuers rotate.
    pub(super) fn state(&self) -> Option<KeyState> {
        match self {
            Self::Token(verified) => Some(verified.state()),
            Self::Jwt(..) | Self::Certificate(..) => None,
        }
    }

    /// The signed token.
    pub(super) fn signed(&self) -> Option<&jwt::Verified> {
        match self {
            Self::Token(_) | Self::Certificate(..) => None,
            Self::Jwt(.., token) => Some(token),
        }
    }

    /// The caller's name as its issuer writes it: the subject of a token, the name in a
    /// certificate.
    pub(super) fn subject(&self) -> Option<&str> {
        match self {
            Self::Certificate(_, name) => Some(name),
            _ => self.signed().and_then(jwt::Verified::subject),
        }
    }
}
