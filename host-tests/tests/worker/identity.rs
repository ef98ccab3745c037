//! Signed tokens: the platform checks some signatures, the module the others.

use serde_json::{Value, json};
use wicketgate_policy::jwt::Algorithm;

use crate::common::{Origin, ask, gate_with_keys, log};
use crate::issuer::{Issuer, decode, encode};
use crate::keys::claims;

#[test]
fn signatures_of_every_algorithm_count_and_bad_ones_do_not() {
    let origin = Origin::answering(b"HTTP/1.1 204 x\r\nConnection: close\r\n\r\n").unwrap();
    for algorithm in Algorithm::ALL {
        let issuer = Issuer::new(algorithm);
        let policy = json!({
            "version": 1, "name": "signed", "environment": "production", "unmatched": "pass",
            "callers": { "cron": { "jwt": { "issuer": "https://issuer.example",
                "audience": "gate", "keys": { "jwks_env": "KEYS" } } } },
            "rules": [{ "id": "x", "paths": ["/internal/*"], "allow": [{ "caller": "cron" }] }],
            "forward": { "credential": "remove" },
        });
        let secrets = [("KEYS", &*issuer.jwk().to_string())];
        let gate = gate_with_keys(&policy.to_string(), &secrets, None, origin.port());
        let status = |token: &str| {
            let bearer = format!("Bearer {token}");
            ask(&gate, "GET", "/internal/x", &[("authorization", &bearer)]).status
        };
        let token = issuer.token(&claims(&json!({})));
        // The second time by the key that was imported, the third by what is remembered.
        let other = issuer.token(&claims(&json!({ "sub": "other" })));
        for token in [&token, &other, &token] {
            assert_eq!(status(token), 204, "{algorithm:?}: {}", log(&gate));
        }
        assert_eq!(origin.take().len(), 3);
        let bad = forged(&token);
        for (place, token) in bad.iter().enumerate() {
            assert_eq!(status(token), 403, "{algorithm:?} {place}: {}", log(&gate));
        }
        assert!(origin.take().is_empty());
        let refused = log(&gate).matches("jwt_signature_invalid").count();
        assert!(refused >= bad.len(), "{algorithm:?}: {refused} of {}: {}", bad.len(), log(&gate));
    }
}

/// The token with other signatures, and with other claims under its own.
fn forged(token: &str) -> Vec<String> {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let good = decode(signature);
    let changed = |place: usize| {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        bytes
    };
    let signatures = [
        changed(0),
        changed(good.len() - 1),
        vec![0; good.len()],
        good[1..].to_vec(),
        [&good[..], &[0]].concat(),
        vec![1],
    ];
    let header = message.split_once('.').unwrap().0;
    let claims: Value = claims(&json!({ "sub": "root" }));
    let payload = encode(claims.to_string().as_bytes());
    let mut all = vec![format!("{header}.{payload}.{signature}")];
    all.extend(signatures.map(|bytes| format!("{message}.{}", encode(&bytes))));
    all
}
