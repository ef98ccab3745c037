//! The proof of a caller.

use super::carrier::Carrier;
use super::{KeyState, certificate, signed, token};
use crate::ids::CallerId;

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
pub(crate) struct KeyName<'a> {
    pub(crate) kind: Kind,
    pub(crate) id: Option<&'a str>,
    /// The carrier in which the credential came, if it came in a header.
    pub(crate) carrier: Option<&'a Carrier>,
}

/// A caller who was verified. The fields of each kind of proof are private to the file of its
/// check, which takes the caller from the rules or the key that it checked with. So nothing else
/// can make one, or say that it is another caller's.
#[derive(Clone, Debug)]
pub(crate) enum Proof<'a> {
    /// A token that matched a key.
    Token(token::Verified<'a>),
    /// A signed token that is good under the rules of its caller.
    Signed(signed::Verified<'a>),
    /// A valid certificate with a name of its caller.
    Certificate(certificate::Verified<'a>),
}

impl<'a> Proof<'a> {
    /// The caller whom it shows.
    pub(crate) fn caller(&self) -> CallerId {
        match self {
            Self::Token(verified) => verified.caller(),
            Self::Signed(verified) => verified.caller(),
            Self::Certificate(verified) => verified.caller(),
        }
    }

    pub(crate) fn key(&self) -> KeyName<'a> {
        match self {
            Self::Token(verified) => verified.key(),
            Self::Signed(verified) => verified.key(),
            Self::Certificate(_) => KeyName { kind: Kind::Mtls, id: None, carrier: None },
        }
    }

    /// The state of the key in its rotation; unknown for keys that issuers rotate.
    pub(crate) fn state(&self) -> Option<KeyState> {
        match self {
            Self::Token(verified) => Some(verified.state()),
            Self::Signed(_) | Self::Certificate(_) => None,
        }
    }

    /// The caller's name as its issuer writes it: the subject of a token, the name in a
    /// certificate.
    pub(crate) fn subject(&self) -> Option<&str> {
        match self {
            Self::Token(_) => None,
            Self::Signed(verified) => verified.subject(),
            Self::Certificate(verified) => Some(verified.name()),
        }
    }

    /// The scopes of a signed token.
    pub(crate) fn scope(&self) -> Option<&str> {
        match self {
            Self::Signed(verified) => verified.scope(),
            Self::Token(_) | Self::Certificate(_) => None,
        }
    }
}
