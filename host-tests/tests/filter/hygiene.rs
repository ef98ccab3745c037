//! Headers that only the gate may write never come from a client: in no spelling, on no path,
//! and not as trailers either.

use wicketgate_host_tests::fake::{Headers, Request};

use crate::gate::{PROOF, TOKEN, gate, job, public};

#[test]
fn forged_headers_are_removed_from_public_and_guarded_requests() {
    let mut host = gate();
    for request in [public(), job()] {
        let allowed = request.headers.has("x-internal-token");
        let exchange = host.request(forged(request));
        let seen = exchange.origin.unwrap().headers;
        for name in FORGED {
            let own = allowed && ["x-caller", "x-gate-proof", "x-user-id"].contains(&name);
            assert_eq!(seen.all(name).len(), usize::from(own), "{name}");
        }
        if allowed {
            assert_eq!(seen.text("x-caller").as_deref(), Some("cron"));
            assert_eq!(seen.text("x-gate-proof").as_deref(), Some(PROOF));
            assert_eq!(seen.text("x-user-id").as_deref(), Some("forged"));
        }
        assert_eq!(seen.text("accept").as_deref(), Some("*/*"));
    }
}

#[test]
fn forged_trailers_are_removed() {
    let mut host = gate();
    for request in [public(), job()] {
        let request = FORGED.iter().fold(request.trailer("x-checksum", "1"), |request, name| {
            request.trailer(name, "forged").trailer(&name.to_uppercase(), "again")
        });
        let trailers = host.request(request).origin.unwrap().trailers.unwrap();
        assert_eq!(trailers, [("x-checksum", "1")].into_iter().collect::<Headers>());
    }
}

#[test]
fn trailers_after_a_body_are_cleaned_too() {
    let exchange = gate().request(public().body("a").trailer("x-user-id", "forged"));
    assert!(exchange.origin.unwrap().trailers.unwrap().is_empty());
}

#[test]
fn the_credential_goes_no_further() {
    let request = job().header("x-other", "value");
    let seen = gate().request(request).origin.unwrap();
    assert!(!seen.holds(TOKEN) && seen.holds("value"), "{seen:?}");
}

#[test]
fn what_is_forwarded_is_what_was_checked() {
    let mut host = gate();
    for path in ["/about", "/a//b", "/%61bout?x=%2f", "/internalx", "/a/../b", "/x;y"] {
        let exchange = host.request(Request::new("GET", path));
        assert_eq!(exchange.origin_header(":path").as_deref(), Some(path));
    }
}

fn forged(request: Request) -> Request {
    let request = request.header("accept", "*/*");
    FORGED.iter().fold(request, |request, name| request.header(name, "forged"))
}

const FORGED: [&str; 12] = [
    "x-caller",
    "x_caller",
    "x.caller",
    "x-gate-proof",
    "x_gate_proof",
    "x-user-id",
    "x_user_id",
    "x-user_id",
    "script_name",
    "x-original-url",
    "x-http-method-override",
    "x-middleware-subrequest",
];
