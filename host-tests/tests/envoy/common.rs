//! A policy that most tests share, and requests.

use serde_json::{Value, json};
use wicketgate_host_tests::envoy::{Gate, Setup, edit};
use wicketgate_runtime::files;
use wicketgate_runtime::http::{Request, Response};

/// The secret of the caller `cron`.
pub(crate) const TOKEN: &str = "gT7vQx2mZb9KpR4wYc8HnJ5sLd3FuA6eXo1NiVtBqMk";
/// The secret of the caller `portal`.
pub(crate) const BEARER: &str = "Wj8sKd2LqPz5RmXv7NcTg4HbYf9AeU3oJi6QxSwZn1B";
/// The proof that the gate sends to the origin on allowed requests.
pub(crate) const PROOF: &str = "pF3nXk8RvZq6TyWc2JmHs9LgBd5EaUo4QiN7xSwVt1M";
/// A well-formed token that nobody has.
pub(crate) const WRONG: &str = "zZ9yX8wV7uT6sR5qP4oN3mL2kJ1iH0gFeDcBaAbCdEf";

/// `/internal/*` for `cron` with a token, `/portal/*` for `portal` with a bearer token, and
/// `/office/*` for `cron` from a network that no test comes from.
pub(crate) fn policy() -> Value {
    json!({
        "version": 1,
        "name": "end-to-end",
        "environment": "production",
        "networks": { "office": ["10.0.0.0/8", "192.168.0.0/16", "fd00::/8"] },
        "callers": {
            "cron": { "token": {
                "header": "x-internal-token",
                "keys": [{ "id": "k1", "env": "CRON_TOKEN" }]
            }},
            "portal": { "token": {
                "header": "authorization",
                "scheme": "bearer",
                "keys": [{ "id": "k1", "env": "PORTAL_TOKEN" }]
            }}
        },
        "rules": [
            {
                "id": "internal",
                "paths": ["/internal/*"],
                "allow": [{ "methods": ["GET", "POST"], "caller": "cron" }],
                "deny": { "status": 403, "json": { "detail": "Invalid internal token" } }
            },
            {
                "id": "portal",
                "paths": ["/portal/*"],
                "allow": [{ "caller": "portal", "pass_identity": ["x-user-id"] }],
                "deny": { "status": 401, "json": { "detail": "Unauthorized" } }
            },
            {
                "id": "office",
                "paths": ["/office/*"],
                "allow": [{ "caller": "cron", "network": "office" }]
            }
        ],
        "unmatched": "pass",
        "identity_headers": ["x-user-id"],
        "forward": {
            "credential": "remove",
            "caller_header": "x-caller",
            "proof": { "header": "x-origin-proof", "env": "ORIGIN_PROOF" }
        }
    })
}

/// [`policy`] with its secrets.
pub(crate) fn setup() -> Setup {
    with_secrets(&policy())
}

/// A policy with the secrets of [`policy`].
pub(crate) fn with_secrets(policy: &Value) -> Setup {
    Setup::new(policy)
        .gate(&crate::GATE)
        .secret("CRON_TOKEN", TOKEN)
        .secret("PORTAL_TOKEN", BEARER)
        .secret("ORIGIN_PROOF", PROOF)
}

/// A connection that Envoy gives up closes at once, not after the usual second.
pub(crate) fn close_at_once(config: &mut Value) {
    edit::manager(config)["delayed_close_timeout"] = json!("0.001s");
}

/// A GET with these headers.
pub(crate) fn get(target: &str, headers: &[(&str, &str)]) -> Request {
    request("GET", target, headers)
}

/// A request with these headers.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request {
    let request = Request::new(method, target).unwrap();
    headers.iter().fold(request, |request, (name, value)| request.with_header(name, value).unwrap())
}

/// A response without what differs from one to the next by itself.
pub(crate) fn comparable(mut response: Response) -> Response {
    response.headers.retain(|(name, _)| name != "date" && name != "x-request-id");
    response
}

/// The resident memory of Envoy, in KiB.
pub(crate) fn resident(gate: &Gate) -> u64 {
    let status = files::read(format!("/proc/{}/status", gate.proxy.id()).as_ref()).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
