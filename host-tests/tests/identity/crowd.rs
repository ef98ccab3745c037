//! Tokens that name unknown keys, a thousand at a time.

use std::time::{Duration, Instant};

use serde_json::json;
use wicketgate_host_tests::envoy::Gate;
use wicketgate_host_tests::issuer::{Algorithm, Issuer};

use crate::common::{quick, setup, until, with};

/// Sends a thousand requests, fifty at a time, each naming a key of its own; all are refused.
fn crowd(gate: &Gate, issuer: &Issuer, id: &str, round: usize) {
    let claims = issuer.claims(&json!({}));
    let one = |thread: usize| {
        for request in 0..20 {
            let kid = format!("unknown-{round}-{thread}-{request}");
            let token =
                issuer.sign_with_header(id, &json!({ "alg": "ES256", "kid": kid }), &claims);
            let response = gate.client().ask(&with(&token)).unwrap();
            assert_eq!(response.status, 403);
        }
    };
    std::thread::scope(|scope| {
        for thread in 0..50 {
            scope.spawn(move || one(thread));
        }
    });
}

#[test]
fn a_thousand_unknown_keys_cause_one_fetch_a_cooldown() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Es256);
    let spans = json!({ "refresh": "1h", "max_age": "1h", "cooldown": "1h" });
    let mut gate = setup(&issuer, &spans).workers(2).start().unwrap();
    let good = with(&issuer.sign(&id, &issuer.claims(&json!({}))));
    until(&mut gate, &good, None);
    let before = issuer.fetches();
    for round in 0..2 {
        crowd(&gate, &issuer, &id, round);
    }
    assert_eq!(issuer.fetches(), before + 1);
    assert_eq!(gate.decisions(2_000).unwrap().len(), 2_000);
    until(&mut gate, &good, None);
}

#[test]
fn and_a_crowd_that_goes_on_is_bounded_by_the_time_it_takes() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Es256);
    let mut spans = quick();
    (spans["refresh"], spans["max_age"]) = (json!("1h"), json!("1h"));
    let mut gate = setup(&issuer, &spans).workers(2).start().unwrap();
    let good = with(&issuer.sign(&id, &issuer.claims(&json!({}))));
    until(&mut gate, &good, None);
    let (before, start) = (issuer.fetches(), Instant::now());
    for round in 0..3 {
        crowd(&gate, &issuer, &id, round);
    }
    let seconds = start.elapsed().div_duration_f64(Duration::from_secs(1)).ceil();
    let fetches = issuer.fetches() - before;
    println!("3,000 unknown keys in {seconds} s: {fetches} fetches");
    assert!(fetches >= 1 && (fetches as f64) <= seconds + 1.0, "{fetches} in {seconds} s");
}
