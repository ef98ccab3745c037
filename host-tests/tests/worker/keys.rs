//! Keys at an address: whatever it does, a request has a decision, and the right one.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use wicketgate_host_tests::issuer::{Algorithm, Answer, Issuer};
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::workerd::Workerd;

use crate::common::{Origin, ask, gate_with_keys, log};

/// Claims that hold for ten minutes, with the members of `other` beside or instead.
pub fn claims(other: &Value) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut claims =
        json!({ "iss": "https://issuer.example", "aud": "gate", "sub": "cron", "exp": now + 600 });
    for (name, value) in other.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// An issuer, a gate that asks it for its keys, and an origin.
pub struct Bench {
    pub issuer: Issuer,
    pub origin: Origin,
    pub gate: Workerd,
}

impl Bench {
    /// With the spans of the policy's `keys`, the rest being a second each.
    pub fn start(issuer: Issuer, spans: &Value) -> Self {
        let origin = Origin::answering(b"HTTP/1.1 204 x\r\nConnection: close\r\n\r\n").unwrap();
        Self::with_origin(issuer, spans, origin)
    }

    pub fn with_origin(issuer: Issuer, spans: &Value, origin: Origin) -> Self {
        let mut keys = json!({ "jwks_uri": issuer.jwks_uri(),
            "refresh": "1s", "max_age": "1s", "cooldown": "1s", "timeout": "1s" });
        for (name, value) in spans.as_object().unwrap() {
            keys[name] = value.clone();
        }
        let policy = json!({
            "version": 1, "name": "keys", "environment": "production", "unmatched": "pass",
            "callers": { "cron": { "jwt": { "issuer": issuer.issuer(), "audience": "gate",
                "keys": keys } } },
            "rules": [{ "id": "x", "paths": ["/internal/*"], "allow": [{ "caller": "cron" }] }],
            "forward": { "credential": "remove" },
        });
        let gate = gate_with_keys(&policy.to_string(), &[], Some(issuer.ca_pem()), origin.port());
        Self { issuer, origin, gate }
    }

    pub fn token(&self, key: &str) -> String {
        self.issuer.sign(key, &self.issuer.claims(&json!({})))
    }

    pub fn status(&self, token: &str) -> u16 {
        status(&self.gate, token)
    }

    /// Asks with a token until it is answered so.
    pub fn wait_for(&self, token: &str, expected: u16) {
        wait_until("the status", PATIENCE, || Ok((self.status(token) == expected).then_some(())))
            .unwrap_or_else(|error| panic!("{error}: {}", log(&self.gate)));
    }
}

pub fn status(gate: &Workerd, token: &str) -> u16 {
    ask(gate, "GET", "/internal/x", &[("authorization", &format!("Bearer {token}"))]).status
}

pub const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn keys_are_fetched_and_signatures_checked_with_them() {
    let mut issuer = Issuer::start().unwrap();
    let ids = Algorithm::ALL.map(|algorithm| issuer.add_key(algorithm));
    let bench = Bench::start(issuer, &json!({ "refresh": "1h", "max_age": "1h" }));
    for id in &ids {
        let token = bench.token(id);
        assert_eq!(bench.status(&token), 204, "{id}: {}", log(&bench.gate));
        let (message, _) = token.rsplit_once('.').unwrap();
        let (_, other) = bench
            .issuer
            .sign(id, &claims(&json!({ "sub": "x" })))
            .rsplit_once('.')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        assert_eq!(bench.status(&format!("{message}.{other}")), 403, "{id}");
    }
    assert_eq!(bench.issuer.fetches(), 1, "{}", log(&bench.gate));
    assert!(log(&bench.gate).contains("new keys from"));
}

#[test]
fn rotation_under_load_refuses_nothing_valid_and_a_removed_key_dies() {
    let mut issuer = Issuer::start().unwrap();
    let old = issuer.add_key(Algorithm::Es256);
    let mut bench = Bench::start(issuer, &json!({ "max_age": "1h" }));
    let old_token = bench.token(&old);
    assert_eq!(bench.status(&old_token), 204, "{}", log(&bench.gate));
    let new = bench.issuer.add_key(Algorithm::Rs256);
    let new_token = bench.token(&new);
    let (ended, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    let gate = &bench.gate;
    let issuer = &mut bench.issuer;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !ended.load(Ordering::SeqCst) {
                    // A key that is new may be unknown for a cooldown, and never again.
                    let known = sent.load(Ordering::SeqCst) > 0;
                    let status = status(gate, &new_token);
                    assert!(status == 204 || (status == 403 && !known), "{status}");
                    if status == 204 {
                        sent.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        let many = || Ok((sent.load(Ordering::SeqCst) > 50).then_some(()));
        let went = wait_until("the new key", PATIENCE, many);
        issuer.remove_key(&old);
        let removed = Instant::now();
        let dead = wait_until("the end of the old key", PATIENCE, || {
            Ok((status(gate, &old_token) == 403).then_some(()))
        });
        let took = removed.elapsed();
        let again: BTreeSet<u16> = (0..50).map(|_| status(gate, &old_token)).collect();
        ended.store(true, Ordering::SeqCst);
        went.unwrap();
        dead.unwrap();
        println!(
            "the removed key died after {took:?}, {} valid requests",
            sent.load(Ordering::SeqCst)
        );
        assert_eq!(again, BTreeSet::from([403]));
        // `refresh`, and a fetch.
        assert!(took < Duration::from_secs(3), "{took:?}");
    });
}

#[test]
fn an_address_that_is_away_longer_than_keys_count_is_found_again() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::EdDsa);
    let mut bench = Bench::start(issuer, &json!({}));
    let token = bench.token(&id);
    assert_eq!(bench.status(&token), 204, "{}", log(&bench.gate));
    bench.issuer.stop_listening();
    bench.wait_for(&token, 403);
    assert!(log(&bench.gate).contains("\"jwks_unreachable\""), "{}", log(&bench.gate));
    bench.issuer.listen_again().unwrap();
    bench.wait_for(&token, 204);
}

#[test]
fn each_fault_of_an_address_has_its_reason_and_ends_with_it() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Rs256);
    let bench = Bench::start(issuer, &json!({}));
    let token = bench.token(&id);
    for (answer, reason) in [
        (Answer::Hang, "jwks_timeout"),
        (Answer::Slow(Duration::from_secs(5)), "jwks_timeout"),
        (Answer::Status(500), "jwks_status"),
        (Answer::Redirect(bench.issuer.jwks_uri()), "jwks_status"),
        (Answer::Large(10 << 20), "jwks_too_large"),
        (Answer::Html, "jwks_malformed"),
        (Answer::Truncated, "jwks_unreachable"),
        (Answer::DuplicateKeys, "jwks_duplicate_key"),
        (Answer::PrivateKey, "jwks_private_key"),
        (Answer::Secret, "jwks_private_key"),
        (Answer::Empty, "jwks_no_key"),
    ] {
        let before = log(&bench.gate).len();
        let what = format!("{answer:?}");
        bench.issuer.serve(answer);
        let quoted = format!("\"{reason}\"");
        wait_until(&what, PATIENCE, || {
            let refused = bench.status(&token) == 403;
            // Others go their way.
            assert_eq!(ask(&bench.gate, "GET", "/public", &[]).status, 204);
            assert_eq!(bench.status("no.to.ken"), 403);
            Ok((refused && log(&bench.gate)[before..].contains(&quoted)).then_some(()))
        })
        .unwrap_or_else(|error| panic!("{error}: {}", &log(&bench.gate)[before..]));
        let said = log(&bench.gate)[before..].to_owned();
        assert!(said.contains("no keys from `https://localhost:"), "{what}: {said}");
        bench.issuer.serve(Answer::Keys);
        bench.wait_for(&token, 204);
    }
}

#[test]
fn a_server_whose_certificate_is_not_its_own_is_not_believed() {
    for start in [Issuer::start_with_foreign_certificate, Issuer::start_with_wrong_name] {
        let mut issuer = start().unwrap();
        let id = issuer.add_key(Algorithm::EdDsa);
        let bench = Bench::start(issuer, &json!({}));
        assert_eq!(bench.status(&bench.token(&id)), 403);
        assert!(log(&bench.gate).contains("\"jwks_unreachable\""), "{}", log(&bench.gate));
        assert_eq!(bench.issuer.fetches(), 0);
    }
}

#[test]
fn a_thousand_unknown_keys_are_asked_for_once_a_cooldown() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::EdDsa);
    let spans = json!({ "refresh": "1h", "max_age": "1h", "cooldown": "1h", "timeout": "5s" });
    let bench = Bench::start(issuer, &spans);
    let token = bench.token(&id);
    bench.issuer.serve(Answer::Slow(Duration::from_millis(300)));
    let begun = Instant::now();
    thread::scope(|scope| {
        for worker in 0..50 {
            let bench = &bench;
            scope.spawn(move || {
                for number in 0..20 {
                    let header = json!({ "alg": "EdDSA", "kid": format!("{worker}-{number}") });
                    let token = bench.issuer.sign_with_header(
                        "eddsa-1",
                        &header,
                        &bench.issuer.claims(&json!({})),
                    );
                    assert_eq!(bench.status(&token), 403);
                }
            });
        }
    });
    println!("a thousand in {:?}", begun.elapsed());
    assert_eq!(bench.issuer.fetches(), 1);
    assert_eq!(bench.status(&token), 204, "{}", log(&bench.gate));
    assert!(log(&bench.gate).matches("\"jwt_key_unknown\"").count() == 1_000);
}
