//! An address that answers wrongly, or not at all: each way has its reason, and nothing else breaks.

use serde_json::json;
use wicketgate_host_tests::issuer::{Algorithm, Answer, Issuer};

use crate::common::{calm, outcome, quick, setup, until, untroubled, with};

#[test]
fn each_fault_of_the_address_has_its_reason_and_passes() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Es256);
    let mut gate = setup(&issuer, &quick()).start().unwrap();
    let token = with(&issuer.sign(&id, &issuer.claims(&json!({}))));
    until(&mut gate, &token, None);
    for (answer, reason) in [
        (Answer::Status(500), "jwks_status"),
        (Answer::Status(404), "jwks_status"),
        (Answer::Status(503), "jwks_status"),
        (Answer::Status(504), "jwks_status"),
        (Answer::Redirect("/keys".to_owned()), "jwks_status"),
        (Answer::Html, "jwks_malformed"),
        (Answer::Large(10_000_000), "jwks_too_large"),
        (Answer::DuplicateKeys, "jwks_duplicate_key"),
        (Answer::PrivateKey, "jwks_private_key"),
        (Answer::Secret, "jwks_private_key"),
        (Answer::Empty, "jwks_no_key"),
        (Answer::Hang, "jwks_timeout"),
        (Answer::Truncated, "jwks_unreachable"),
    ] {
        let said = format!("{answer:?}");
        issuer.serve(answer);
        // The keys that are here count until their bound, and then the fault is told.
        until(&mut gate, &token, Some(reason));
        untroubled(&mut gate);
        issuer.serve(Answer::Keys);
        until(&mut gate, &token, None);
        println!("{said}: {reason}, then admitted again");
    }
}

#[test]
fn an_address_that_is_away_for_longer_than_the_bound() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Es256);
    let mut spans = quick();
    spans["max_age"] = json!("5s");
    let mut gate = setup(&issuer, &spans).start().unwrap();
    let token = with(&issuer.sign(&id, &issuer.claims(&json!({}))));
    until(&mut gate, &token, None);
    issuer.stop_listening();
    // The last good set counts for a while.
    assert_eq!(outcome(&mut gate, &token), (200, None));
    until(&mut gate, &token, Some("jwks_unreachable"));
    issuer.listen_again().unwrap();
    until(&mut gate, &token, None);
}

#[test]
fn a_server_that_is_not_the_issuer_gives_no_keys() {
    for start in [Issuer::start_with_foreign_certificate, Issuer::start_with_wrong_name] {
        let mut issuer = start().unwrap();
        let id = issuer.add_key(Algorithm::Es256);
        let mut gate = setup(&issuer, &calm()).start().unwrap();
        let token = with(&issuer.sign(&id, &issuer.claims(&json!({}))));
        for _ in 0..3 {
            let expected = (403, Some("jwks_unreachable".to_owned()));
            assert_eq!(outcome(&mut gate, &token), expected);
        }
        untroubled(&mut gate);
        assert!(issuer.connections() > 0, "nobody asked");
        assert_eq!(issuer.fetches(), 0, "it was asked before its certificate was checked");
    }
}

#[test]
fn a_cluster_that_is_not_there() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Es256);
    let setup = wicketgate_host_tests::envoy::Setup::new(&crate::common::policy(&issuer, &calm()))
        .gate(&crate::GATE)
        .secret("STATIC_TOKEN", crate::common::TOKEN);
    let mut gate = setup.start().unwrap();
    let token = with(&issuer.sign(&id, &issuer.claims(&json!({}))));
    assert_eq!(outcome(&mut gate, &token), (403, Some("jwks_unreachable".to_owned())));
    untroubled(&mut gate);
    let log = gate.stop().log;
    assert!(log.contains("(cluster `issuer`)"), "{log}");
}
