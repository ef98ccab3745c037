//! The examples of RFC 7515, appendix A, and of RFC 8037, appendix A.

use super::issuer::{Issuer, decode, encode};
use super::{keys, signed};
use serde_json::json;
use wicketgate_policy::jwt::{Algorithm, Audience, ClaimRules, Refusal, Untrusted};
use wicketgate_policy::{Reason, Time};

const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

/// Algorithm, header, payload and signature.
const EXAMPLES: [(Algorithm, &str, &str, &str); 4] = [
    // A.1
    (
        Algorithm::Hs256,
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
        CLAIMS,
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    ),
    // A.2
    (
        Algorithm::Rs256,
        "eyJhbGciOiJSUzI1NiJ9",
        CLAIMS,
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    ),
    // A.3
    (
        Algorithm::Es256,
        "eyJhbGciOiJFUzI1NiJ9",
        CLAIMS,
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ),
    // RFC 8037, A.4
    (
        Algorithm::EdDsa,
        "eyJhbGciOiJFZERTQSJ9",
        "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ),
];

#[test]
fn every_example_is_signed_by_its_key() {
    for (algorithm, header, payload, signature) in EXAMPLES {
        let keys = keys(&Issuer::new(algorithm).jwk());
        let token = format!("{header}.{payload}.{signature}");
        assert_eq!(signed(&token, &keys).unwrap().payload(), decode(payload), "{algorithm:?}");
    }
}

/// And by no other, nor with any bit of it changed.
#[test]
fn no_example_survives_a_change() {
    for (algorithm, header, payload, signature) in EXAMPLES {
        for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
            let keys = keys(&Issuer::new(other).jwk());
            let token = format!("{header}.{payload}.{signature}");
            assert_eq!(signed(&token, &keys).unwrap_err(), Refusal::AlgorithmNotOfKey);
        }
        let keys = keys(&Issuer::new(algorithm).jwk());
        let whole = decode(signature);
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let token = format!("{header}.{payload}.{}", encode(&changed));
            assert_eq!(signed(&token, &keys).unwrap_err(), Refusal::SignatureInvalid, "{bit}");
        }
        for len in (0..whole.len()).chain([whole.len() + 1, whole.len() + 64]) {
            let mut changed = whole.clone();
            changed.resize(len, 0);
            let token = format!("{header}.{payload}.{}", encode(&changed));
            assert!(signed(&token, &keys).is_err(), "{algorithm:?} with {len} bytes");
        }
        let mut other = decode(payload);
        other[0] ^= 1;
        let token = format!("{header}.{}.{signature}", encode(&other));
        assert_eq!(signed(&token, &keys).unwrap_err(), Refusal::SignatureInvalid);
    }
}

/// The tests' own issuer signs with the examples' keys, and must make the examples' tokens.
#[test]
fn the_issuer_of_these_tests_signs_like_the_examples() {
    for (algorithm, header, payload, signature) in EXAMPLES {
        // RFC 7515 has another random number for ECDSA.
        if algorithm != Algorithm::Es256 {
            let message = format!("{header}.{payload}");
            assert_eq!(encode(&Issuer::new(algorithm).sign(message.as_bytes())), signature);
        }
    }
}

/// A.1 in full: `exp` was in 2011.
#[test]
fn the_first_example_has_expired() {
    let (algorithm, header, payload, signature) = EXAMPLES[0];
    let token = format!("{header}.{payload}.{signature}");
    let signed = signed(&token, &keys(&Issuer::new(algorithm).jwk())).unwrap();
    let rules = ClaimRules::new("joe", Audience::Unchecked);
    let refusal = signed.claims(&rules, Time::BUILD).unwrap_err();
    assert_eq!((refusal, refusal.reason()), (Refusal::Expired, Reason::JwtExpired));
}

/// A.4 (ES512) is of an algorithm that is not served, A.5 is unsecured, A.6 and A.7 are JSON.
#[test]
fn the_other_examples_are_refused() {
    let es512 = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
    assert_eq!(Untrusted::parse(es512.as_bytes()).unwrap_err(), Refusal::AlgorithmUnknown);
    let none = format!("eyJhbGciOiJub25lIn0.{CLAIMS}.");
    assert_eq!(Untrusted::parse(none.as_bytes()).unwrap_err(), Refusal::Parts);
    let json = json!({ "payload": CLAIMS, "protected": "eyJhbGciOiJFUzI1NiJ9", "signature": EXAMPLES[2].3 });
    assert_eq!(Untrusted::parse(json.to_string().as_bytes()).unwrap_err(), Refusal::Parts);
    // Appendix E: a `crit` that nobody knows.
    let crit = "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.Zm9v";
    assert_eq!(Untrusted::parse(crit.as_bytes()).unwrap_err(), Refusal::HeaderRefused("crit"));
}
