//! Tokens, good and broken in many ways, read by us and by `jsonwebtoken`: whatever it refuses we
//! refuse, but for what is listed here with its reason.
//!
//! `cargo test -p wicketgate-host-tests --test jwt --release -- --ignored --nocapture` compares a
//! million.

#[path = "../../../policy/tests/jwt/issuer.rs"]
#[expect(dead_code, reason = "shared with the core's own tests, which use all of it")]
mod issuer;
mod maker;

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use issuer::Issuer;
use jsonwebtoken::{DecodingKey, Validation};
use maker::Maker;
use serde_json::Value;
use wicketgate_policy::Time;
use wicketgate_policy::jwt::{
    Algorithm, Audience, ClaimRules, KeySet, KeySource, Refusal, Untrusted, Verified,
};

/// What `jsonwebtoken` refuses and we accept: words of its error, what must be in the token, why.
const LISTED: [(&str, &str, &str); 3] = [
    (
        "unknown variant `Ed25519`",
        "lg\":\"Ed25519\"",
        "the name that RFC 9864 gives to EdDSA on Ed25519",
    ),
    ("Missing required claim: exp", ".5", "dates may have a fraction (RFC 7519, section 2)"),
    ("Invalid format for claim: nbf", ".5", "dates may have a fraction (RFC 7519, section 2)"),
];

/// One algorithm's key, as both read it.
struct Side {
    issuer: Issuer,
    keys: KeySet,
    theirs: DecodingKey,
    validation: Validation,
}

impl Side {
    fn new(algorithm: Algorithm) -> Self {
        let issuer = Issuer::new(algorithm);
        let jwk = issuer.jwk();
        let keys = KeySet::parse(jwk.to_string().as_bytes(), KeySource::Environment).unwrap();
        let theirs = DecodingKey::from_jwk(&serde_json::from_value(jwk).unwrap()).unwrap();
        let mut validation = Validation::new(match algorithm {
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        });
        validation.set_issuer(&["https://issuer.example"]);
        validation.set_audience(&["gate"]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = 0;
        Self { issuer, keys, theirs, validation }
    }

    fn ours(&self, token: &[u8], now: Time) -> Result<Verified, Refusal> {
        let rules =
            ClaimRules::new("https://issuer.example", Audience::AnyOf(["gate".into()].into()));
        let token = Untrusted::parse(token)?;
        let check = token.check(&self.keys)?;
        let answer = check.verify().ok_or(Refusal::SignatureUnchecked)?;
        token.signed(&check, &answer)?.claims(&rules, now)
    }
}

/// Compares so many tokens, and prints how often who refused what.
fn compare(count: usize) {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let seconds = i64::try_from(seconds).unwrap();
    let now = Time::from_unix_millis(seconds * 1_000);
    assert!(now.is_plausible(), "`jsonwebtoken` asks the system clock, and it is not set");
    let sides = Algorithm::ALL.map(Side::new);
    let mut maker = Maker::new(20_261_123, seconds);
    let (mut both, mut neither) = (0, 0);
    let mut stricter: BTreeMap<String, usize> = BTreeMap::new();
    let mut listed = [0; LISTED.len()];
    for _ in 0..count {
        let side = &sides[maker.algorithm()];
        let (token, text) = maker.token(&side.issuer);
        let ours = side.ours(&token, now);
        let theirs = jsonwebtoken::decode::<Value>(&token, &side.theirs, &side.validation);
        match (ours, theirs) {
            (Ok(_), Ok(_)) => both += 1,
            (Err(_), Err(_)) => neither += 1,
            (Err(refusal), Ok(_)) => *stricter.entry(refusal.to_string()).or_default() += 1,
            (Ok(_), Err(error)) => {
                let said = format!("{error} {error:?}");
                let known = LISTED
                    .iter()
                    .position(|(words, shape, _)| said.contains(words) && text.contains(shape));
                let token = String::from_utf8_lossy(&token);
                let known = known.unwrap_or_else(|| {
                    panic!("accepted, and refused by them with {said}:\n{token}\n{text}")
                });
                listed[known] += 1;
            }
        }
    }
    println!("{count} tokens: accepted by both {both}, refused by both {neither}");
    println!("refused by us alone: {stricter:#?}");
    for ((_, _, why), times) in LISTED.iter().zip(listed) {
        println!("accepted by us alone, {times} times: {why}");
    }
    // A generator that makes nothing good, or nothing bad, shows nothing.
    assert!(both > count / 20 && neither > count / 5 && stricter.len() > 5);
    assert!(listed.iter().all(|times| *times > 0), "a listed difference does not happen any more");
}

#[test]
fn twenty_thousand_tokens() {
    compare(20_000);
}

#[test]
#[ignore = "minutes: run with --release"]
fn a_million_tokens() {
    compare(1_000_000);
}
