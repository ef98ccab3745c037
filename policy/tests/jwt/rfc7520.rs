//! The examples of RFC 7520, section 4 (JOSE Cookbook): keys with ids, and a payload that is prose.

use super::issuer::decode;
use super::{keys, signed};
use serde_json::{Value, json};
use wicketgate_policy::jwt::{KeySet, KeySource, Refusal, Untrusted};

const PAYLOAD: &str = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

/// Sections 3.3 and 4.1: RS256.
fn rsa() -> (Value, String) {
    let jwk = json!({
        "kty": "RSA", "kid": "bilbo.baggins@hobbiton.example", "use": "sig", "e": "AQAB",
        "n": "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw",
    });
    let header = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9";
    let signature = "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg";
    (jwk, format!("{header}.{PAYLOAD}.{signature}"))
}

/// Sections 3.5 and 4.4: HS256.
fn hmac() -> (Value, String) {
    let jwk = json!({
        "kty": "oct", "kid": "018c0ae5-4d9b-471b-bfd6-eef314bc7037", "use": "sig", "alg": "HS256",
        "k": "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
    });
    let header = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9";
    let signature = "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0";
    (jwk, format!("{header}.{PAYLOAD}.{signature}"))
}

#[test]
fn examples_are_signed_by_the_keys_that_they_name() {
    for (jwk, token) in [rsa(), hmac()] {
        let signed = signed(&token, &keys(&jwk)).unwrap();
        assert_eq!(signed.payload(), decode(PAYLOAD));
        assert_eq!(signed.key_id(), jwk["kid"].as_str());
    }
}

#[test]
fn a_key_of_another_name_is_not_tried() {
    for (mut jwk, token) in [rsa(), hmac()] {
        jwk["kid"] = "frodo".into();
        assert_eq!(signed(&token, &keys(&jwk)).unwrap_err(), Refusal::KeyUnknown);
    }
}

/// Sections 4.2 and 4.3: PS384 with the same key, and ES512.
#[test]
fn what_is_not_served_is_refused() {
    for alg in ["PS384", "ES512"] {
        let header = json!({ "alg": alg, "kid": "bilbo.baggins@hobbiton.example" }).to_string();
        let token = format!("{}.{PAYLOAD}.AAAA", super::issuer::encode(header.as_bytes()));
        assert_eq!(Untrusted::parse(token.as_bytes()).unwrap_err(), Refusal::AlgorithmUnknown);
    }
}

/// Sections 4.5 and 4.7: a payload that is elsewhere, and a header that is not protected.
#[test]
fn parts_that_are_missing_are_refused() {
    let (_, token) = hmac();
    let parts: Vec<&str> = token.split('.').collect();
    for token in [format!("{}..{}", parts[0], parts[2]), format!(".{}.{}", parts[1], parts[2])] {
        assert_eq!(Untrusted::parse(token.as_bytes()).unwrap_err(), Refusal::Parts);
    }
}

/// A secret is no key of a public set, whatever its name.
#[test]
fn the_secret_of_section_3_5_is_refused_outside_the_environment() {
    let (jwk, _) = hmac();
    for source in [KeySource::Address, KeySource::Policy] {
        let set = json!({ "keys": [jwk] }).to_string();
        assert!(KeySet::parse(set.as_bytes(), source).is_err());
    }
}
