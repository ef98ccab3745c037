//! Connections that carry more than one request, or less.

use wicketgate_runtime::envoy_config::Manager;

use crate::common::{TOKEN, WRONG, close_at_once, get, request, setup};

const MANAGERS: [Manager; 2] = [Manager::EnvoyDefaults, Manager::Hardened];

#[test]
fn each_request_of_a_connection_is_judged() {
    let good = get("/internal/a", &[("x-internal-token", TOKEN)]);
    let bad = get("/internal/b", &[("x-internal-token", WRONG)]);
    let none = get("/internal/c", &[]);
    let public = get("/public", &[]);
    for manager in MANAGERS {
        let mut gate = setup().manager(manager).edit(close_at_once).start().unwrap();
        let requests = [&good, &none, &good, &bad, &public, &none, &good, &none];
        // Envoy closes a connection on which an answer of its own follows one of the origin's
        // while requests wait (a `direct_response` does it too): what was not answered is sent
        // again, and must not have reached the origin before.
        let mut statuses = Vec::new();
        while statuses.len() < requests.len() {
            let rest = requests.iter().skip(statuses.len());
            let rest: Vec<u8> = rest.flat_map(|request| request.to_bytes()).collect();
            let mut connection = gate.connect().unwrap();
            connection.write(&rest).unwrap();
            let before = statuses.len();
            while statuses.len() < requests.len()
                && let Some(response) = connection.next_response().unwrap()
            {
                statuses.push(response.status);
            }
            assert!(statuses.len() > before, "no answer after {statuses:?}");
        }
        assert_eq!(statuses, [200, 403, 200, 403, 200, 403, 200, 403]);
        let reached: Vec<_> = gate.origin.take().iter().map(|m| m.request_line()).collect();
        let (a, public) = ("GET /internal/a HTTP/1.1", "GET /public HTTP/1.1");
        assert_eq!(reached, [a, a, public, a]);
        gate.decisions(7).unwrap();
    }
}

/// The bytes after a denied request's head are its body, and no other request.
#[test]
fn a_body_is_not_the_next_request() {
    for manager in MANAGERS {
        let mut gate = setup().manager(manager).start().unwrap();
        let inner = get("/internal/smuggled", &[("x-internal-token", TOKEN)]).to_bytes();
        let inner: String = inner.into_iter().map(char::from).collect();
        let outer = |headers: &[(&str, &str)]| {
            let outer = request("POST", "/internal/a", headers);
            outer.with_body(&inner).unwrap().to_bytes()
        };
        let chunked = format!("{:x}\r\n{inner}\r\n0\r\n\r\n", inner.len());
        let chunked = request("POST", "/internal/a", &[("transfer-encoding", "chunked")])
            .with_body(&chunked)
            .unwrap()
            .to_bytes();
        for bytes in [outer(&[]), outer(&[("expect", "100-continue")]), chunked] {
            let mut connection = gate.connect().unwrap();
            connection.write(&bytes).unwrap();
            assert_eq!(connection.next_response().unwrap().unwrap().status, 403);
            gate.untouched().unwrap();
            assert_eq!(
                gate.decisions(1).unwrap()[0].text("error.type"),
                Some("credential_missing")
            );
        }
        // Two lengths: Envoy refuses what the gate and an origin could read differently.
        for headers in [
            &[("content-length", "5"), ("content-length", "6")][..],
            &[("content-length", "5"), ("transfer-encoding", "chunked")],
            &[("transfer-encoding", "chunked"), ("content-length", "5")],
            &[("transfer-encoding", "xchunked")],
            &[("transfer-encoding", "chunked, identity")],
        ] {
            let mut connection = gate.connect().unwrap();
            connection.write(&outer(headers)).unwrap();
            let status = connection.next_response().unwrap().map(|response| response.status);
            assert_ne!(status, Some(200), "{headers:?}");
            gate.untouched().unwrap();
        }
    }
}

/// A denial does not wait for the body, and what of the body has come goes nowhere.
#[test]
fn the_answer_comes_before_the_body() {
    for manager in MANAGERS {
        let mut gate = setup().manager(manager).start().unwrap();
        for (header, part) in [
            ("content-length: 1000", "some of it"),
            ("transfer-encoding: chunked", "5\r\nhello\r\n"),
        ] {
            let head =
                format!("POST /internal/a HTTP/1.1\r\nhost: app.example\r\n{header}\r\n\r\n");
            for bytes in [head.clone(), format!("{head}{part}")] {
                let mut connection = gate.connect().unwrap();
                connection.write(bytes.as_bytes()).unwrap();
                assert_eq!(connection.next_response().unwrap().unwrap().status, 403);
                gate.untouched().unwrap();
                gate.decisions(1).unwrap();
            }
        }
    }
}

/// Clients that go away leave the gate as it was.
#[test]
fn a_client_may_go_away_at_any_moment() {
    let mut gate = setup().start().unwrap();
    let whole = request("POST", "/internal/a", &[("x-internal-token", TOKEN)]);
    let whole = whole.with_body("0123456789").unwrap().to_bytes();
    for end in [0, 1, 4, 30, whole.len() / 2] {
        let mut connection = gate.connect().unwrap();
        connection.write(&whole[..end]).unwrap();
        connection.abandon().unwrap();
    }
    gate.untouched().unwrap();
    // In the middle of an allowed body, and of the answer to it.
    for end in [whole.len() - 4, whole.len()] {
        gate.origin.hold();
        let mut connection = gate.connect().unwrap();
        connection.write(&whole[..end]).unwrap();
        gate.origin.wait_for(1).unwrap();
        connection.abandon().unwrap();
        gate.origin.release();
        assert_eq!(gate.decisions(1).unwrap()[0].text("wicketgate.decision"), Some("allow"));
        assert_eq!(gate.one().unwrap().values("x-caller"), ["cron"]);
    }
    // In the middle of a denied body.
    let denied = request("POST", "/internal/a", &[]).with_body("0123456789").unwrap().to_bytes();
    let mut connection = gate.connect().unwrap();
    connection.write(&denied[..denied.len() - 4]).unwrap();
    connection.abandon().unwrap();
    assert_eq!(gate.decisions(1).unwrap()[0].text("error.type"), Some("credential_missing"));
    gate.untouched().unwrap();
    gate.passed(&get("/internal/a", &[("x-internal-token", TOKEN)])).unwrap();
    gate.proxy.check().unwrap();
}
