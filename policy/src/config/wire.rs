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

/// A struct of the document: each member with what it is, its type, and whether it must be there.
/// The text is what the schema and `docs/policy.md` say; a default is told by `Unless said: …`.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident {
        $($(#[doc = $field_doc:literal])* $(#[cfg($cfg:meta)])? $need:ident $field:ident: $type:ty,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(in crate::config) struct $name {
            $($(#[doc = $field_doc])* $(#[cfg($cfg)])? pub(in crate::config) $field: Option<$type>,)+
        }

        impl Read for $name {
            fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
                let mut members = Members::new(node, at, faults)?;
                let read = Self {
                    $($(#[cfg($cfg)])? $field: members.$need(stringify!($field), faults),)+
                };
                members.finish(faults);
                Some(read)
            }
        }

        #[cfg(feature = "explain")]
        impl crate::config::schema::Describe for $name {
            fn describe() -> Node {
                crate::config::schema::object(&[
                    $($(#[cfg($cfg)])? crate::config::schema::Member {
                        name: stringify!($field),
                        required: stringify!($need) == "required",
                        doc: &[$($field_doc),*],
                        describe: <$type>::describe,
                    }),+
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
mod abuse;
#[cfg(feature = "jwt-core")]
mod jwt;
#[cfg(feature = "jwt-core")]
pub(super) use abuse::{Abuse, RateLimit, ValidCallers};
#[cfg(feature = "jwt-core")]
pub(super) use jwt::{
    Audience, ClaimValues, Cluster, Duration, Jwt, JwtKeys, Lifetime, Mtls, Preset, Scope, Team,
    Text, Uri,
};

object! {
    /// The whole document.
    Policy {
        /// The version of this format: `1`.
        required version: Version,
        /// What the policy is called in audit lines (`rule.ruleset`) and in the log.
        required name: Id,
        /// What it is for. A `development` policy takes effect only where the host says
        /// `WICKETGATE_ENVIRONMENT=development` too, and every audit line is marked.
        required environment: Stage,
        /// What becomes of the policy where a variable with a secret is absent: it does not start
        /// (`refuse`), or it starts, says so, and denies that caller (`deny`). The secret of
        /// `forward.proof` always refuses. Unless said: `refuse`; in `development` always `deny`.
        optional absent_secrets: AbsentSecrets,
        /// Where the client's address comes from, a host each. Unless said: the peer of the socket
        /// on Envoy, `cf-connecting-ip` on Cloudflare.
        optional client_address: ClientAddress,
        /// Networks by name, for the `network` of alternatives.
        optional networks: Map<List<Cidr>>,
        /// Who may call, by name. The name is what `forward.caller_header` and audit lines say: 1
        /// to 64 of `a`-`z`, `0`-`9` and `-`.
        optional callers: Map<Caller>,
        /// What is guarded, and for whom it opens. Their order means nothing: the most specific
        /// path wins, and of two that cross both must allow. It may be empty where `unmatched` is
        /// `deny`.
        required rules: List<Rule>,
        /// The answer where a rule has none of its own, and to what no rule covers. Unless said:
        /// 403 and `{"error":"Forbidden"}`.
        optional default_deny: Deny,
        /// What becomes of a request that no rule covers.
        required unmatched: Unmatched,
        /// What is behind the gate, so that the paths under which it serves a handler are known.
        /// Unless said: any of the stacks, without mounts and locales.
        optional origin: Origin,
        /// Headers in which the origin believes who a user is, such as `x-user-id`. They are
        /// removed from every request, in every spelling, but for `pass_identity`.
        optional identity_headers: List<HeaderName>,
        /// What the origin gets to see of an allowed request.
        required forward: Forward,
        /// What audit lines are written, and what is in them.
        optional audit: Audit,
        /// When refusals turn into throttling. It needs the edition of the filter with signed tokens;
        /// the Worker has it. Unless said: never.
        #[cfg(feature = "jwt-core")]
        optional abuse: Abuse,
    }
}

object! {
    /// Where the client's address comes from, a host each.
    ClientAddress {
        /// On Envoy, Istio and Envoy Gateway. Unless said: the peer, as the filter before the gate
        /// hands it over.
        optional envoy: Source,
        /// On Cloudflare Workers. Unless said: `cf-connecting-ip`.
        optional cloudflare: Source,
    }
}

object! {
    Source {
        /// On Envoy `peer`, or the header that your proxies write, such as `x-forwarded-for`. On
        /// Cloudflare `cf-connecting-ip`, the only one there is.
        required from: HeaderName,
        /// The proxies in front of this Envoy, which the header is counted through from the right.
        /// It must be there with a header and must not with `peer` and on Cloudflare; none may be
        /// inside one of `networks`.
        optional trusted_proxies: List<Cidr>,
    }
}

#[cfg(not(feature = "jwt-core"))]
object! {
    Caller {
        /// A secret that the caller sends in a header.
        required token: Token,
    }
}

#[cfg(feature = "jwt-core")]
object! {
    /// A caller has one kind of credential or several, and each is enough.
    Caller {
        /// A secret that the caller sends in a header.
        optional token: Token,
        /// A signed token of an issuer. It needs the edition of the filter with signed tokens; the
        /// Worker has it.
        optional jwt: Jwt,
        /// A name in the certificate that the host has checked. It needs the same edition.
        optional mtls: Mtls,
    }
}

object! {
    Token {
        /// The header that the token comes in.
        required header: HeaderName,
        /// What stands before the token: `Bearer`. Unless said: nothing.
        optional scheme: Scheme,
        /// The keys that are good. Several, so that a rotation has no moment in which the caller is
        /// refused; at most 32 for one header whose tokens have no id.
        required keys: List<Key>,
    }
}

object! {
    /// A key of a caller.
    Key {
        /// What the key is called in audit lines, unlike the other keys of its caller. It is no
        /// secret.
        required id: KeyId,
        /// The variable of the host's environment with the token. One of `env` and `sha256`.
        optional env: Variable,
        /// The token's digest, as `wicketgate token digest` tells it: safe to commit.
        optional sha256: HexDigest,
        /// Beside `sha256`: the token has the form `wg_<id>_<secret>`, and names this key. Unless
        /// said: `false`.
        optional named: bool,
        /// When it was made. `wicketgate check` warns once it is over 90 days old.
        optional created: Time,
        /// From when on it is good.
        optional not_before: Time,
        /// Until when it is good.
        optional not_after: Time,
        /// It is good no more, and whoever uses it is denied with a reason of its own
        /// (`key_revoked`). Unless said: `false`.
        optional revoked: bool,
    }
}

object! {
    Rule {
        /// What the rule is called in audit lines and metrics.
        required id: Id,
        /// What it guards. A path stands in one rule.
        required paths: List<Pattern>,
        /// The hosts for which it counts, compared in lower case without port and trailing dot. A
        /// host that no rule names gets every rule. Unless said: all.
        optional hosts: List<HostName>,
        /// `shadow`: the rule is evaluated and audited, and has no effect. Unless said: `enforce`.
        optional mode: RuleMode,
        /// What becomes of a target that origins could read in ways that choose different rules: it
        /// is refused, or every one of these rules must allow the same caller (`check`). Unless
        /// said: `refuse`.
        optional ambiguous: Ambiguous,
        /// Alternatives, of which one must hold in all its parts. Empty: nobody.
        required allow: List<Alternative>,
        /// The answer to what the rule refuses. Unless said: `default_deny`.
        optional deny: Deny,
        /// What becomes of the answer to an allowed request.
        optional response: Response,
        /// How many calls each of its callers may make. It needs the same edition as `abuse`. Unless
        /// said: any number.
        #[cfg(feature = "jwt-core")]
        optional rate_limit: RateLimit,
    }
}

object! {
    Alternative {
        /// The methods that it is for. HEAD and OPTIONS are methods like others, and must be named.
        /// Unless said: all.
        optional methods: List<Method>,
        /// A caller of `callers`. Each alternative has one: an address alone is no credential.
        optional caller: String,
        /// `true` in place of a caller: no credential is asked for. In `development` only.
        optional anyone: bool,
        /// A network of `networks` in which the client's address must be, beside the credential.
        /// Unless said: any address.
        optional network: String,
        /// Headers of `identity_headers` that this caller may send on. Unless said: none.
        optional pass_identity: List<HeaderName>,
    }
}

object! {
    Deny {
        /// From 400 to 599. A 401 gets a `www-authenticate` challenge.
        required status: Status,
        /// The body, as JSON of at most 16 KiB. One of `json` and `text`.
        optional json: Node,
        /// The body, as plain text. Unless said: no body.
        optional text: String,
        /// Further headers, but none that frame the message and no `cache-control`: the answer is
        /// `no-store`.
        optional headers: Map<HeaderValue>,
        /// The answer looks as the origin's own 404: its body is that of `origin.stack`, or the one
        /// given here, and there is no `cache-control`. `status` must be 404. Unless said: `false`.
        optional like_missing: bool,
        /// Another answer where the request has none of the headers that the rule reads. Unless
        /// said: the same answer.
        optional missing: Answer,
        /// The answer to whoever has passed a limit, with `retry-after`. Unless said: 429 and
        /// `{"error":"Too Many Requests"}`.
        #[cfg(feature = "jwt-core")]
        optional throttled: Answer,
    }
}

object! {
    Answer {
        /// From 400 to 599. A 401 gets a `www-authenticate` challenge.
        required status: Status,
        /// The body, as JSON of at most 16 KiB. One of `json` and `text`.
        optional json: Node,
        /// The body, as plain text. Unless said: no body.
        optional text: String,
        /// Further headers, but none that frame the message and no `cache-control`: the answer is
        /// `no-store`.
        optional headers: Map<HeaderValue>,
    }
}

object! {
    Response {
        /// Whether an allowed answer gets `cache-control: private, no-store`, for a shared cache
        /// does not know who may see it, or keeps the origin's own. Unless said: `no-store`.
        optional cache_control: CacheControl,
        /// Whether the body of a server error (5xx) leaves as the origin wrote it, or is replaced
        /// with generic JSON. The status stays. Unless said: `pass`.
        optional server_errors: ServerErrors,
    }
}

object! {
    Origin {
        /// What the application is made with. It settles how the origin reads unusual targets of
        /// paths, and adds the stack's own aliases, such as data routes of Next.js. Unless said:
        /// any of them.
        optional stack: Stack,
        /// Prefixes under which the application is served too, or that are stripped on the way to
        /// it.
        optional mounts: List<Mount>,
        /// Locales that the application strips from the front of a path.
        optional locales: List<Locale>,
    }
}

object! {
    Forward {
        /// Whether the origin gets the credential of an allowed request. `keep` lets the
        /// application's own check go on as a second line.
        required credential: Credential,
        /// A header with the caller's name, for the origin. It is removed from every request first.
        /// Unless said: none.
        optional caller_header: HeaderName,
        /// A header that proves to the origin that a guarded request came through the gate. Unless
        /// said: none.
        optional proof: Proof,
    }
}

object! {
    Proof {
        /// The header. It is removed from every request first.
        required header: HeaderName,
        /// The variable with the value: a secret of the gate's and the origin's own, and no
        /// caller's.
        required env: Variable,
    }
}

object! {
    Audit {
        /// Whether allowed guarded requests have audit lines. Denied ones always do. Unless said:
        /// `guarded`.
        optional allowed: AuditAllowed,
        /// Whether audit lines have the `user-agent`. Unless said: `false`.
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
