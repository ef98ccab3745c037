//! Over HTTP/2, in headers and in trailers: what only the gate may say never reaches the origin
//! from a client, in any spelling that an origin folds into it.

use serde_json::{Value, json};
use wicketgate_host_tests::envoy::{Gate, Http2Answer, Http2Request, Setup, edit};
use wicketgate_runtime::envoy_config::Manager;

use crate::common::{BEARER, TOKEN, WRONG, close_at_once, setup};

/// Headers that no client may hand to an origin. Those with an underscore the hardened settings
/// refuse by themselves.
const FORBIDDEN: [&str; 24] = [
    "x-caller",
    "x_caller",
    "x.caller",
    "x-user-id",
    "x_user_id",
    "x.user.id",
    "x-user_id",
    "x_user-id",
    "x.user-id",
    "x-origin-proof",
    "x_origin_proof",
    "x.origin-proof",
    "script-name",
    "script_name",
    "path-info",
    "path_info",
    "x-original-url",
    "x-rewrite-url",
    "x_rewrite_url",
    "x-http-method-override",
    "x-method-override",
    "x-middleware-subrequest",
    "x-invoke-path",
    "x-matched-path",
];

/// Names of credential headers. In trailers they count for nobody.
const CREDENTIALS: [&str; 4] =
    ["x-internal-token", "x_internal_token", "authorization", "x.internal.token"];

/// Trailers go on to the origin.
fn send_trailers_on(config: &mut Value) {
    let options = &mut edit::cluster(config)["typed_extension_protocol_options"]["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"];
    options["explicit_http_config"]["http_protocol_options"] = json!({ "enable_trailers": true });
}

fn with_trailers(manager: Manager) -> (Gate, Vec<&'static str>) {
    let refused = |name: &str| manager == Manager::Hardened && name.contains('_');
    let names = FORBIDDEN.into_iter().filter(|name| !refused(name)).collect();
    (with_settings(setup(), manager), names)
}

fn with_settings(setup: Setup, manager: Manager) -> Gate {
    setup.manager(manager).edit(send_trailers_on).edit(close_at_once).start().unwrap()
}

const MANAGERS: [Manager; 2] = [Manager::EnvoyDefaults, Manager::Hardened];

fn send(gate: &Gate, request: &Http2Request) -> Http2Answer {
    request.send(gate.proxy.address()).unwrap()
}

#[test]
fn no_client_names_itself_in_headers() {
    for manager in MANAGERS {
        let (mut gate, names) = with_trailers(manager);
        for name in names {
            let claim = [(name, "forged-7f3a"), ("x-harmless", "seen")];
            let answer = send(&gate, &Http2Request::new("GET", "/public").with(&claim));
            assert_eq!(answer.body().unwrap(), "ok", "{name}");
            let received = gate.one().unwrap();
            assert!(!received.holds("forged-7f3a"), "{name}: {received:?}");
            assert_eq!(received.values("x-harmless"), ["seen"]);

            let answer = send(&gate, &Http2Request::new("GET", "/internal/a").with(&claim));
            assert!(answer.body().unwrap().contains("Invalid internal token"), "{name}");
            gate.untouched().unwrap();
            gate.decisions(1).unwrap();

            let allowed = Http2Request::new("GET", "/internal/a");
            let allowed = allowed.with(&claim).with(&[("x-internal-token", TOKEN)]);
            assert_eq!(send(&gate, &allowed).body().unwrap(), "ok", "{name}");
            let received = gate.one().unwrap();
            assert!(!received.holds("forged-7f3a"), "{name}: {received:?}");
            assert_eq!(received.values("x-caller"), ["cron"]);
            gate.decisions(1).unwrap();
        }
    }
}

#[test]
fn no_client_names_itself_in_trailers() {
    let bearer = format!("Bearer {BEARER}");
    for manager in MANAGERS {
        let (mut gate, mut names) = with_trailers(manager);
        names.extend(
            CREDENTIALS
                .iter()
                .filter(|name| manager == Manager::EnvoyDefaults || !name.contains('_')),
        );
        for name in names {
            let claim = [(name, "forged-7f3a"), ("x-harmless", "seen")];
            for (target, header, identity) in [
                ("/public", ("x-a", "b"), None),
                ("/internal/a", ("x-internal-token", TOKEN), None),
                ("/portal/a", ("authorization", bearer.as_str()), Some("u-17")),
            ] {
                let request = Http2Request::new("POST", target).with(&[header]);
                let user = identity.map(|user| ("x-user-id", user));
                let request = request.with(user.as_slice()).with_trailers(&claim);
                assert_eq!(send(&gate, &request).body().unwrap(), "ok", "{name} {target}");
                let received = gate.one().unwrap();
                assert!(!received.holds("forged-7f3a"), "{name} {target}: {received:?}");
                assert_eq!(received.trailers(), [("x-harmless".to_owned(), "seen".to_owned())]);
                assert_eq!(received.values("x-user-id"), Vec::from_iter(identity));
            }
            gate.decisions(2).unwrap();
        }
    }
}

#[test]
fn the_body_of_a_denied_request_goes_nowhere() {
    for manager in MANAGERS {
        let (mut gate, _) = with_trailers(manager);
        for token in [("x-harmless", "a"), ("x-internal-token", WRONG)] {
            for size in [1, 16_384, 60_000] {
                let request = Http2Request::new("POST", "/internal/a").with(&[token]);
                // The right token comes too late in a trailer.
                for trailers in [&[][..], &[("x-internal-token", TOKEN)]] {
                    let request = request.clone().with_body(&vec![b'#'; size]);
                    let request =
                        if trailers.is_empty() { request } else { request.with_trailers(trailers) };
                    let answer = send(&gate, &request);
                    assert!(answer.body().unwrap().contains("Invalid internal token"));
                    gate.untouched().unwrap();
                    let line = gate.decisions(1).unwrap().remove(0);
                    assert_eq!(line.text("wicketgate.decision"), Some("deny"));
                }
            }
        }
    }
}

/// Names and places that HTTP/2 forbids: Envoy resets the stream, and if it ever did not, the
/// gate would remove them.
#[test]
fn what_http2_forbids_does_not_get_through() {
    let (gate, _) = with_trailers(Manager::EnvoyDefaults);
    for name in
        ["X-Caller", "x-Caller", "x-caller ", " x-caller", "x-caller\t", "x-caller\0", "x-caller:"]
    {
        let claim = [(name, "forged-7f3a")];
        for request in [
            Http2Request::new("POST", "/public").with(&claim),
            Http2Request::new("POST", "/public").with_trailers(&claim),
        ] {
            let answer = send(&gate, &request);
            let received = gate.origin.take();
            assert!(!received.iter().any(|message| message.holds("forged-7f3a")), "{received:?}");
            assert!(!matches!(answer, Http2Answer::Response(_)), "{name:?}: {answer:?}");
        }
    }
    // A path in the trailers is no path.
    let late = Http2Request::new("POST", "/public").with_trailers(&[(":path", "/internal/a")]);
    assert!(!matches!(send(&gate, &late), Http2Answer::Response(_)));
    assert!(!gate.origin.take().iter().any(|message| message.holds("/internal/a")));
}

/// Two paths, two authorities and a `host` beside `:authority`: one of them is judged and sent
/// on, or none is.
#[test]
fn the_path_that_is_judged_is_the_path_that_is_sent() {
    let (gate, _) = with_trailers(Manager::EnvoyDefaults);
    for (target, fields) in [
        ("/public", &[(":path", "/internal/a")][..]),
        ("/internal/a", &[(":path", "/public")]),
        ("/internal/a", &[("host", "other.example")]),
        ("/internal/a", &[(":authority", "other.example")]),
        ("/internal/a", &[("x-envoy-original-path", "/public"), (":method", "OPTIONS")]),
        ("/internal/a", &[("x-original-url", "/public")]),
        ("/internal/a#/public", &[]),
        ("/public#/../internal/a", &[]),
        ("/internal/a?/public", &[]),
        ("http://app.example/internal/a", &[]),
        ("*/internal/a", &[]),
        ("internal/a", &[]),
        ("", &[]),
    ] {
        let answer = send(&gate, &Http2Request::new("GET", target).with(fields));
        let received = gate.origin.take();
        assert!(received.is_empty(), "{target} {fields:?}: {answer:?} {received:?}");
    }
    // Refused by Envoy or by the gate; whichever, none was let through.
    gate.untouched().unwrap();
}
