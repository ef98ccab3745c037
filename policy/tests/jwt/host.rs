//! Signatures that a host checks: each demand is served once, and what comes of it is what the core
//! says by itself.

use super::issuer::Issuer;
use super::{claims, now};
use serde_json::{Value, json};
use wicketgate_policy::jwt::{Algorithm, Scheme};
use wicketgate_policy::{
    Environment, Gate, Header, Host, MemoryCounts, Peer, Policy, Reason, Step, Verdict,
};

/// The algorithms whose keys may stand in a policy.
fn public() -> impl Iterator<Item = Algorithm> {
    Algorithm::ALL.into_iter().filter(|one| !one.is_secret())
}

/// Two callers with a key each for every algorithm, `a` and `b`, of which `b` trusts no subject.
fn policy() -> Policy {
    let keys: Vec<Value> = public().map(|one| Issuer::new(one).named(one.name())).collect();
    let jwt = |subject: &str| {
        json!({ "jwt": { "issuer": "https://issuer.example", "audience": "gate",
            "subjects": [subject], "keys": { "jwks": { "keys": keys } } } })
    };
    let document = json!({
        "version": 1, "name": "host", "environment": "production", "unmatched": "pass",
        "callers": { "a": jwt("cron"), "b": jwt("nobody") },
        "rules": [
            { "id": "x", "paths": ["/x"], "allow": [{ "caller": "b" }, { "caller": "a" }] },
            { "id": "shadow", "mode": "shadow", "paths": ["/x"], "allow": [{ "caller": "a" }] },
        ],
        "forward": { "credential": "remove" },
    });
    Policy::load(document.to_string().as_bytes(), &Environment::new(Host::Envoy)).unwrap()
}

/// Decides as a host that checks these schemes. Returns how often the host was asked, too.
fn decide(
    token: &str,
    by_host: &'static [Scheme],
    lie: Option<bool>,
) -> (Result<String, Reason>, usize) {
    let bearer = format!("Bearer {token}");
    let headers =
        [(":method", "GET"), (":path", "/x"), (":authority", "app"), ("authorization", &bearer)];
    let headers =
        headers.map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
    // A gate of its own: one that has verified the token before does not ask again.
    let gate = Gate::new(policy(), MemoryCounts::default());
    gate.host_checks(by_host);
    let mut session = gate.session(&headers);
    let mut asked = 0;
    let decision = loop {
        match session.step() {
            Step::Peer => session.peer(Peer::Unknown),
            Step::Now => session.now(now()),
            Step::Signature(check) => {
                asked += 1;
                assert!(asked < 10 && by_host.contains(&check.algorithm().scheme()));
                let good = check.verify().unwrap().good();
                session.signature(check.answered(lie.unwrap_or(good)));
            }
            Step::Verdict(decision) => break decision,
            other => panic!("{other:?}"),
        }
    };
    let verdict = match decision.verdict {
        Verdict::Allow(allow) => Ok(allow.caller().unwrap().to_owned()),
        Verdict::Deny(deny) => Err(deny.reason),
        Verdict::Pass { .. } => panic!("passed"),
    };
    (verdict, asked)
}

const ALL: &[Scheme] =
    &[Scheme::Ecdsa, Scheme::EdDsa, Scheme::Hmac, Scheme::RsaPkcs1, Scheme::RsaPss];

#[test]
fn a_host_and_the_core_agree() {
    for algorithm in public() {
        let issuer = Issuer::new(algorithm);
        let header = json!({ "alg": algorithm.name(), "kid": algorithm.name() }).to_string();
        let make =
            |other: Value| issuer.raw(header.as_bytes(), claims(other).to_string().as_bytes());
        let good = make(json!({}));
        let unsigned = {
            let (rest, signature) = good.rsplit_once('.').unwrap();
            let (first, last) = signature.split_at(1);
            format!("{rest}.{}{last}", if first == "A" { "B" } else { "A" })
        };
        for (token, expected, asked) in [
            (good.clone(), Ok("a".to_owned()), 1),
            (make(json!({ "sub": "nobody" })), Ok("b".into()), 1),
            (make(json!({ "sub": "x" })), Err(Reason::JwtSubjectNotAllowed), 1),
            (make(json!({ "exp": 1 })), Err(Reason::JwtExpired), 1),
            (unsigned, Err(Reason::JwtSignatureInvalid), 1),
            (good.replacen('.', "..", 1), Err(Reason::JwtMalformed), 0),
        ] {
            let alone = decide(&token, &[], None);
            assert_eq!(alone, (expected.clone(), 0), "{token}");
            // Asked once, though two callers and a shadow rule have the key.
            let helped = decide(&token, ALL, None);
            assert_eq!(helped, (expected.clone(), asked), "{token}");
            // A host that checks others is not asked.
            assert_eq!(decide(&token, &[Scheme::Hmac], None), alone);
        }
        let denied = (Err(Reason::JwtSignatureInvalid), 1);
        assert_eq!(decide(&good, ALL, Some(false)), denied);
    }
}
