//! The scheme before a credential (RFC 9110, section 11.1).

use crate::form::Faults;
use crate::form::kinds::text;
use crate::form::node::Node;
use crate::form::read::{Read, quote, wrong};
use crate::form::unquoted;
use crate::header::is_token;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

/// A scheme, in any case. Those of an RFC are spelt as there, others as in the policy.
#[derive(Clone, Debug)]
pub(crate) struct Scheme(Box<str>);

impl Scheme {
    const BASIC: &str = "Basic";
    const BEARER: &str = "Bearer";

    /// The scheme of RFC 6750.
    pub(crate) fn bearer() -> Self {
        Self(Self::BEARER.into())
    }

    /// The scheme as it is shown.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` for the scheme of RFC 7617, behind which a user and a password come.
    pub(crate) fn is_basic(&self) -> bool {
        &*self.0 == Self::BASIC
    }

    fn parse(text: &str) -> Result<Self, String> {
        let is = |known: &&&str| known.eq_ignore_ascii_case(text);
        if let Some(known) = [Self::BASIC, Self::BEARER].iter().find(is) {
            return Ok(Self((*known).into()));
        }
        if PROVING.iter().any(|known| known.eq_ignore_ascii_case(text)) {
            return Err(format!("{}, in which no client sends a secret itself", quote(text)));
        }
        let is_scheme = |text: &str| (1..=32).contains(&text.len()) && text.bytes().all(is_token);
        if is_scheme(text) {
            return Ok(Self(text.into()));
        }
        // Don't quote anything else: it may be the scheme with the secret behind it.
        let is_bare = is_scheme(text.trim().trim_end_matches(':'));
        Err(if is_bare {
            format!("{}, with a blank or a colon around it", quote(text))
        } else {
            unquoted(text)
        })
    }
}

/// Schemes that prove the knowledge of a secret, and don't send it.
const PROVING: [&str; 5] = ["Digest", "HOBA", "Mutual", "Negotiate", "NTLM"];

impl PartialEq for Scheme {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

text!(
    Scheme,
    "a scheme alone, such as `bearer`, `basic` or `ApiKey`: at most 32 characters without a blank",
    |text: &str| Self::parse(text)
);
