//! The proof of a caller.

use super::carrier::Carrier;
use super::{KeyState, certificate, signed, token};
use crate::ids::CallerId;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident => $name:literal, $told:literal, $reasons:literal, $is_signed:literal;)+) => {
        /// The kind of a credential.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name of each.
            pub const NAMES: &[&str] = &[$($name),+];

            /// Its name in policies and in audit lines.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Its name for people.
            #[must_use]
            pub const fn told(self) -> &'static str {
                match self { $(Self::$variant => $told,)+ }
            }

            /// The beginning of the reason codes that no other kind has.
            #[must_use]
            pub const fn reasons(self) -> &'static str {
                match self { $(Self::$variant => $reasons,)+ }
            }

            /// Returns `true` if it is signed by a key, so that nobody but its issuer makes another.
            #[must_use]
            pub const fn is_signed(self) -> bool {
                match self { $(Self::$variant => $is_signed,)+ }
            }
        }
    };
}

// The name, the name for people, the beginning of its own reason codes, and whether it is signed.
kinds! {
    /// An opaque token, which is compared.
    Token => "token", "token", "key_", false;
    /// A JSON Web Token.
    Jwt => "jwt", "signed token", "jwt_", true;
    /// A client certificate.
    Mtls => "mtls", "certificate", "certificate_", false;
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

    /// The id of the key, if the key has an end: somebody still uses it during its grace period.
    pub(crate) fn ending_key(&self) -> Option<&'a str> {
        let ends = matches!(self.state(), Some(KeyState::Ending | KeyState::Expiring));
        self.key().id.filter(|_| ends)
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
