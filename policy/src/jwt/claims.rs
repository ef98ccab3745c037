//! Checks the claims of a signed token against the policy's rules.

use super::compact::Signed;
use super::json::{member, object, string};
use super::number::scaled;
use super::refusal::Refusal;
use super::rules::{Audience, ClaimRule, ClaimRules, ClaimTest, ClaimValue, Issuer};
use super::spiffe::is_id_of;
use crate::form::node::Node;
use crate::time::Time;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A token that was signed by a key of the set, and had the claims that the policy asks for when it
/// was checked. Only [`Signed::claims`] makes one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verified {
    subject: Option<Box<str>>,
    scope: Option<Box<str>>,
    key_id: Option<Box<str>>,
    /// The time from which on it is valid, with the leeway.
    starts: Option<Time>,
    expires: Time,
}

impl Verified {
    /// Its `sub`.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Its scopes, with spaces between them.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// The id of the key that signed it.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Its `exp`: no result may be kept beyond it.
    #[must_use]
    pub fn expires(&self) -> Time {
        self.expires
    }

    /// Returns `true` if it still counts without another check of its claims. There is no leeway
    /// after its end.
    pub(super) fn is_valid_at(&self, now: Time) -> bool {
        now.is_plausible() && now < self.expires && self.starts.is_none_or(|starts| now >= starts)
    }
}

impl Signed {
    /// Checks the claims against the rules.
    ///
    /// Registered claims must have their types (RFC 7519, section 4.1), even if the rules don't ask
    /// for them: a claim of the wrong type is not an absent one.
    ///
    /// # Errors
    /// The first fault, in this order: the clock, the shape, the issuer, the audience, the times,
    /// the subject, the scope, other claims.
    pub fn claims(&self, rules: &ClaimRules, now: Time) -> Result<Verified, Refusal> {
        if !now.is_plausible() {
            return Err(Refusal::ClockUnset);
        }
        let claims = object(self.payload()).ok_or(Refusal::PayloadJson)?;
        text(&claims, "jti")?;
        let subject = text(&claims, "sub")?;
        let audiences =
            member(&claims, "aud").map(|aud| list(aud).ok_or(Refusal::ClaimType("aud")));
        let audiences = audiences.transpose()?;
        let scopes = scopes(&claims, &rules.scope_claim)?;
        let times = Times::read(&claims)?;

        let issuer = text(&claims, "iss")?;
        if let Issuer::Named(name) = &rules.issuer
            && *issuer.ok_or(Refusal::ClaimMissing("iss"))? != **name
        {
            return Err(Refusal::Issuer);
        }
        if let Audience::AnyOf(accepted) = &rules.audience {
            let audiences = audiences.ok_or(Refusal::ClaimMissing("aud"))?;
            if !accepted.iter().any(|accepted| audiences.contains(&&**accepted)) {
                return Err(Refusal::Audience);
            }
        }
        times.hold(rules, now)?;
        if let Issuer::TrustDomain(domain) = &rules.issuer
            && !is_id_of(subject.ok_or(Refusal::ClaimMissing("sub"))?, domain)
        {
            return Err(Refusal::Subject);
        }
        let is_subject = |sub| rules.subjects.iter().any(|known| is(sub, known));
        if !rules.subjects.is_empty() && !member(&claims, "sub").is_some_and(is_subject) {
            return Err(Refusal::Subject);
        }
        let scope_list = scopes.as_deref().unwrap_or_default();
        if !rules.scopes.iter().all(|scope| scope_list.contains(&&**scope)) {
            return Err(Refusal::Scope);
        }
        if !rules.claims.iter().all(|rule| holds(&claims, rule)) {
            return Err(Refusal::Claim);
        }
        Ok(Verified {
            subject: subject.map(Into::into),
            scope: scopes.map(|scopes| scopes.join(" ").into()),
            key_id: self.key_id().map(Into::into),
            starts: times.starts(rules.leeway),
            expires: times.expires,
        })
    }
}

/// The times of a token.
struct Times {
    expires: Time,
    not_before: Option<Time>,
    issued: Option<Time>,
}

impl Times {
    fn read(claims: &Node) -> Result<Self, Refusal> {
        let expires = date(claims, "exp")?;
        let (not_before, issued) = (date(claims, "nbf")?, date(claims, "iat")?);
        let expires = expires.ok_or(Refusal::ClaimMissing("exp"))?;
        Ok(Self { expires, not_before, issued })
    }

    /// The first moment at which neither `nbf` nor `iat` is in the future.
    fn starts(&self, leeway: i64) -> Option<Time> {
        let latest = self.not_before.max(self.issued)?;
        Some(Time::from_unix_millis(latest.unix_millis().saturating_sub(leeway)))
    }

    /// Checks the times (RFC 7519, sections 4.1.4 to 4.1.6). A token from the future comes from a
    /// wrong clock, or was made to outlive the trust in its maker.
    fn hold(&self, rules: &ClaimRules, now: Time) -> Result<(), Refusal> {
        let bounded = rules.min_lifetime.is_some() || rules.max_lifetime.is_some();
        if bounded && self.issued.is_none() {
            return Err(Refusal::ClaimMissing("iat"));
        }
        let now = now.unix_millis();
        if now >= self.expires.unix_millis().saturating_add(rules.leeway) {
            return Err(Refusal::Expired);
        }
        let is_future = |time: Time| time.unix_millis() > now.saturating_add(rules.leeway);
        if self.not_before.is_some_and(is_future) || self.issued.is_some_and(is_future) {
            return Err(Refusal::NotYetValid);
        }
        let Some(issued) = self.issued else { return Ok(()) };
        let lifetime = self.expires.unix_millis().saturating_sub(issued.unix_millis());
        let good = lifetime > 0
            && rules.min_lifetime.is_none_or(|min| lifetime >= min)
            && rules.max_lifetime.is_none_or(|max| lifetime <= max);
        if good { Ok(()) } else { Err(Refusal::Lifetime) }
    }
}

fn text<'n>(claims: &'n Node, name: &'static str) -> Result<Option<&'n str>, Refusal> {
    string(claims, name).map_err(|()| Refusal::ClaimType(name))
}

/// A claim that is a string or an array of strings (RFC 7519, section 4.1.3).
pub(super) fn list(claim: &Node) -> Option<Vec<&str>> {
    items(claim).iter().map(Node::text).collect()
}

/// The scopes: a string with spaces between them (RFC 8693, section 4.2), or an array of them.
pub(super) fn scopes<'n>(
    claims: &'n Node,
    path: &[Box<str>],
) -> Result<Option<Vec<&'n str>>, Refusal> {
    let Some(claim) = at(claims, path) else { return Ok(None) };
    let list = list(claim).ok_or(Refusal::ClaimType("scope"))?;
    // A scope has no space in it (RFC 6749, section 3.3), so an item of an array is one scope or
    // none.
    Ok(Some(if matches!(claim, Node::Array(_)) {
        list.into_iter().filter(|item| !item.is_empty() && !item.contains(' ')).collect()
    } else {
        list.into_iter().flat_map(|text| text.split(' ')).filter(|s| !s.is_empty()).collect()
    }))
}

/// A `NumericDate` (RFC 7519, section 2): seconds since 1970, as any JSON number. Fractions of a
/// millisecond are cut off.
pub(super) fn date(claims: &Node, name: &'static str) -> Result<Option<Time>, Refusal> {
    match member(claims, name) {
        None => Ok(None),
        Some(Node::Number(text)) => numeric_date(text).map(Some).ok_or(Refusal::ClaimType(name)),
        Some(_) => Err(Refusal::ClaimType(name)),
    }
}

/// The first and the last moment that RFC 3339 can write with four digits for the year, from 1 to
/// 9999, in milliseconds. Some issuers mean "always" or "never" by them, and nobody means a date
/// beyond. Most such are in milliseconds by mistake.
const DATES: core::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

pub(super) fn numeric_date(text: &str) -> Option<Time> {
    let (millis, _) = scaled(text, 3)?;
    DATES.contains(&millis).then_some(Time::from_unix_millis(millis))
}

/// The claim to which names lead, from the outside in.
pub(super) fn at<'n>(claims: &'n Node, path: &[Box<str>]) -> Option<&'n Node> {
    path.iter().try_fold(claims, |object, name| member(object, name))
}

/// Returns `true` if the token has a claim that the policy asks for, with a value that it may have.
pub(super) fn holds(claims: &Node, ClaimRule { path, test }: &ClaimRule) -> bool {
    let Some(claim) = at(claims, path) else { return false };
    let has = |value: &ClaimValue| items(claim).iter().any(|item| is(item, value));
    match test {
        ClaimTest::ContainsAll(values) => values.iter().all(has),
        ClaimTest::ContainsAny(values) => values.iter().any(has),
        ClaimTest::Is(values) => values.iter().any(|value| is(claim, value)),
    }
}

/// The items of an array. Any other claim is its only item.
fn items(claim: &Node) -> &[Node] {
    match claim {
        Node::Array(items) => items,
        one => core::slice::from_ref(one),
    }
}

pub(super) fn is(claim: &Node, value: &ClaimValue) -> bool {
    match (claim, value) {
        (Node::Bool(claim), ClaimValue::Bool(value)) => claim == value,
        (Node::Number(claim), ClaimValue::Number(value)) => {
            scaled(claim, 0) == Some((*value, true))
        }
        (Node::String(claim), ClaimValue::StartsWith(start)) => claim.starts_with(&**start),
        (Node::String(claim), ClaimValue::String(value)) => *claim == **value,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn numeric_dates() {
        for (text, date) in [
            ("0", Some("1970-01-01T00:00:00.000Z")),
            ("1793491200", Some("2026-11-01T00:00:00.000Z")),
            ("1793491200.5", Some("2026-11-01T00:00:00.500Z")),
            ("1793491200.1239999", Some("2026-11-01T00:00:00.123Z")),
            ("253402300799", Some("9999-12-31T23:59:59.000Z")),
            ("253402300800", None),
            ("99999999999999999999", None),
            ("-1", Some("1969-12-31T23:59:59.000Z")),
            ("-0", Some("1970-01-01T00:00:00.000Z")),
            ("-62135596800", Some("0001-01-01T00:00:00.000Z")),
            ("-62135596801", None),
            ("1.796025600E9", Some("2026-11-30T08:00:00.000Z")),
            ("1.5e9", Some("2017-07-14T02:40:00.000Z")),
            ("1793491200000", None),
            ("1e400", None),
        ] {
            assert_eq!(numeric_date(text).map(|time| time.to_string()).as_deref(), date, "{text}");
        }
    }
}
