//! The document's own types: what may stand where. Nothing outside this folder sees them.
//!
//! Every member of a struct is an `Option`: `None` where it is absent or was refused, so that the
//! checks between members go on over the rest and all faults come out at once.

use super::fault::Faults;
use super::node::Node;
use super::read::{List, Map, Members, Read, quote, wrong};
#[cfg(feature = "explain")]
use super::schema::Describe;
use crate::address::Cidr;
use crate::choose::Pattern;
use crate::header::{HeaderName, HeaderValue};
use crate::path::Stack;
use crate::time::Time;
use alloc::format;
use alloc::string::String;

/// A struct of the document: each member with its type and whether it must be there.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $need:ident $field:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(in crate::config) struct $name {
            $($(#[$field_doc])* pub(in crate::config) $field: Option<$type>,)+
        }

        impl Read for $name {
            fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
                let mut members = Members::new(node, at, faults)?;
                let read = Self { $($field: members.$need(stringify!($field), faults),)+ };
                members.finish(faults);
                Some(read)
            }
        }

        #[cfg(feature = "explain")]
        impl crate::config::schema::Describe for $name {
            fn describe() -> Node {
                crate::config::schema::object(&[
                    $((stringify!($field), stringify!($need) == "required", <$type>::describe)),+
                ])
            }
        }
    };
}

/// A text that must be one of a few words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ty { $($word:literal => $value:expr,)+ }) => {
        $(#[$doc])*
        impl Read for $name {
            fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
                let expected = [$(concat!("`", $word, "`")),+].join(", ");
                let expected = format!("one of {expected}");
                let text = match node {
                    Node::String(text) => text,
                    other => return wrong(other, &expected, at, faults),
                };
                match text.as_str() {
                    $($word => Some($value),)+
                    other => {
                        faults.add(at, quote(other), expected);
                        None
                    }
                }
            }
        }

        #[cfg(feature = "explain")]
        impl crate::config::schema::Describe for $name {
            fn describe() -> Node {
                crate::config::schema::words(&[$($word),+])
            }
        }
    };
}

/// A text that is read into something stricter.
macro_rules! text {
    ($name:ty, $expected:literal, $parse:expr) => {
        impl Read for $name {
            fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
                let Node::String(text) = node else { return wrong(node, $expected, at, faults) };
                let read: Result<Self, String> = $parse(text);
                read.map_err(|found| faults.add(at, found, $expected)).ok()
            }
        }

        #[cfg(feature = "explain")]
        impl crate::config::schema::Describe for $name {
            fn describe() -> Node {
                crate::config::schema::text($expected)
            }
        }
    };
}

#[cfg(feature = "jwt-core")]
mod jwt;
#[cfg(feature = "jwt-core")]
pub(super) use jwt::{
    Audience, ClaimValues, Cluster, Duration, Jwt, JwtKeys, Lifetime, Mtls, Preset, Scope, Team,
    Text, Uri,
};

object! {
    /// The whole document.
    Policy {
        required version: Version,
        required name: Id,
        required environment: Stage,
        optional absent_secrets: AbsentSecrets,
        optional client_address: ClientAddress,
        optional networks: Map<List<Cidr>>,
        optional callers: Map<Caller>,
        required rules: List<Rule>,
        optional default_deny: Deny,
        required unmatched: Unmatched,
        optional origin: Origin,
        optional identity_headers: List<HeaderName>,
        required forward: Forward,
        optional audit: Audit,
    }
}

object! {
    /// Where the client's address comes from, a host each.
    ClientAddress {
        optional envoy: Source,
        optional cloudflare: Source,
    }
}

object! {
    Source {
        required from: HeaderName,
        optional trusted_proxies: List<Cidr>,
    }
}

#[cfg(not(feature = "jwt-core"))]
object! {
    Caller {
        required token: Token,
    }
}

#[cfg(feature = "jwt-core")]
object! {
    /// A caller has one kind of credential or several, and each is enough.
    Caller {
        optional token: Token,
        optional jwt: Jwt,
        optional mtls: Mtls,
    }
}

object! {
    Token {
        required header: HeaderName,
        optional scheme: Scheme,
        required keys: List<Key>,
    }
}

object! {
    /// A key of a caller.
    Key {
        required id: KeyId,
        optional env: Variable,
        optional sha256: HexDigest,
        optional named: bool,
        optional created: Time,
        optional not_before: Time,
        optional not_after: Time,
        optional revoked: bool,
    }
}

object! {
    Rule {
        required id: Id,
        required paths: List<Pattern>,
        optional hosts: List<HostName>,
        optional mode: RuleMode,
        optional ambiguous: Ambiguous,
        required allow: List<Alternative>,
        optional deny: Deny,
        optional response: Response,
    }
}

object! {
    Alternative {
        optional methods: List<Method>,
        optional caller: String,
        optional anyone: bool,
        optional network: String,
        optional pass_identity: List<HeaderName>,
    }
}

object! {
    Deny {
        required status: Status,
        optional json: Node,
        optional text: String,
        optional headers: Map<HeaderValue>,
        optional like_missing: bool,
        optional missing: Answer,
    }
}

object! {
    Answer {
        required status: Status,
        optional json: Node,
        optional text: String,
        optional headers: Map<HeaderValue>,
    }
}

object! {
    Response {
        optional cache_control: CacheControl,
        optional server_errors: ServerErrors,
    }
}

object! {
    Origin {
        optional stack: Stack,
        optional mounts: List<Mount>,
        optional locales: List<Locale>,
    }
}

object! {
    Forward {
        required credential: Credential,
        optional caller_header: HeaderName,
        optional proof: Proof,
    }
}

object! {
    Proof {
        required header: HeaderName,
        required env: Variable,
    }
}

object! {
    Audit {
        optional allowed: AuditAllowed,
        optional user_agent: bool,
    }
}

/// The only version there is.
#[derive(Debug)]
pub(super) struct Version;

impl Read for Version {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        match node {
            Node::Number(text) if text == "1" => Some(Self),
            Node::Number(other) => wrong_number(other, "`1`", at, faults),
            other => wrong(other, "`1`", at, faults),
        }
    }
}

#[cfg(feature = "explain")]
impl Describe for Version {
    fn describe() -> Node {
        super::schema::number(1, 1)
    }
}

/// A status of a deny answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Status(pub(super) u16);

impl Read for Status {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        const EXPECTED: &str = "a status from 400 to 599";
        match node {
            Node::Number(text) => match text.parse() {
                Ok(status @ 400..=599) => Some(Self(status)),
                _ => wrong_number(text, EXPECTED, at, faults),
            },
            other => wrong(other, EXPECTED, at, faults),
        }
    }
}

#[cfg(feature = "explain")]
impl Describe for Status {
    fn describe() -> Node {
        super::schema::number(400, 599)
    }
}

fn wrong_number<T>(number: &str, expected: &str, at: &str, faults: &mut Faults) -> Option<T> {
    faults.add(at, quote(number), expected);
    None
}

/// An identifier that is also a metric label and a field of audit lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Id(pub(super) String);
text!(Id, "1 to 64 of `a`-`z`, `0`-`9` and `-`", |text: &str| {
    if is_id(text) { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// Whether this can be an identifier.
pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The id of a key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct KeyId(pub(super) String);
text!(KeyId, "1 to 64 of `a`-`z`, `0`-`9` and `-`", |text: &str| {
    // Not quoted: a secret may have been pasted into the wrong member.
    if is_id(text) { Ok(Self(text.into())) } else { Err(unquoted(text)) }
});

/// The name of an environment variable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Variable(pub(super) String);
text!(
    Variable,
    "the name of a variable in `A`-`Z`, `0`-`9` and `_`, such as `INTERNAL_API_KEY`",
    |text: &str| {
        let good = (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            && !text.starts_with(|c: char| c.is_ascii_digit());
        if good { Ok(Self(text.into())) } else { Err(unquoted(text)) }
    }
);

/// A SHA-256 digest in hexadecimal.
#[derive(Debug)]
pub(super) struct HexDigest(pub(super) crate::credential::Digest);
text!(
    HexDigest,
    "the sha-256 digest of a token in 64 hexadecimal digits, never the token itself",
    |text: &str| {
        crate::credential::Digest::from_hex(text).map(Self).ok_or_else(|| unquoted(text))
    }
);

fn unquoted(text: &str) -> String {
    format!("a string of {} characters", text.chars().count())
}

text!(Time, "a date (`2027-01-31`) or a time (`2027-01-31T00:00:00Z`)", |text: &str| {
    Self::parse(text).ok_or_else(|| unquoted(text))
});

text!(HeaderName, "a header name of at most 64 characters", |text: &str| {
    Self::parse(text).ok_or_else(|| quote(text))
});

text!(HeaderValue, "a header value in visible ascii and inner spaces", |text: &str| {
    Self::parse(text).ok_or_else(|| quote(text))
});

text!(
    Cidr,
    "an address (`203.0.113.7`) or a prefix (`10.0.0.0/8`) without bits beyond its length",
    |text: &str| {
        Self::parse(text).map_err(|fault| match fault {
            crate::address::CidrFault::Malformed => quote(text),
            crate::address::CidrFault::HostBits => {
                format!("{} with bits beyond its length", quote(text))
            }
        })
    }
);

text!(
    Pattern,
    "a path in plain characters, exact (`/account`), with segments left open (`/balance/{user_id}`) or with all below (`/internal/*`)",
    |text: &str| {
        Self::parse(text).map_err(|fault| format!("{} with {}", quote(text), fault.text()))
    }
);

/// A host that a rule names, in lower case without a trailing dot.
#[derive(Debug)]
pub(super) struct HostName(pub(super) String);
text!(HostName, "a host name without a port", |text: &str| {
    let lower = text.to_ascii_lowercase();
    let host = lower.strip_suffix('.').unwrap_or(&lower);
    let good = crate::choose::is_authority(host.as_bytes())
        && !host.contains('*')
        && (host.starts_with('[') || !host.contains(':'));
    if good { Ok(Self(host.into())) } else { Err(quote(text)) }
});

/// A method.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Method(pub(super) String);
text!(Method, "a method in capital letters, such as `POST`, other than `CONNECT`", |text: &str| {
    let good = (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-')
        && text != "CONNECT";
    if good { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// A path prefix that the origin strips.
#[derive(Debug)]
pub(super) struct Mount(pub(super) String);
text!(
    Mount,
    "a prefix in plain characters without a trailing slash, such as `/api/v2`",
    |text: &str| {
        let good = text.len() > 1 && !text.ends_with('/') && crate::path::is_plain(text.as_bytes());
        if good { Ok(Self(text.into())) } else { Err(quote(text)) }
    }
);

/// A locale that the origin strips from the front of a path.
#[derive(Debug)]
pub(super) struct Locale(pub(super) String);
text!(Locale, "a locale such as `en` or `pt-BR`", |text: &str| {
    let good = (1..=35).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if good { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// What the policy is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    Production,
    Staging,
    Development,
}

words!(Stage {
    "production" => Self::Production,
    "staging" => Self::Staging,
    "development" => Self::Development,
});

/// What to do where a secret is absent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum AbsentSecrets {
    Refuse,
    Deny,
}
words!(AbsentSecrets { "refuse" => Self::Refuse, "deny" => Self::Deny, });

/// What becomes of a request that no rule covers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unmatched {
    Pass,
    Deny,
}
words!(Unmatched { "pass" => Self::Pass, "deny" => Self::Deny, });

/// The scheme before a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scheme {
    Bearer,
}
words!(Scheme { "bearer" => Self::Bearer, });

/// Whether a rule takes effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum RuleMode {
    Enforce,
    Shadow,
}
words!(RuleMode { "enforce" => Self::Enforce, "shadow" => Self::Shadow, });

/// What becomes of a target whose readings disagree.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ambiguous {
    Refuse,
    Check,
}
words!(Ambiguous { "refuse" => Self::Refuse, "check" => Self::Check, });

/// What becomes of the credential of an allowed request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Credential {
    Remove,
    Keep,
}
words!(Credential { "remove" => Self::Remove, "keep" => Self::Keep, });

/// What becomes of `cache-control` on an allowed answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum CacheControl {
    NoStore,
    Keep,
}
words!(CacheControl { "no-store" => Self::NoStore, "keep" => Self::Keep, });

/// What becomes of a server error's body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ServerErrors {
    Pass,
    Replace,
}
words!(ServerErrors { "pass" => Self::Pass, "replace" => Self::Replace, });

/// Which allowed requests are audited.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum AuditAllowed {
    Guarded,
    None,
}
words!(AuditAllowed { "guarded" => Self::Guarded, "none" => Self::None, });

words!(Stack {
    "django" => Self::Django,
    "express" => Self::Express,
    "fastapi" => Self::Fastapi,
    "fastify" => Self::Fastify,
    "flask" => Self::Flask,
    "nextjs" => Self::Nextjs,
    "starlette" => Self::Starlette,
});
