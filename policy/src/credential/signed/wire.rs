//! Signed tokens of a caller in a policy document.

use super::claims::{ClaimPath, Claims, Subject};
use crate::config::Faults;
use crate::config::node::Node;
use crate::config::read::{List, Members, Read, quote, wrong};
use crate::config::schema::{self, Describe};
use crate::config::wire::kinds::{object, text, words};
use crate::config::wire::{Duration, Text, Variable};
use crate::credential::carrier::Scheme;
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
        optional keys: JwtKeys,
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

object! {
    /// The source of the keys: one of these.
    JwtKeys {
        /// One public key (RFC 7517). One of `jwk`, `jwks`, `jwks_env`, `jwks_uri` and `pem_env` is
        /// required, except with a `preset`.
        optional jwk: Node,
        /// A set of public keys.
        optional jwks: Node,
        /// The variable with a key or a set of keys, which may be secret (HS256).
        optional jwks_env: Variable,
        /// The address of a key set, at most 64 KiB. `https`; `http` in `development` only.
        optional jwks_uri: Uri,
        /// The variable with one public key as PEM.
        optional pem_env: Variable,
        /// The cluster by which Envoy reaches the address. The Worker ignores it. Default: the
        /// address's host.
        optional cluster: Cluster,
        /// The time after which keys are fetched again, from `1s` to `24h`. Default: `5m`.
        optional refresh: Duration,
        /// The time for which fetched keys count while the address brings no new ones, from `1s` to
        /// `7d`. Default: `1h`.
        optional max_age: Duration,
        /// The least time from one fetch to the next, from `1s` to `1h`. Default: `10s`.
        optional cooldown: Duration,
        /// The longest time that a fetch may take and a request waits for it, from `1s` to `30s`.
        /// Default: `5s`.
        optional timeout: Duration,
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

/// The name of a cluster of Envoy's.
#[derive(Debug)]
pub(crate) struct Cluster(pub(crate) String);
text!(Cluster, "1 to 128 visible ascii characters", |text: &str| {
    let good = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if good { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// An address that is fetched.
#[derive(Debug)]
pub(crate) struct Uri(pub(crate) String);
text!(
    Uri,
    "an address such as `https://issuer.example/keys`, of at most 512 characters",
    |text: &str| {
        let is_host = |host: &str| {
            let (name, port) = host.rsplit_once(':').unwrap_or((host, "443"));
            let named = !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
            named && port.parse::<u16>().is_ok_and(|port| port != 0)
        };
        let read = || {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
            let (host, _) = rest.split_once('/')?;
            let is_plain = |b: u8| b.is_ascii_graphic() && !b"\\\"#<>^`{|}".contains(&b);
            (text.len() <= 512 && is_host(host) && text.bytes().all(is_plain)).then_some(())
        };
        read().map(|()| Self(text.into())).ok_or_else(|| quote(text))
    }
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
