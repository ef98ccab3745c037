//! Times, subjects, scopes and other claims.

use super::issuer::Issuer;
use super::{NOW, claims, keys, now, rules, signed, verified};
use serde_json::{Value, json};
use wicketgate_policy::Time;
use wicketgate_policy::jwt::{
    Algorithm, Audience, ClaimRule, ClaimRules, ClaimTest, ClaimValue, KeySet, Refusal,
};

fn issuer() -> (Issuer, KeySet) {
    let issuer = Issuer::new(Algorithm::Hs256);
    let keys = keys(&issuer.jwk());
    (issuer, keys)
}

fn outcome(other: Value, rules: &ClaimRules) -> Option<Refusal> {
    let (issuer, keys) = issuer();
    verified(&issuer.token(&claims(other)), &keys, rules).err()
}

#[test]
fn what_is_verified_can_be_told() {
    let (issuer, _) = issuer();
    let set = keys(&json!({ "keys": [issuer.named("2026-q4")] }));
    let token = issuer.token(&claims(json!({ "scope": "a  b" })));
    let verified = verified(&token, &set, &rules()).unwrap();
    assert_eq!(verified.subject(), Some("cron"));
    assert_eq!(verified.scope(), Some("a b"));
    assert_eq!(verified.key_id(), Some("2026-q4"));
    assert_eq!(verified.expires(), Time::from_unix_millis((NOW + 600) * 1_000));
}

#[test]
fn times() {
    let missing = Refusal::ClaimMissing("exp");
    for (other, expected) in [
        (json!({}), None),
        (json!({ "exp": null }), Some(missing)),
        (json!({ "exp": NOW + 1 }), None),
        (json!({ "exp": NOW as f64 + 0.5 }), None),
        (json!({ "exp": NOW }), Some(Refusal::Expired)),
        (json!({ "exp": NOW - 1 }), Some(Refusal::Expired)),
        (json!({ "exp": 0, "iat": null }), Some(Refusal::Expired)),
        (json!({ "exp": -1, "iat": null }), Some(Refusal::Expired)),
        // The beginning of time of some issuers, the year 1.
        (json!({ "nbf": -62_135_596_800_i64, "iat": -1 }), None),
        (json!({ "nbf": NOW }), None),
        (json!({ "nbf": NOW + 1 }), Some(Refusal::NotYetValid)),
        (json!({ "iat": NOW }), None),
        (json!({ "iat": null }), None),
        (json!({ "iat": NOW + 1 }), Some(Refusal::NotYetValid)),
        (json!({ "iat": NOW + 700, "exp": NOW + 600 }), Some(Refusal::NotYetValid)),
    ] {
        assert_eq!(outcome(other.clone(), &rules()), expected, "{other}");
    }
    for name in ["exp", "nbf", "iat"] {
        for wrong in [
            json!("1795436200"),
            json!(true),
            json!([NOW]),
            json!({ "$serde_json::private::Number": "1795436200" }),
            json!(-1e300),
            json!(1e300),
            json!(253_402_300_800_i64),
            json!(u64::MAX),
        ] {
            let other = json!({ name: wrong });
            assert_eq!(outcome(other, &rules()), Some(Refusal::ClaimType(name)), "{wrong}");
        }
    }
    // As they are written; `null` is there, and no number.
    let (issuer, keys) = issuer();
    for (name, text, expected) in [
        ("nbf", "null", Some(Refusal::ClaimType("nbf"))),
        ("iat", "null", Some(Refusal::ClaimType("iat"))),
        ("exp", "null", Some(Refusal::ClaimType("exp"))),
        ("exp", "1.7954358E9", None),
        ("exp", "1.7954358e+9", None),
        ("exp", "17954358000000e-4", None),
        ("exp", "179543520001e-2", None),
        ("exp", "179543520000000001e-8", Some(Refusal::Expired)),
        ("exp", "1.7954352e9", Some(Refusal::Expired)),
        ("exp", "-1.7954358e9", Some(Refusal::Expired)),
        ("exp", "-0", Some(Refusal::Expired)),
        ("exp", "1e-400", Some(Refusal::Expired)),
        ("exp", "1e400", Some(Refusal::ClaimType("exp"))),
        ("exp", "1e99999999999999999999", Some(Refusal::ClaimType("exp"))),
        ("nbf", "1.7954352e9", None),
        ("nbf", "1.7954352001e9", Some(Refusal::NotYetValid)),
        ("nbf", "-0", None),
        ("nbf", "0e99999999999999999999", None),
        ("nbf", "-1e400", Some(Refusal::ClaimType("nbf"))),
        ("iat", "1.7954352E9", None),
    ] {
        let payload = claims(json!({ name: Value::Null })).to_string();
        let payload = payload.replacen('{', &format!(r#"{{"{name}":{text},"#), 1);
        let token = issuer.raw(br#"{"alg":"HS256"}"#, payload.as_bytes());
        assert_eq!(verified(&token, &keys, &rules()).err(), expected, "{name} {text}");
    }
}

#[test]
fn leeway_is_what_the_policy_says() {
    let lenient = ClaimRules { leeway: 30_000, ..rules() };
    for (other, expected) in [
        (json!({ "exp": NOW - 29, "iat": null }), None),
        (json!({ "exp": NOW - 30 }), Some(Refusal::Expired)),
        (json!({ "nbf": NOW + 30 }), None),
        (json!({ "nbf": NOW + 31 }), Some(Refusal::NotYetValid)),
        (json!({ "iat": NOW + 30 }), None),
        (json!({ "iat": NOW + 31 }), Some(Refusal::NotYetValid)),
    ] {
        assert_eq!(outcome(other.clone(), &lenient), expected, "{other}");
    }
}

#[test]
fn lifetimes() {
    let minutes = 60_000;
    let bounded = ClaimRules {
        min_lifetime: Some(15 * minutes),
        max_lifetime: Some(60 * minutes),
        ..rules()
    };
    for (iat, exp, expected) in [
        (Some(-10), 15 * 60 - 10, None),
        (Some(-10), 15 * 60 - 11, Some(Refusal::Lifetime)),
        (Some(-10), 60 * 60 - 10, None),
        (Some(-10), 60 * 60 - 9, Some(Refusal::Lifetime)),
        (None, 1_800, Some(Refusal::ClaimMissing("iat"))),
    ] {
        let other = json!({ "iat": iat.map(|iat: i64| NOW + iat), "exp": NOW + exp });
        assert_eq!(outcome(other.clone(), &bounded), expected, "{other}");
    }
    // Bounded or not, nothing expires before it was made.
    let lenient = ClaimRules { leeway: 100_000, ..rules() };
    let other = json!({ "iat": NOW + 20, "exp": NOW + 20 });
    assert_eq!(outcome(other, &lenient), Some(Refusal::Lifetime));
}

#[test]
fn a_clock_that_is_not_set_verifies_nothing() {
    let (issuer, keys) = issuer();
    let signed = signed(&issuer.token(&claims(json!({}))), &keys).unwrap();
    let unset = Time::from_unix_millis(0);
    assert_eq!(signed.claims(&rules(), unset).unwrap_err(), Refusal::ClockUnset);
    assert!(signed.claims(&rules(), now()).is_ok());
}

#[test]
fn subjects() {
    let strict = ClaimRules { subjects: vec![text("cron"), text("scheduler")], ..rules() };
    for (sub, expected) in [
        (json!("cron"), None),
        (json!("scheduler"), None),
        (json!("Cron"), Some(Refusal::Subject)),
        (json!(""), Some(Refusal::Subject)),
        (json!(null), Some(Refusal::Subject)),
        (json!(["cron"]), Some(Refusal::ClaimType("sub"))),
    ] {
        assert_eq!(outcome(json!({ "sub": sub }), &strict), expected, "{sub}");
    }
    assert_eq!(outcome(json!({ "sub": null }), &rules()), None);
    assert_eq!(outcome(json!({ "sub": 1 }), &rules()), Some(Refusal::ClaimType("sub")));
    assert_eq!(outcome(json!({ "jti": 1 }), &rules()), Some(Refusal::ClaimType("jti")));
}

#[test]
fn scopes() {
    let strict = ClaimRules { scopes: vec!["write:runs".into(), "read".into()], ..rules() };
    for (scope, expected) in [
        (json!("read write:runs"), None),
        (json!("write:runs  other read "), None),
        (json!(["read", "write:runs"]), None),
        (json!("write:runs"), Some(Refusal::Scope)),
        (json!("write:runs,read"), Some(Refusal::Scope)),
        (json!("write:runs\tread"), Some(Refusal::Scope)),
        (json!("read write:runs2"), Some(Refusal::Scope)),
        (json!(["read write:runs"]), Some(Refusal::Scope)),
        (json!([]), Some(Refusal::Scope)),
        (json!(""), Some(Refusal::Scope)),
        (json!(null), Some(Refusal::Scope)),
        (json!(["read", 1]), Some(Refusal::ClaimType("scope"))),
        (json!({ "read": true }), Some(Refusal::ClaimType("scope"))),
    ] {
        assert_eq!(outcome(json!({ "scope": scope }), &strict), expected, "{scope}");
    }
    assert_eq!(outcome(json!({ "scope": 1 }), &rules()), Some(Refusal::ClaimType("scope")));
}

#[test]
fn other_claims() {
    let is = |name: &str, values| ClaimRule { path: path(&[name]), test: ClaimTest::Is(values) };
    let strict = ClaimRules {
        claims: vec![
            is("email", vec![text("a@x"), text("b@x")]),
            is("email_verified", vec![ClaimValue::Bool(true)]),
            is("level", vec![ClaimValue::Number(2)]),
        ],
        ..rules()
    };
    let good = json!({ "email": "b@x", "email_verified": true, "level": 2 });
    assert_eq!(outcome(good.clone(), &strict), None);
    // The same number, as some languages write it.
    let float = json!({ "email": "b@x", "email_verified": true, "level": 2.0 });
    assert_eq!(outcome(float, &strict), None);
    for (name, value) in [
        ("email", json!("c@x")),
        ("email", json!(["a@x"])),
        ("email", json!(null)),
        ("email_verified", json!("true")),
        ("email_verified", json!(1)),
        ("email_verified", json!(false)),
        ("level", json!("2")),
        ("level", json!(2.5)),
        ("level", json!(20)),
        ("level", json!(-2)),
    ] {
        let mut other = good.clone();
        other[name] = value;
        assert_eq!(outcome(other.clone(), &strict), Some(Refusal::Claim), "{other}");
    }
}

fn text(text: &str) -> ClaimValue {
    ClaimValue::String(text.into())
}

fn path(names: &[&str]) -> Vec<Box<str>> {
    names.iter().map(|name| (*name).into()).collect()
}

/// A rule for one claim.
fn one(names: &[&str], test: ClaimTest) -> ClaimRules {
    ClaimRules { claims: vec![ClaimRule { path: path(names), test }], ..rules() }
}

#[test]
fn items_of_arrays() {
    let any = one(&["roles"], ClaimTest::ContainsAny(vec![text("a"), text("b")]));
    let all = one(&["roles"], ClaimTest::ContainsAll(vec![text("a"), text("b")]));
    for (roles, has_any, has_all) in [
        (json!(["a", "b"]), true, true),
        (json!(["b", "c", "a", 1, {}]), true, true),
        (json!(["b"]), true, false),
        // A list of one without its brackets.
        (json!("a"), true, false),
        (json!("a b"), false, false),
        (json!("ab"), false, false),
        (json!(["A", "a ", "ab", "a,b"]), false, false),
        (json!([]), false, false),
        (json!([["a", "b"]]), false, false),
        (json!({ "a": "a", "b": "b" }), false, false),
        (json!([{ "a": "a" }]), false, false),
        (json!(null), false, false),
    ] {
        for (rules, has) in [(&any, has_any), (&all, has_all)] {
            let expected = (!has).then_some(Refusal::Claim);
            assert_eq!(outcome(json!({ "roles": roles }), rules), expected, "{roles}");
        }
    }
    let number = one(&["n"], ClaimTest::ContainsAny(vec![ClaimValue::Number(7)]));
    assert_eq!(outcome(json!({ "n": [1, 7] }), &number), None);
    assert_eq!(outcome(json!({ "n": ["7", 77, true] }), &number), Some(Refusal::Claim));
}

#[test]
fn claims_inside_others() {
    let inside = one(&["realm_access", "roles"], ClaimTest::ContainsAny(vec![text("jobs.run")]));
    let dotted = one(&["realm_access.roles"], ClaimTest::ContainsAny(vec![text("jobs.run")]));
    let nested = json!({ "realm_access": { "roles": ["jobs.run"] } });
    let flat = json!({ "realm_access.roles": ["jobs.run"] });
    assert_eq!(outcome(nested.clone(), &inside), None);
    assert_eq!(outcome(flat.clone(), &inside), Some(Refusal::Claim));
    assert_eq!(outcome(nested, &dotted), Some(Refusal::Claim));
    assert_eq!(outcome(flat, &dotted), None);
    let space = one(&["https://example.com/roles"], ClaimTest::Is(vec![text("x")]));
    assert_eq!(outcome(json!({ "https://example.com/roles": "x" }), &space), None);
    assert_eq!(
        outcome(json!({ "https://example": { "com/roles": "x" } }), &space),
        Some(Refusal::Claim)
    );
    for other in [
        json!({ "realm_access": ["jobs.run"] }),
        json!({ "realm_access": [{ "roles": ["jobs.run"] }] }),
        json!({ "realm_access": "roles" }),
        json!({ "realm_access": { "roles": { "jobs.run": true } } }),
        json!({ "realm_access": { "account": { "roles": ["jobs.run"] } } }),
        json!({ "roles": ["jobs.run"] }),
    ] {
        assert_eq!(outcome(other.clone(), &inside), Some(Refusal::Claim), "{other}");
    }
}

#[test]
fn beginnings() {
    let start = |text: &str| ClaimValue::StartsWith(text.into());
    let subjects = ClaimRules { subjects: vec![start("repo:a/b:"), text("cron")], ..rules() };
    for (sub, good) in [
        ("repo:a/b:ref:refs/heads/main", true),
        ("repo:a/b:", true),
        ("cron", true),
        ("repo:a/b", false),
        ("repo:a/b-evil:ref:refs/heads/main", false),
        ("Repo:a/b:x", false),
        ("x repo:a/b:x", false),
        ("repo:a.b:x", false),
        ("cronx", false),
    ] {
        let expected = (!good).then_some(Refusal::Subject);
        assert_eq!(outcome(json!({ "sub": sub }), &subjects), expected, "{sub}");
    }
    let claim = one(&["ref"], ClaimTest::Is(vec![start("refs/tags/")]));
    assert_eq!(outcome(json!({ "ref": "refs/tags/v1" }), &claim), None);
    assert_eq!(outcome(json!({ "ref": ["refs/tags/v1"] }), &claim), Some(Refusal::Claim));
    assert_eq!(outcome(json!({ "ref": "refs/tag" }), &claim), Some(Refusal::Claim));
}

#[test]
fn the_claim_with_the_scopes() {
    let under = |names: &[&str]| ClaimRules {
        scope_claim: path(names),
        scopes: vec!["read".into()],
        ..rules()
    };
    for (other, expected) in [
        (json!({ "scp": "read write" }), None),
        (json!({ "scp": ["write", "read"] }), None),
        (json!({ "scp": "readwrite" }), Some(Refusal::Scope)),
        (json!({ "scope": "read" }), Some(Refusal::Scope)),
        (json!({ "scp": 1 }), Some(Refusal::ClaimType("scope"))),
        // Another claim of the issuer, whatever it is.
        (json!({ "scp": "read", "scope": 1 }), None),
    ] {
        assert_eq!(outcome(other.clone(), &under(&["scp"])), expected, "{other}");
    }
    let inside = json!({ "ext": { "scopes": ["read"] } });
    assert_eq!(outcome(inside.clone(), &under(&["ext", "scopes"])), None);
    assert_eq!(outcome(inside, &under(&["ext"])), Some(Refusal::ClaimType("scope")));
}

#[test]
fn an_audience_goes_unchecked_only_where_that_is_said() {
    let unchecked = ClaimRules { audience: Audience::Unchecked, ..rules() };
    assert_eq!(outcome(json!({ "aud": null }), &unchecked), None);
    assert_eq!(outcome(json!({ "aud": "other" }), &unchecked), None);
    assert_eq!(outcome(json!({ "aud": 1 }), &unchecked), Some(Refusal::ClaimType("aud")));
    let nobody = ClaimRules { audience: Audience::AnyOf(vec![]), ..rules() };
    assert_eq!(outcome(json!({}), &nobody), Some(Refusal::Audience));
}
