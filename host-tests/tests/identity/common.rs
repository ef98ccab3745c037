//! A policy with keys at an issuer's address, the cluster that reaches it, and requests.

use std::time::Duration;

use serde_json::{Value, json};
use wicketgate_host_tests::envoy::{Gate, Setup};
use wicketgate_host_tests::issuer::Issuer;
use wicketgate_runtime::http::Request;
use wicketgate_runtime::wait::wait_until;

/// The secret of the caller `static`.
pub(crate) const TOKEN: &str = "gT7vQx2mZb9KpR4wYc8HnJ5sLd3FuA6eXo1NiVtBqMk";

/// An address that is asked once, and has time: what a busy machine takes longer for changes nothing.
pub(crate) fn calm() -> Value {
    json!({ "refresh": "1h", "max_age": "1h", "cooldown": "1s", "timeout": "20s" })
}

/// An address whose faults are soon seen.
pub(crate) fn quick() -> Value {
    json!({ "refresh": "1s", "max_age": "2s", "cooldown": "1s", "timeout": "1s" })
}

/// `/jobs/*` for `cron` with a token of the issuer, `/static/*` for `static` with a secret.
pub(crate) fn policy(issuer: &Issuer, spans: &Value) -> Value {
    let mut keys = json!({
        "jwks_uri": issuer.jwks_uri_at("issuer.example"), "cluster": "issuer",
    });
    let members = keys.as_object_mut().unwrap();
    members.extend(spans.as_object().unwrap().clone());
    json!({
        "version": 1, "name": "identity", "environment": "production", "unmatched": "pass",
        "callers": {
            "cron": { "jwt": {
                "issuer": issuer.issuer(), "audience": "gate", "subjects": ["cron"], "keys": keys,
            } },
            "static": { "token": {
                "header": "x-internal-token", "keys": [{ "id": "k1", "env": "STATIC_TOKEN" }],
            } },
        },
        "rules": [
            { "id": "jobs", "paths": ["/jobs/*"], "allow": [{ "caller": "cron" }] },
            { "id": "static", "paths": ["/static/*"], "allow": [{ "caller": "static" }] },
        ],
        "forward": { "credential": "remove" },
    })
}

/// The cluster by which Envoy reaches the issuer, as it is shipped, with this run's address and
/// authority put in: the issuer's certificate and its name are checked.
pub(crate) fn cluster(issuer: &Issuer) -> Value {
    json!({
        "name": "issuer", "type": "STATIC", "connect_timeout": "1s",
        "load_assignment": { "cluster_name": "issuer", "endpoints": [{ "lb_endpoints": [
            { "endpoint": { "address": { "socket_address":
                { "address": "127.0.0.1", "port_value": issuer.port() } } } }
        ] }] },
        "transport_socket": { "name": "envoy.transport_sockets.tls", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            "sni": "issuer.example",
            "common_tls_context": { "validation_context": {
                "trusted_ca": { "inline_string": issuer.ca_pem() },
                "match_typed_subject_alt_names": [
                    { "san_type": "DNS", "matcher": { "exact": "issuer.example" } }
                ],
            } },
        } },
    })
}

/// Envoy with this policy.
pub(crate) fn setup(issuer: &Issuer, spans: &Value) -> Setup {
    let setup = Setup::new(&policy(issuer, spans)).gate(&crate::GATE);
    setup.cluster(cluster(issuer)).secret("STATIC_TOKEN", TOKEN)
}

/// A request with a bearer token.
pub(crate) fn with(token: &str) -> Request {
    let request = Request::new("POST", "/jobs/run").unwrap();
    request.with_header("authorization", &format!("Bearer {token}")).unwrap()
}

/// The result of a request: its status, and if it is denied, the reason in its audit line.
pub(crate) fn outcome(gate: &mut Gate, request: &Request) -> (u16, Option<String>) {
    let status = gate.ask(request).unwrap().status;
    let line = gate.decisions(1).unwrap().remove(0);
    (status, line.text("error.type").map(str::to_owned))
}

/// Asks until a request is denied for this reason, or is let through where there is none. Every
/// other request of the gate works meanwhile.
pub(crate) fn until(gate: &mut Gate, request: &Request, reason: Option<&str>) {
    let mut seen = Vec::new();
    let found = wait_until("the reason", Duration::from_secs(20), || {
        untroubled(gate);
        let (_, found) = outcome(gate, request);
        let good = found.as_deref() == reason;
        if !seen.contains(&found) {
            seen.push(found);
        }
        Ok(good.then_some(()))
    });
    assert!(found.is_ok(), "{reason:?} expected, but only: {seen:?}");
    gate.origin.take();
}

/// Checks that everything which does not need the issuer works.
pub(crate) fn untroubled(gate: &mut Gate) {
    assert_eq!(gate.ask(&Request::new("GET", "/public").unwrap()).unwrap().status, 200);
    let request = Request::new("GET", "/static/a").unwrap();
    let request = request.with_header("x-internal-token", TOKEN).unwrap();
    assert_eq!(outcome(gate, &request), (200, None));
}
