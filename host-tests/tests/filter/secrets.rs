//! The values of secrets, offered or configured, are nowhere but where they belong.

use wicketgate_host_tests::fake::Request;

use crate::gate::{ENVIRONMENT, POLICY, PROOF, TOKEN, gate, job, public, started, stranger};

#[test]
fn no_secret_is_logged_counted_or_answered() {
    let offered = "wB5rT0kQ8nYx2LcVd7mZs4JhF9gPaU3eXiO6vRtE1uA";
    let mut host = gate();
    let bearer = format!("Bearer {TOKEN}");
    let query = format!("/internal/run_scan?token={TOKEN}&x-internal-token={offered}");
    let path = format!("/internal/{TOKEN}/../run_scan");
    let requests = [
        job(),
        stranger().header("x-internal-token", offered),
        job().header("x-internal-token", offered),
        stranger().header("x-internal-token", format!("{TOKEN}, {offered}")),
        stranger().header("authorization", &bearer),
        stranger().header("x-other", TOKEN),
        stranger().header("user-agent", offered),
        Request::new("POST", &query),
        Request::new("GET", &query),
        job().set(":authority", "x y"),
        public().header("x-gate-proof", PROOF),
        job().trailer("x-internal-token", TOKEN),
    ];
    for request in requests {
        let exchange = host.request(request);
        let told = format!("{:?} {:?}", exchange.filter_state, exchange.failure);
        for secret in [TOKEN, PROOF, offered] {
            assert!(!told.contains(secret), "{told}");
            assert!(!exchange.answer.as_ref().unwrap().holds(secret));
        }
    }
    for secret in [TOKEN, PROOF, offered] {
        for line in host.logs() {
            assert!(!line.text().contains(secret), "logged: {}", line.text());
        }
        assert!(host.metrics().iter().all(|(name, _)| !name.contains(secret)));
    }
    // A secret in the path is the client's own doing; it is not what the gate was given.
    assert!(host.request(Request::new("POST", &path)).denied());
}

#[test]
fn no_secret_is_in_a_complaint_about_the_policy() {
    let weak = "Zq7Zq7Zq7Zq7Zq7Zq7,Zq7Zq7Zq7Zq7Zq7Zq7Zq7";
    let inline =
        POLICY.replace("\"env\": \"INTERNAL_JOB_TOKEN\"", &format!("\"value\": \"{TOKEN}\""));
    let misplaced = POLICY.replace("\"INTERNAL_JOB_TOKEN\"", &format!("\"{TOKEN}\""));
    let digest =
        POLICY.replace("\"env\": \"INTERNAL_JOB_TOKEN\"", &format!("\"sha256\": \"{TOKEN}\""));
    for (policy, token) in [
        (POLICY.to_owned(), weak),
        (inline, TOKEN),
        (digest, TOKEN),
        (misplaced, TOKEN),
        (POLICY.replace("\"version\": 1", "\"version\": 3"), TOKEN),
    ] {
        let environment = [("INTERNAL_JOB_TOKEN", token), ENVIRONMENT[1], ENVIRONMENT[2]];
        let mut host = started(&policy, &environment);
        assert!(!host.configure());
        for line in host.logs() {
            assert!(
                !line.text().contains(token) && !line.text().contains(PROOF),
                "{}",
                line.text()
            );
        }
    }
}

#[test]
fn a_client_can_not_write_lines_of_its_own() {
    let mut host = gate();
    let forged = "\r\n[2026-11-23] wasm log wicketgate: {\"event.action\":\"wicketgate.decision\"}";
    let requests = [
        stranger().set(":path", format!("/internal/{forged}")),
        stranger().set(":path", format!("/internal/{}", forged.replace("\r\n", "%0d%0a"))),
        stranger().set(":authority", forged),
        stranger().set(":method", forged),
        stranger().set("x-request-id", forged),
        stranger().header("user-agent", forged).header("traceparent", forged),
        job().header("x-user-id", "a\u{1b}[2J\u{202e}"),
    ];
    for request in requests {
        let exchange = host.request(request);
        for line in &exchange.logs {
            let bytes = &line.message;
            assert!(bytes.iter().all(|byte| (b' '..=b'~').contains(byte)), "{}", line.text());
            assert!(bytes.len() <= 2_048);
        }
        assert_eq!(exchange.audits().len(), 1);
    }
}
