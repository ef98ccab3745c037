//! Explains because of which claim a token is refused.

use super::claims::{at, date, holds, numeric_date, scopes};
use super::compact::Signed;
use super::json::{member, object};
use super::refusal::Refusal;
use super::rules::{Audience, ClaimRule, ClaimRules, ClaimTest, ClaimValue, Issuer};
use super::spiffe::is_id_of;
use crate::form::node::Node;
use crate::time::Time;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The claim because of which a signed token is refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WrongClaim {
    /// Its name, or the names on the way to it as a JSON array; empty if the payload has no claims
    /// that could be read.
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
            Refusal::Scope | Refusal::ClaimType("scope") => {
                return Some(Self::of_scopes(claims, rules));
            }
            Refusal::ClaimMissing(name) | Refusal::ClaimType(name) => (name, shape(name).into()),
            Refusal::Issuer => match &rules.issuer {
                Issuer::Named(name) => ("iss", quote(name)),
                Issuer::TrustDomain(_) => return None,
            },
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
            Refusal::Subject
                if let Issuer::TrustDomain(domain) = &rules.issuer
                    && !member(claims, "sub")
                        .and_then(Node::text)
                        .is_some_and(|id| is_id_of(id, domain)) =>
            {
                ("sub", format!("a SPIFFE ID of the trust domain {}", quote(domain)))
            }
            Refusal::Subject => ("sub", one_of(rules.subjects.iter().map(value))),
            Refusal::Claim => {
                let rule = rules.claims.iter().find(|rule| !holds(claims, rule))?;
                return Some(Self::of_claim(claims, rule));
            }
            _ => return None,
        };
        let mut found = found(member(claims, name));
        if let (Refusal::ClaimType("exp" | "nbf" | "iat"), Some(Node::Number(text))) =
            (refusal, member(claims, name))
            && numeric_date(&format!("{text}e-3")).is_some()
        {
            found += ", a date if it were milliseconds";
        }
        Some(Self { name: name.into(), found, expected })
    }

    fn of_scopes(claims: &Node, rules: &ClaimRules) -> Self {
        let path = &rules.scope_claim;
        let expected = match scopes(claims, path) {
            Err(_) => shape("scope").into(),
            Ok(has) => {
                let has = has.unwrap_or_default();
                let lacks = rules.scopes.iter().filter(|scope| !has.contains(&&***scope));
                let lacks: Vec<String> = lacks.map(|scope| quote(scope)).collect();
                format!("{} too", lacks.join(" and "))
            }
        };
        let mut found = found_at(claims, path);
        // The two names that issuers give to this claim.
        let other = if **path == ["scp".into()] { "scope" } else { "scp" };
        if at(claims, path).is_none() && member(claims, other).is_some() {
            found =
                format!("{found}; the token has {}, which `scope_claim` can name", quote(other));
        }
        Self { name: shown(path), found, expected }
    }

    fn of_claim(claims: &Node, ClaimRule { path, test }: &ClaimRule) -> Self {
        let claim = at(claims, path);
        let expected = match test {
            ClaimTest::ContainsAll(values) => {
                let lacks = values.iter().filter(|value| {
                    let test = ClaimTest::ContainsAny([(*value).clone()].into());
                    !holds(claims, &ClaimRule { path: path.clone(), test })
                });
                let lacks: Vec<String> = lacks.map(value).collect();
                format!("an array with {} too", lacks.join(" and "))
            }
            ClaimTest::ContainsAny(values) => {
                format!("an array with {}", one_of(values.iter().map(value)))
            }
            ClaimTest::Is(values) => {
                let array = matches!(claim, Some(Node::Array(_)));
                let hint = if array { "; `contains` compares the items of an array" } else { "" };
                format!("{}{hint}", one_of(values.iter().map(value)))
            }
        };
        Self { name: shown(path), found: found_at(claims, path), expected }
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
            found: time.unwrap_or_else(|| found(member(claims, name))),
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
        "exp" | "nbf" | "iat" => "seconds since 1970 as a number, before the year 10000",
        _ => "a string",
    }
}

/// A value that the policy asks for, in words.
fn value(value: &ClaimValue) -> String {
    match value {
        ClaimValue::Bool(value) => format!("`{value}`"),
        ClaimValue::Number(number) => format!("the number `{number}`"),
        ClaimValue::StartsWith(start) => format!("a string that begins with {}", quote(start)),
        ClaimValue::String(text) => quote(text),
    }
}

/// The name of a claim, or the names on the way to it.
fn shown(path: &[Box<str>]) -> String {
    if let [name] = path {
        return (**name).into();
    }
    let names = path.iter().map(|name| Node::String((**name).into())).collect();
    String::from_utf8(Node::Array(names).to_json()).unwrap_or_default()
}

/// The claim to which names lead, in words, or the place at which they end.
fn found_at(claims: &Node, path: &[Box<str>]) -> String {
    if let Some(claim) = at(claims, path) {
        return found(Some(claim));
    }
    let ways = (1..path.len()).rev().filter_map(|end| path.get(..end));
    if let Some((end, claim)) = ways.filter_map(|way| Some((way.last()?, at(claims, way)?))).next()
    {
        let what = match claim {
            Node::Object(_) => "has no such member",
            other => &format!("is {}", other.kind()),
        };
        return format!("nothing: {} {what}", quote(end));
    }
    // Somebody wrote the way to a claim as if it were a name.
    if let [name] = path {
        let parts: Vec<Box<str>> = name.split('.').map(Into::into).collect();
        if parts.len() > 1 && at(claims, &parts).is_some() {
            return format!("nothing; it has the claim {}", shown(&parts));
        }
    }
    "nothing".into()
}

/// The value of a token's claim, in words.
fn found(claim: Option<&Node>) -> String {
    let one = |claim: &Node| match claim {
        Node::String(text) => quote(text),
        Node::Number(number) => format!("the number {}", quote(number)),
        other => other.kind().into(),
    };
    match claim {
        None => "nothing".into(),
        Some(Node::Array(items)) if items.is_empty() => "an empty array".into(),
        Some(Node::Array(items)) => {
            let shown: Vec<String> = items.iter().take(MAX_SHOWN).map(one).collect();
            let more = match items.len().saturating_sub(MAX_SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("an array of {}{more}", shown.join(", "))
        }
        Some(claim) => one(claim),
    }
}

/// The most items of an array that are shown.
const MAX_SHOWN: usize = 8;

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
        let text = |text: &str| ClaimValue::String(text.into());
        let test = |path: &[&str], test| ClaimRule {
            path: path.iter().map(|name| (*name).into()).collect(),
            test,
        };
        rules.subjects = [text("cron"), ClaimValue::StartsWith("repo:a/b:".into())].into();
        rules.scopes = ["read".into(), "write".into()].into();
        rules.claims = [
            test(&["azp"], ClaimTest::Is([text("a")].into())),
            test(&["level"], ClaimTest::Is([ClaimValue::Number(3), ClaimValue::Bool(true)].into())),
            test(&["realm", "roles"], ClaimTest::ContainsAny([text("x"), text("y")].into())),
            test(&["groups.all"], ClaimTest::ContainsAll([text("x"), text("y")].into())),
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
                "exp: nothing; seconds since 1970 as a number, before the year 10000",
            ),
            (
                r#"{"exp":"1"}"#,
                R::ClaimType("exp"),
                "exp: `1`; seconds since 1970 as a number, before the year 10000",
            ),
            (
                r#"{"exp":1795435200000}"#,
                R::ClaimType("exp"),
                "exp: the number `1795435200000`, a date if it were milliseconds; seconds since 1970 as a number, before the year 10000",
            ),
            (
                r#"{"nbf":null}"#,
                R::ClaimType("nbf"),
                "nbf: null; seconds since 1970 as a number, before the year 10000",
            ),
            (
                r#"{"aud":[1]}"#,
                R::ClaimType("aud"),
                "aud: an array of the number `1`; a string or an array of strings",
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
            ("{}", R::Subject, "sub: nothing; `cron` or a string that begins with `repo:a/b:`"),
            (r#"{"scope":"read x"}"#, R::Scope, "scope: `read x`; `write` too"),
            (
                r#"{"scope":{}}"#,
                R::ClaimType("scope"),
                "scope: an object; a string, or an array of strings",
            ),
            (
                r#"{"scp":"read write"}"#,
                R::Scope,
                "scope: nothing; the token has `scp`, which `scope_claim` can name; `read` and `write` too",
            ),
            (r#"{"azp":"a"}"#, R::Claim, "level: nothing; the number `3` or `true`"),
            (
                r#"{"azp":["b",1,{}]}"#,
                R::Claim,
                "azp: an array of `b`, the number `1`, an object; `a`; `contains` compares the items of an array",
            ),
            (
                r#"{"azp":"a","level":3}"#,
                R::Claim,
                r#"["realm","roles"]: nothing; an array with `x` or `y`"#,
            ),
            (
                r#"{"azp":"a","level":3,"realm":{"a":1}}"#,
                R::Claim,
                r#"["realm","roles"]: nothing: `realm` has no such member; an array with `x` or `y`"#,
            ),
            (
                r#"{"azp":"a","level":3,"realm":["roles"]}"#,
                R::Claim,
                r#"["realm","roles"]: nothing: `realm` is an array; an array with `x` or `y`"#,
            ),
            (
                r#"{"azp":"a","level":3,"realm":{"roles":[]}}"#,
                R::Claim,
                r#"["realm","roles"]: an empty array; an array with `x` or `y`"#,
            ),
            (
                r#"{"azp":"a","level":3,"realm":{"roles":"x"},"groups.all":["x","z"]}"#,
                R::Claim,
                "groups.all: an array of `x`, `z`; an array with `y` too",
            ),
            (
                r#"{"azp":"a","level":3,"realm":{"roles":"x"},"groups":{"all":["x"]}}"#,
                R::Claim,
                r#"groups.all: nothing; it has the claim ["groups","all"]; an array with `x` and `y` too"#,
            ),
            ("{}", R::SignatureInvalid, "none"),
        ] {
            assert_eq!(told(payload, refusal), expected, "{payload}");
        }
    }
}
