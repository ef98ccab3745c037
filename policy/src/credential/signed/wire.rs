//! Signed tokens of a caller in a policy document.

use super::claims::{ClaimPath, Claims, Subject};
use crate::credential::carrier::Scheme;
use crate::credential::keys::Keys;
use crate::form::Faults;
use crate::form::kinds::{object, text, words};
use crate::form::node::Node;
use crate::form::read::{List, Members, Read, quote, wrong};
use crate::form::schema::{self, Describe};
use crate::form::{Duration, Text};
use crate::header::HeaderName;
use crate::jwt::spiffe::is_domain;
use alloc::format;
use alloc::string::String;

object! {
    /// The issuer of the caller's tokens, and the claims that they must have.
    Jwt {
        /// The header in which the token comes, which has at most 16,384 bytes. Default:
        /// `authorization`, or the preset's.
        optional header: HeaderName,
        /// The scheme before the token, any but `basic`, compared without regard to case. Default:
        /// `bearer` in `authorization`, none in other headers.
        optional scheme: Scheme,
        /// An issuer that is known by name, with its keys.
        optional preset: Preset,
        /// The team at Cloudflare Access, with that preset only.
        optional team: Team,
        /// The `iss` of its tokens, compared exactly. Required without a `preset` or a
        /// `spiffe_trust_domain`.
        optional issuer: Text,
        /// In place of an issuer: its tokens are JWT-SVIDs of this SPIFFE trust domain. Their `sub`
        /// must be a SPIFFE ID of the domain, and `iss` is not compared.
        optional spiffe_trust_domain: TrustDomain,
        /// The `aud` of its tokens: one value, a list of which one is enough, or the word
        /// `unchecked`.
        required audience: Audience,
        /// The `sub` of its tokens must be one of these, or begin with one (`starts_with`). Default:
        /// any.
        optional subjects: List<Subject>,
        /// The scopes of its tokens must contain all of these. Default: none.
        optional scopes: List<Scope>,
        /// The claim with the scopes, a string with spaces between them or an array: its name, or
        /// the names on the way to it. Entra and Okta call it `scp`. Default: `scope`.
        optional scope_claim: ClaimPath,
        /// Other claims that its tokens must have, all of them: by name, each with its value, with
        /// a list of values of which one is enough, or with another test; or a list of tests, for
        /// claims inside other claims.
        optional claims: Claims,
        /// Bounds for the lifetime of a token, from `iat` to `exp`. Default: any lifetime.
        optional lifetime: Lifetime,
        /// The allowed difference of the issuer's clock, at most `5m`. Default: none.
        optional leeway: Duration,
        /// The keys of the issuer. Required without a `preset`.
        optional keys: Keys,
    }
}

object! {
    /// Bounds for the lifetime of a token, from `iat` to `exp`.
    Lifetime {
        /// The shortest lifetime. One of the two bounds is required.
        optional min: Duration,
        /// The longest lifetime.
        optional max: Duration,
    }
}

/// An issuer that is known by name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Preset {
    CloudflareAccess,
    Google,
}

words! {
    Preset {
        "cloudflare-access" => Preset::CloudflareAccess,
        "google" => Preset::Google,
    }
}

/// The name of a team at Cloudflare Access: a label of a host name.
#[derive(Debug)]
pub(crate) struct Team(pub(crate) String);
text!(Team, "the team's name: 1 to 63 of `a`-`z`, `0`-`9` and `-`", |text: &str| {
    let good = (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if good { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// The name of a SPIFFE trust domain.
#[derive(Debug)]
pub(crate) struct TrustDomain(pub(crate) String);
text!(
    TrustDomain,
    "the name of a trust domain, such as `prod.example`: 1 to 255 of `a`-`z`, `0`-`9`, `.`, `-` and `_`",
    |text: &str| { if is_domain(text) { Ok(Self(text.into())) } else { Err(quote(text)) } }
);

/// One scope (RFC 6749, section 3.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Scope(pub(crate) String);
text!(Scope, "one scope of 1 to 128 visible ascii characters", |text: &str| {
    let good = (1..=128).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~'));
    if good { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// The audience of tokens.
#[derive(Debug)]
pub(crate) enum Audience {
    Unchecked,
    AnyOf(List<Text>),
}

impl Read for Audience {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        match node {
            Node::String(text) if text == "unchecked" => Some(Self::Unchecked),
            Node::String(_) => {
                Text::read(node, at, faults).map(|text| Self::AnyOf([(0, text)].into()))
            }
            Node::Array(_) => List::read(node, at, faults).map(Self::AnyOf),
            other => wrong(other, "an audience, an array of them, or `unchecked`", at, faults),
        }
    }
}

impl Describe for Audience {
    fn describe() -> Node {
        // `unchecked` is a text as well.
        schema::any_of([Text::describe(), List::<Text>::describe()])
    }
}
