//! JSON Web Tokens: the examples of the RFCs, the rules of RFC 8725, keys, and Wycheproof.

mod certificates;
mod claims;
mod host;
mod issuer;
mod keys;
mod remote;
mod rfc7515;
mod rfc7520;
mod rfc8725;
mod wycheproof;

use wicketgate_policy::Time;
use wicketgate_policy::jwt::{
    Audience, ClaimRules, KeySet, KeySource, Refusal, Signed, Untrusted, Verified,
};

/// Keys as the environment may hold them.
fn keys(jwk: &serde_json::Value) -> KeySet {
    KeySet::parse(jwk.to_string().as_bytes(), KeySource::Environment).unwrap()
}

/// Checks that a key of the set signed the token.
fn signed(token: &str, keys: &KeySet) -> Result<Signed, Refusal> {
    let token = Untrusted::parse(token.as_bytes())?;
    let check = token.check(keys)?;
    let answer = check.verify().ok_or(Refusal::SignatureUnchecked)?;
    token.signed(&check, &answer)
}

/// The rules of most tests here.
fn rules() -> ClaimRules {
    ClaimRules::new("https://issuer.example", Audience::AnyOf(["gate".into()].into()))
}

/// 2026-11-23T12:00:00Z, in seconds.
const NOW: i64 = 1_795_435_200;

fn now() -> Time {
    Time::from_unix_millis(NOW * 1_000)
}

fn verified(token: &str, keys: &KeySet, rules: &ClaimRules) -> Result<Verified, Refusal> {
    signed(token, keys)?.claims(rules, now())
}

/// Claims that hold, with these instead: `null` leaves one out.
fn claims(other: serde_json::Value) -> serde_json::Value {
    let mut claims = serde_json::json!({
        "iss": "https://issuer.example", "aud": "gate", "exp": NOW + 600, "iat": NOW - 10,
        "sub": "cron",
    });
    let members = claims.as_object_mut().unwrap();
    for (name, value) in other.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    claims
}

/// The clock of these tests is what it says.
#[test]
fn now_is_noon() {
    assert_eq!(Time::parse("2026-11-23T12:00:00Z"), Some(now()));
}
