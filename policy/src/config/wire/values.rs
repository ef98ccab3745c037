//! The values of the document that are not objects: texts, words and numbers, each with its form.

use super::super::fault::Faults;
use super::super::node::Node;
use super::super::read::{Read, quote, wrong};
use super::super::schema::Describe;
use crate::address::Cidr;
use crate::choose::Pattern;
use crate::header::{HeaderName, HeaderValue};
use crate::stack::Stack;
use crate::time::Time;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The only version there is.
#[derive(Debug)]
pub(crate) struct Version;

impl Read for Version {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        match node {
            Node::Number(text) if text == "1" => Some(Self),
            Node::Number(other) => wrong_number(other, "`1`", at, faults),
            other => wrong(other, "`1`", at, faults),
        }
    }
}

impl Describe for Version {
    fn describe() -> Node {
        crate::config::schema::number(1, 1)
    }
}

/// A status of a deny answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Status(pub(crate) u16);

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

impl Describe for Status {
    fn describe() -> Node {
        crate::config::schema::number(400, 599)
    }
}

fn wrong_number<T>(number: &str, expected: &str, at: &str, faults: &mut Faults) -> Option<T> {
    faults.add(at, quote(number), expected);
    None
}

/// An identifier that is also a metric label and a field of audit lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Id(pub(crate) String);
text!(Id, "1 to 64 of `a`-`z`, `0`-`9` and `-`", |text: &str| {
    if is_id(text) { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// Returns `true` if a text can be an identifier.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A text with which credentials are compared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Text(pub(crate) String);
text!(Text, "1 to 256 bytes without control characters", |text: &str| {
    let good = (1..=256).contains(&text.len()) && !text.chars().any(char::is_control);
    if good { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// A span of time, in milliseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Duration(pub(crate) i64);
text!(Duration, "a span such as `30s`, `15m`, `12h` or `7d`, of at most 366 days", |text: &str| {
    let second = 1_000_i64;
    let units = [('s', second), ('m', second * 60), ('h', second * 3_600), ('d', second * 86_400)];
    let read = || {
        let (unit, scale) = units.into_iter().find(|(unit, _)| text.ends_with(*unit))?;
        let digits = text.strip_suffix(unit)?;
        let plain = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let millis = digits.parse::<i64>().ok().filter(|_| plain)?.checked_mul(scale)?;
        (millis <= second * 86_400 * 366).then_some(Self(millis))
    };
    read().ok_or_else(|| quote(text))
});

pub(crate) fn unquoted(text: &str) -> String {
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

/// A host that a rule names, in lower case without a trailing dot. It may begin with `*.`.
#[derive(Debug)]
pub(crate) struct HostName(pub(crate) String);
text!(
    HostName,
    "a host name without a port; `*.` before it stands for one label (`*.shop.example`)",
    |text: &str| {
        let lower = text.to_ascii_lowercase();
        let host = lower.strip_suffix('.').unwrap_or(&lower);
        let below = host.strip_prefix("*.");
        let name = below.unwrap_or(host);
        // Addresses have no labels.
        let has_labels = name.rsplit('.').next().is_some_and(|last| {
            last.bytes().any(|byte| byte.is_ascii_alphabetic()) && !name.starts_with(['[', '.'])
        });
        let good = crate::choose::is_authority(name.as_bytes())
            && (name.starts_with('[') || !name.contains(':'))
            && (below.is_none() || has_labels);
        if good { Ok(Self(host.into())) } else { Err(quote(text)) }
    }
);

/// A method.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Method(pub(crate) String);
text!(Method, "a method in capital letters, such as `POST`, other than `CONNECT`", |text: &str| {
    let good = (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-')
        && text != "CONNECT";
    if good {
        Ok(Self(text.into()))
    } else if text == "*" {
        Err("`*`, which is no method: without `methods` all are allowed".into())
    } else {
        Err(quote(text))
    }
});

/// A path prefix that the origin strips.
#[derive(Debug)]
pub(crate) struct Mount(pub(crate) String);
text!(
    Mount,
    "a prefix in plain characters without a trailing slash, such as `/api/v2`",
    |text: &str| {
        // A parameter of another router is no prefix of any path.
        let is_literal = Pattern::parse(text).is_ok();
        let is_plain = is_literal && crate::path::is_plain(text.as_bytes());
        let good = text.len() > 1 && !text.ends_with('/') && is_plain;
        if good { Ok(Self(text.into())) } else { Err(quote(text)) }
    }
);

/// A locale that the origin strips from the front of a path.
#[derive(Debug)]
pub(crate) struct Locale(pub(crate) String);
text!(Locale, "a locale such as `en` or `pt-BR`", |text: &str| {
    let good = (1..=35).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if good { Ok(Self(text.into())) } else { Err(quote(text)) }
});

/// The environment of the policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stage {
    Production,
    Staging,
    Development,
}

words!(Stage {
    "production" => Self::Production,
    "staging" => Self::Staging,
    "development" => Self::Development,
});

/// The treatment of an absent secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AbsentSecrets {
    Refuse,
    Deny,
}
words!(AbsentSecrets { "refuse" => Self::Refuse, "deny" => Self::Deny, });

/// The treatment of a request that no rule covers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unmatched {
    Pass,
    Deny,
}
words!(Unmatched { "pass" => Self::Pass, "deny" => Self::Deny, });

/// The mode of a rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RuleMode {
    Enforce,
    Shadow,
}
words!(RuleMode { "enforce" => Self::Enforce, "shadow" => Self::Shadow, });

/// The treatment of a target whose readings disagree.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ambiguous {
    Refuse,
    Check,
}
words!(Ambiguous { "refuse" => Self::Refuse, "check" => Self::Check, });

/// The treatment of the credential of an allowed request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Credential {
    Remove,
    Keep,
}
words!(Credential { "remove" => Self::Remove, "keep" => Self::Keep, });

/// The treatment of `cache-control` on an allowed answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CacheControl {
    NoStore,
    Keep,
}
words!(CacheControl { "no-store" => Self::NoStore, "keep" => Self::Keep, });

/// The treatment of a server error's body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ServerErrors {
    Pass,
    Replace,
}
words!(ServerErrors { "pass" => Self::Pass, "replace" => Self::Replace, });

/// The choice of allowed requests that are audited.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AuditAllowed {
    All,
    Guarded,
    None,
}
words!(AuditAllowed { "all" => Self::All, "guarded" => Self::Guarded, "none" => Self::None, });

impl Read for Stack {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        let names: Vec<String> =
            Self::ALL.iter().map(|stack| format!("`{}`", stack.name())).collect();
        let expected = format!("one of {}", names.join(", "));
        let Node::String(text) = node else { return wrong(node, &expected, at, faults) };
        let stack = Self::parse(text);
        if stack.is_none() {
            faults.add(at, quote(text), expected);
        }
        stack
    }
}

impl Describe for Stack {
    fn describe() -> Node {
        let names: Vec<&str> = Self::ALL.iter().map(|stack| stack.name()).collect();
        crate::config::schema::words(&names)
    }
}
