//! Requests that wait for keys: nothing of them reaches the origin before the verdict.

use std::time::Duration;

use serde_json::json;
use wicketgate_host_tests::envoy::{Http2Request, edit};
use wicketgate_host_tests::issuer::{Algorithm, Answer, Issuer};
use wicketgate_runtime::http::Request;
use wicketgate_runtime::wait::wait_until;

use crate::common::{calm, outcome, setup, with};

/// An issuer that says nothing yet, a gate in front of it, and a good token.
fn start() -> (Issuer, wicketgate_host_tests::envoy::Gate, String) {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Es256);
    issuer.serve(Answer::Hang);
    let gate = setup(&issuer, &calm()).start().unwrap();
    let token = issuer.sign(&id, &issuer.claims(&json!({})));
    issuer.wait_for_fetches(1).unwrap();
    (issuer, gate, token)
}

fn with_body(token: &str, body: &str) -> Request {
    with(token).with_body(body).unwrap()
}

/// Trailers go on to the origin.
fn send_trailers_on(config: &mut serde_json::Value) {
    let options = &mut edit::cluster(config)["typed_extension_protocol_options"]["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"];
    options["explicit_http_config"]["http_protocol_options"] = json!({ "enable_trailers": true });
}

/// Waits until Envoy reports so many requests that it has taken and not answered.
fn active(gate: &wicketgate_host_tests::envoy::Gate, count: u64) {
    wait_until("requests at Envoy", Duration::from_secs(10), || {
        Ok((gate.proxy.count("http.ingress.downstream_rq_active")? == count).then_some(()))
    })
    .unwrap();
}

#[test]
fn early_and_late_bodies_arrive_whole_after_the_verdict_and_not_before() {
    let (issuer, mut gate, token) = start();
    let body = "x".repeat(200_000);
    let bytes = with_body(&token, &body).to_bytes();
    let head = bytes.len() - body.len();
    // All at once; head first; head and half of the body first.
    let mut connections = Vec::new();
    for early in [bytes.len(), head, head + body.len() / 2] {
        let mut connection = gate.connect().unwrap();
        connection.write(&bytes[..early.min(head + 60_000)]).unwrap();
        connections.push((connection, early.min(head + 60_000)));
    }
    active(&gate, 3);
    assert_eq!(gate.origin.take(), []);
    issuer.serve(Answer::Keys);
    for (connection, early) in &mut connections {
        connection.write(&bytes[*early..]).unwrap();
        assert_eq!(connection.next_response().unwrap().unwrap().status, 200);
    }
    gate.decisions(3).unwrap();
    let received = gate.origin.take();
    assert_eq!(received.len(), 3);
    for message in received {
        assert!(message.bytes.ends_with(body.as_bytes()), "{}", message.bytes.len());
    }
    assert_eq!(issuer.fetches(), 1);
}

#[test]
fn http2_with_body_and_trailers() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Es256);
    issuer.serve(Answer::Hang);
    let mut gate = setup(&issuer, &calm()).edit(send_trailers_on).start().unwrap();
    let token = issuer.sign(&id, &issuer.claims(&json!({})));
    issuer.wait_for_fetches(1).unwrap();
    let bearer = format!("Bearer {token}");
    let request = Http2Request::new("POST", "/jobs/run")
        .with(&[("authorization", &bearer)])
        .with_body(&[b'Q'; 20_000])
        .with_trailers(&[("x-harmless", "1"), ("x-internal-token", "late")]);
    let address = gate.proxy.address();
    let client = std::thread::spawn(move || request.send(address).unwrap().body());
    active(&gate, 1);
    assert_eq!(gate.origin.take(), []);
    issuer.serve(Answer::Keys);
    client.join().unwrap().unwrap();
    gate.decisions(1).unwrap();
    let message = gate.one().unwrap();
    assert_eq!(message.bytes.iter().filter(|byte| **byte == b'Q').count(), 20_000);
    // Hygiene goes on after the wait, in the trailers too.
    assert!(message.holds("x-harmless") && !message.holds("late"), "{message:?}");
}

#[test]
fn a_refusal_after_waiting_lets_nothing_through() {
    let (issuer, mut gate, token) = start();
    let mut forged = token.into_bytes();
    let at = forged.len() - 20;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    let mut connection = gate.connect().unwrap();
    connection.write(&with_body(&forged, &"x".repeat(5_000)).to_bytes()).unwrap();
    active(&gate, 1);
    issuer.serve(Answer::Keys);
    assert_eq!(connection.next_response().unwrap().unwrap().status, 403);
    let line = gate.decisions(1).unwrap().remove(0);
    assert_eq!(line.text("error.type"), Some("jwt_signature_invalid"));
    gate.untouched().unwrap();
}

#[test]
fn clients_that_go_away_leave_nothing_behind() {
    let (issuer, mut gate, token) = start();
    for _ in 0..50 {
        let mut connection = gate.connect().unwrap();
        connection.write(&with_body(&token, "payload").to_bytes()).unwrap();
        active(&gate, 1);
        connection.abandon().unwrap();
        active(&gate, 0);
    }
    issuer.serve(Answer::Keys);
    // The keys that they asked for are here for the next one.
    assert_eq!(outcome(&mut gate, &with(&token)), (200, None));
    assert_eq!((gate.origin.take().len(), issuer.fetches()), (1, 1));
}

#[test]
fn waiting_ends_by_itself() {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(Algorithm::Es256);
    issuer.serve(Answer::Hang);
    let mut spans = calm();
    spans["timeout"] = json!("1s");
    let mut gate = setup(&issuer, &spans).start().unwrap();
    let token = issuer.sign(&id, &issuer.claims(&json!({})));
    assert_eq!(outcome(&mut gate, &with(&token)), (403, Some("jwks_timeout".to_owned())));
    gate.untouched().unwrap();
}
