//! The values of a policy document alone that are not objects: texts, words and numbers, each with
//! its form.

use crate::address::Cidr;
use crate::choose::Pattern;
use crate::form::Faults;
use crate::form::kinds::{text, words};
use crate::form::node::Node;
use crate::form::read::{Read, quote, wrong};
use crate::form::schema::Describe;
use crate::stack::Stack;
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
        crate::form::schema::number(1, 1)
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
        crate::form::schema::number(400, 599)
    }
}

fn wrong_number<T>(number: &str, expected: &str, at: &str, faults: &mut Faults) -> Option<T> {
    faults.add(at, quote(number), expected);
    None
}

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
        crate::form::schema::words(&names)
    }
}
