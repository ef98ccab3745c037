//! Explains because of which claim a token is refused.

use super::claims::{date, list, scopes};
use super::compact::Signed;
use super::json::{member, object};
use super::refusal::Refusal;
use super::rules::{Audience, ClaimRules, ClaimValue};
use crate::config::node::Node;
use crate::time::Time;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The claim because of which a signed token is refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WrongClaim {
    /// Its name; empty if the payload has no claims that could be read.
    pub name: String,
    /// The value in the token.
    pub found: String,
    /// The value that the policy, or RFC 7519, asks for.
    pub expected: String,
}

impl Signed {
    /// The claim because of which it is refused, if it is one.
    pub(crate) fn wrong_claim(
        &self,
        rules: &ClaimRules,
        refusal: Refusal,
        now: Time,
    ) -> Option<WrongClaim> {
        WrongClaim::of(self.payload(), rules, refusal, now)
    }
}

impl WrongClaim {
    /// The claim because of which a payload was refused. `None` if it was not a claim.
    fn of(payload: &[u8], rules: &ClaimRules, refusal: Refusal, now: Time) -> Option<Self> {
        let Some(claims) = object(payload) else {
            return (refusal == Refusal::PayloadJson).then(|| Self {
                name: String::new(),
                found: "a payload that is no json object, or has a member twice".into(),
                expected: "a json object with claims".into(),
            });
        };
        let claims = &claims;
        let (name, expected) = match refusal {
            Refusal::ClaimMissing(name) | Refusal::ClaimType(name) => (name, shape(name).into()),
            Refusal::Issuer => ("iss", quote(&rules.issuer)),
            Refusal::Audience => match &rules.audience {
                Audience::AnyOf(accepted) => ("aud", one_of(accepted.iter().map(|one| quote(one)))),
                Audience::Unchecked => return None,
            },
            Refusal::Expired => return Some(Self::of_time(claims, "exp", "after", rules, now)),
            Refusal::NotYetValid => {
                let is_future = |name: &&'static str| {
                    let date = date(claims, name).ok().flatten();
                    let latest = now.unix_millis().saturating_add(rules.leeway);
                    date.is_some_and(|date| date.unix_millis() > latest)
                };
                let name = ["nbf", "iat"].into_iter().find(is_future)?;
                return Some(Self::of_time(claims, name, "not after", rules, now));
            }
            Refusal::Lifetime => return Self::of_lifetime(claims, rules),
            Refusal::Subject => ("sub", one_of(rules.subjects.iter().map(|one| quote(one)))),
            Refusal::Scope => {
                let has = scopes(claims).ok().flatten().unwrap_or_default();
                let lacks = rules.scopes.iter().filter(|scope| !has.contains(&&***scope));
                let lacks: Vec<String> = lacks.map(|scope| quote(scope)).collect();
                ("scope", format!("{} too", lacks.join(" and ")))
            }
            Refusal::Claim => {
                let (name, values) =
                    rules.claims.iter().find(|claim| !super::claims::has(claims, claim))?;
                let value = |value: &ClaimValue| match value {
                    ClaimValue::Bool(value) => format!("`{value}`"),
                    ClaimValue::Number(number) => format!("the number `{number}`"),
                    ClaimValue::String(text) => quote(text),
                };
                (&**name, one_of(values.iter().map(value)))
            }
            _ => return None,
        };
        Some(Self { name: name.into(), found: found(claims, name), expected })
    }

    fn of_time(
        claims: &Node,
        name: &'static str,
        when: &str,
        rules: &ClaimRules,
        now: Time,
    ) -> Self {
        let time = date(claims, name).ok().flatten().map(|time| time.to_string());
        let leeway = match rules.leeway {
            0 => String::new(),
            leeway => format!(", give or take {} s", leeway / 1_000),
        };
        Self {
            name: name.into(),
            found: time.unwrap_or_else(|| found(claims, name)),
            expected: format!("a time {when} {now}{leeway}"),
        }
    }

    fn of_lifetime(claims: &Node, rules: &ClaimRules) -> Option<Self> {
        let time = |name| Some(date(claims, name).ok()??.unix_millis());
        let lifetime = time("exp")?.saturating_sub(time("iat")?);
        let bound = |word: &str, bound: Option<i64>| {
            bound.map(|millis| format!("{word} {} s", millis / 1_000))
        };
        let bounds = [bound("at least", rules.min_lifetime), bound("at most", rules.max_lifetime)];
        let bounds: Vec<String> = bounds.into_iter().flatten().collect();
        let bounds = if bounds.is_empty() { "more than 0 s".into() } else { bounds.join(", ") };
        Some(Self {
            name: "exp".into(),
            found: format!("{} s after `iat`", lifetime / 1_000),
            expected: format!("{bounds} after it"),
        })
    }
}

/// The type of a registered claim in RFC 7519.
fn shape(name: &str) -> &'static str {
    match name {
        "aud" => "a string or an array of strings",
        "scope" => "a string, or an array of strings",
        "exp" | "nbf" | "iat" => "seconds since 1970 as a number, without an exponent",
        _ => "a string",
    }
}

/// The value of a token's claim, in words.
fn found(claims: &Node, name: &str) -> String {
    match member(claims, name) {
        None => "nothing".into(),
        Some(Node::String(text)) => quote(text),
        Some(Node::Number(number)) => format!("the number {}", quote(number)),
        Some(Node::Array(_)) => match list(claims, if name == "aud" { "aud" } else { "scope" }) {
            Ok(Some(items)) if matches!(name, "aud" | "scope") => {
                let items: Vec<String> = items.into_iter().take(8).map(quote).collect();
                format!("an array of {}", items.join(", "))
            }
            _ => "an array".into(),
        },
        Some(other) => other.kind().into(),
    }
}

fn one_of(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(" or ")
}

/// Quotes an issuer's text: bounded, and without control characters.
fn quote(text: &str) -> String {
    let mut short: String = text.chars().take(64).flat_map(char::escape_debug).collect();
    if text.chars().count() > 64 {
        short.push('…');
    }
    format!("`{short}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(payload: &str, refusal: Refusal) -> String {
        let mut rules = ClaimRules::new("https://issuer", Audience::AnyOf(["gate".into()].into()));
        rules.subjects = ["cron".into(), "desk".into()].into();
        rules.scopes = ["read".into(), "write".into()].into();
        rules.claims = [
            ("azp".into(), [ClaimValue::String("a".into())].into()),
            ("level".into(), [ClaimValue::Number("3".into()), ClaimValue::Bool(true)].into()),
        ]
        .into();
        rules.max_lifetime = Some(600_000);
        let now = Time::parse("2026-11-23T12:00:00Z").unwrap();
        match WrongClaim::of(payload.as_bytes(), &rules, refusal, now) {
            Some(WrongClaim { name, found, expected }) => format!("{name}: {found}; {expected}"),
            None => "none".into(),
        }
    }

    #[test]
    fn each_claim_is_named() {
        use Refusal as R;
        for (payload, refusal, expected) in [
            (
                "[]",
                R::PayloadJson,
                ": a payload that is no json object, or has a member twice; a json object with claims",
            ),
            (
                "{}",
                R::ClaimMissing("exp"),
                "exp: nothing; seconds since 1970 as a number, without an exponent",
            ),
            (
                r#"{"exp":"1"}"#,
                R::ClaimType("exp"),
                "exp: `1`; seconds since 1970 as a number, without an exponent",
            ),
            (
                r#"{"exp":1.8E9}"#,
                R::ClaimType("exp"),
                "exp: the number `1.8e+9`; seconds since 1970 as a number, without an exponent",
            ),
            (
                r#"{"nbf":null}"#,
                R::ClaimType("nbf"),
                "nbf: null; seconds since 1970 as a number, without an exponent",
            ),
            (
                r#"{"aud":[1]}"#,
                R::ClaimType("aud"),
                "aud: an array; a string or an array of strings",
            ),
            (r#"{"iss":"x\n"}"#, R::Issuer, r"iss: `x\n`; `https://issuer`"),
            (r#"{"aud":["b","c"]}"#, R::Audience, "aud: an array of `b`, `c`; `gate`"),
            (
                r#"{"exp":1795435200}"#,
                R::Expired,
                "exp: 2026-11-23T12:00:00.000Z; a time after 2026-11-23T12:00:00.000Z",
            ),
            (
                r#"{"exp":1,"nbf":1,"iat":1795435201}"#,
                R::NotYetValid,
                "iat: 2026-11-23T12:00:01.000Z; a time not after 2026-11-23T12:00:00.000Z",
            ),
            (
                r#"{"iat":1,"exp":602}"#,
                R::Lifetime,
                "exp: 601 s after `iat`; at most 600 s after it",
            ),
            ("{}", R::Subject, "sub: nothing; `cron` or `desk`"),
            (r#"{"scope":"read x"}"#, R::Scope, "scope: `read x`; `write` too"),
            (r#"{"azp":"a"}"#, R::Claim, "level: nothing; the number `3` or `true`"),
            (r#"{"azp":["a"]}"#, R::Claim, "azp: an array; `a`"),
            ("{}", R::SignatureInvalid, "none"),
        ] {
            assert_eq!(told(payload, refusal), expected, "{payload}");
        }
    }
}
