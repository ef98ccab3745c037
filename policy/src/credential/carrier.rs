//! The place in a request where a caller's secret or signed token comes, and the form in which it
//! comes there: everything that the gate knows about one way of carrying a credential.

mod basic;
mod scheme;
mod wire;

pub(crate) use scheme::Scheme;
pub(crate) use wire::{Place, User, carrier};

use super::offered::{Offered, is_visible, offered};
use crate::header::{Edits, HeaderName};
use crate::reason::Reason;
use crate::request::Header;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A header, and the scheme that stands in it before the credential. Each key table has its own,
/// and no two tables have the same.
#[derive(Debug)]
pub(crate) struct Carrier {
    header: HeaderName,
    scheme: Option<Scheme>,
    name: Box<str>,
}

/// A secret as a client sent it.
#[derive(Debug)]
pub(crate) struct Sent<'r> {
    /// The token, or the password.
    pub(crate) secret: Cow<'r, [u8]>,
    /// The user of a password; empty for a token.
    pub(crate) user: Vec<u8>,
}

/// The value of `Authorization` for a user, a colon and a password.
#[cfg(feature = "explain")]
pub(crate) fn basic(pair: &[u8]) -> String {
    format!("Basic {}", basic::write(pair))
}

/// Two of them are one if they read the same credentials.
impl PartialEq for Carrier {
    fn eq(&self, other: &Self) -> bool {
        self.header == other.header && self.scheme == other.scheme
    }
}

/// The bytes that a carrier can carry as one secret.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Alphabet {
    /// Visible ASCII without commas, as a header holds it.
    Ascii,
    /// UTF-8 without control characters (RFC 7617, section 2).
    Text,
}

impl Alphabet {
    /// Returns `true` if a carrier of this alphabet can carry a secret.
    pub(crate) fn holds(self, secret: &[u8]) -> bool {
        match self {
            Self::Ascii => is_visible(secret) && !secret.contains(&b','),
            Self::Text => {
                core::str::from_utf8(secret).is_ok() && !secret.iter().any(u8::is_ascii_control)
            }
        }
    }
}

/// The longest token or password that is read, in bytes.
pub(crate) const MAX_SECRET: usize = 1_024;

impl Carrier {
    pub(crate) fn new(header: HeaderName, scheme: Option<Scheme>) -> Self {
        let name = match &scheme {
            Some(scheme) => format!("{header}: {}", scheme.as_str()),
            None => header.as_str().into(),
        };
        Self { header, scheme, name: name.into() }
    }

    /// The header.
    pub(crate) fn header(&self) -> &HeaderName {
        &self.header
    }

    /// Its name for people and in audit lines: `x-api-key`, or `authorization: Bearer`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What stands before the credential: `Bearer` in any case, then spaces.
    pub(crate) fn scheme(&self) -> Option<&str> {
        self.scheme.as_ref().map(Scheme::as_str)
    }

    /// Returns `true` if it carries a user and a password.
    pub(crate) fn has_user(&self) -> bool {
        self.scheme.as_ref().is_some_and(Scheme::is_basic)
    }

    /// The bytes that a secret in it can have.
    pub(crate) fn alphabet(&self) -> Alphabet {
        if self.has_user() { Alphabet::Text } else { Alphabet::Ascii }
    }

    /// Returns `true` if the gate reads this header of a request.
    pub(crate) fn is_offered(&self, header: &Header<'_>) -> bool {
        self.header.is(header.name)
    }

    /// Returns `true` if an origin may take this header of a request for the one that is read.
    pub(crate) fn is_alias(&self, header: &Header<'_>) -> bool {
        self.header.is_alias(header.name)
    }

    /// Returns `true` if a parameter of a query has the name under which the credential comes, in any
    /// spelling.
    pub(crate) fn is_named(&self, parameter: &[u8]) -> bool {
        self.header.is_alias(parameter)
    }

    /// Returns `true` if both read the same place, be it in different forms.
    pub(crate) fn same_place(&self, other: &Self) -> bool {
        self.header == other.header
    }

    /// Removes what is read from a header of a request, and what an origin may take for it; if it is
    /// kept for the origin, only the latter.
    pub(crate) fn strip<'a>(&self, header: &Header<'a>, is_kept: bool, edits: &mut Edits<'a>) {
        if self.header.as_str().len() == header.name.len()
            && self.is_alias(header)
            && !(is_kept && self.is_offered(header))
        {
            edits.remove(header.name);
        }
    }

    /// The challenge of a 401 that asks for such a credential (RFC 9110, section 11.6.1).
    pub(crate) fn challenge(&self) -> Option<String> {
        let scheme = self.scheme()?;
        // RFC 7617, sections 2 and 2.1: a realm must be there, and clients take UTF-8 for other
        // characters if they are asked to.
        let parameters =
            if self.has_user() { r#" realm="restricted", charset="UTF-8""# } else { "" };
        Some(format!("{scheme}{parameters}"))
    }

    /// The text that a request carries, of at most `max` bytes.
    pub(crate) fn offered<'r>(&self, headers: &'r [Header<'r>], max: usize) -> Offered<'r> {
        offered(headers, self, max)
    }

    /// The secret that a request carries, or `None` if the header is not there.
    pub(crate) fn read<'r>(&self, headers: &'r [Header<'r>]) -> Result<Option<Sent<'r>>, Reason> {
        let max = if self.has_user() { basic::MAX_TEXT } else { MAX_SECRET };
        match self.offered(headers, max) {
            Offered::Absent => Ok(None),
            Offered::Unusable(reason) => Err(reason),
            Offered::Token(text) if self.has_user() => basic::read(text).map(Some),
            Offered::Token(token) => Ok(Some(Sent { secret: token.into(), user: Vec::new() })),
        }
    }

    /// The value with which a client sends a secret.
    #[cfg(feature = "explain")]
    pub(crate) fn write(&self, user: Option<&str>, secret: &str) -> String {
        let Some(scheme) = self.scheme() else { return secret.into() };
        if self.has_user() {
            basic(format!("{}:{secret}", user.unwrap_or("user")).as_bytes())
        } else {
            format!("{scheme} {secret}")
        }
    }
}
