//! Other methods and other protocols on a guarded path, with every upgrade that Envoy can serve
//! switched on.

use serde_json::{Value, json};
use wicketgate_host_tests::envoy::{Gate, Http2Answer, Http2Request, edit};
use wicketgate_runtime::envoy_config::Manager;

use crate::common::{TOKEN, WRONG, close_at_once, request, setup};

fn every_upgrade(config: &mut Value) {
    close_at_once(config);
    let manager = edit::manager(config);
    manager["upgrade_configs"] = ["websocket", "CONNECT", "h2c", "tls/1.0", "spdy"]
        .map(|kind| json!({ "upgrade_type": kind }))[..]
        .into();
    manager["http2_protocol_options"]["allow_connect"] = json!(true);
    let mut tunnel = edit::routes(config)[0].clone();
    tunnel["match"] = json!({ "connect_matcher": {} });
    tunnel["route"]["upgrade_configs"] =
        json!([{ "upgrade_type": "CONNECT", "connect_config": {} }]);
    edit::routes(config).push(tunnel);
}

fn gate(manager: Manager) -> Gate {
    setup().manager(manager).edit(every_upgrade).start().unwrap()
}

const MANAGERS: [Manager; 2] = [Manager::EnvoyDefaults, Manager::Hardened];
const WEBSOCKET: [(&str, &str); 4] = [
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

#[test]
fn a_websocket_is_checked_like_any_request() {
    for manager in MANAGERS {
        let mut gate = gate(manager);
        let with =
            |extra: &[(&str, &str)]| request("GET", "/internal/ws", &[&WEBSOCKET, extra].concat());
        for (extra, reason) in [
            (&[][..], "credential_missing"),
            (&[("x-internal-token", WRONG)], "credential_unknown"),
        ] {
            let (response, given) = gate.denied(&with(extra)).unwrap();
            assert_eq!((response.status, given.as_str()), (403, reason));
        }
        // Frames that are sent before the answer go nowhere either.
        let mut early = gate.connect().unwrap();
        early.write(&[&with(&[]).to_bytes()[..], b"\x81\x05hello"].concat()).unwrap();
        assert_eq!(early.next_response().unwrap().unwrap().status, 403);
        gate.untouched().unwrap();
        gate.decisions(1).unwrap();

        let mut open = gate.connect().unwrap();
        open.write(&with(&[("x-internal-token", TOKEN)]).to_bytes()).unwrap();
        assert_eq!(open.next_response().unwrap().unwrap().status, 101);
        open.write(b"\x81\x05hello").unwrap();
        assert_eq!(open.bytes(7).unwrap(), b"\x81\x05hello");
        assert_eq!(gate.one().unwrap().values("x-caller"), ["cron"]);
        gate.decisions(1).unwrap();
    }
}

/// Over HTTP/2 a websocket is opened with CONNECT (RFC 8441); Envoy shows it to the gate as a GET.
#[test]
fn a_websocket_over_http2_is_checked_too() {
    for manager in MANAGERS {
        let mut gate = gate(manager);
        let open = Http2Request::new("CONNECT", "/internal/ws").with(&[(":protocol", "websocket")]);
        let answer = open.with(&[("sec-websocket-version", "13")]).send(gate.proxy.address());
        assert!(answer.unwrap().body().unwrap().contains("Invalid internal token"));
        gate.untouched().unwrap();
        assert_eq!(gate.decisions(1).unwrap()[0].text("error.type"), Some("credential_missing"));
    }
}

#[test]
fn no_other_protocol_is_served() {
    for manager in MANAGERS {
        let gate = gate(manager);
        for protocol in ["tls/1.0", "spdy", "spdy, websocket", "websocket, tls/1.0", "", "x"] {
            for target in ["/internal/a", "/public"] {
                let headers =
                    [("connection", "upgrade"), ("upgrade", protocol), ("x-internal-token", TOKEN)];
                let response = gate.ask(&request("GET", target, &headers)).unwrap();
                assert!((400..500).contains(&response.status), "{protocol} {target}: {response:?}");
                gate.untouched().unwrap();
            }
        }
        // Envoy takes an offer of h2c out of a request, and what is left is judged.
        let h2c = [
            ("connection", "upgrade, http2-settings"),
            ("upgrade", "h2c"),
            ("http2-settings", "AAMAAABkAAQAAP__"),
        ];
        let response = gate.ask(&request("GET", "/internal/a", &h2c)).unwrap();
        assert_eq!(response.status, 403);
        gate.untouched().unwrap();
    }
}

#[test]
fn a_tunnel_is_refused_everywhere() {
    for manager in MANAGERS {
        let mut gate = gate(manager);
        for target in ["app.example:443", "/internal/a", "127.0.0.1:1", "*"] {
            let connect = request("CONNECT", target, &[("x-internal-token", TOKEN)]);
            let mut connection = gate.connect().unwrap();
            connection.write(&connect.to_bytes()).unwrap();
            let status = connection.next_response().unwrap().map(|response| response.status);
            assert!(
                status.is_none_or(|status| (400..500).contains(&status)),
                "{target}: {status:?}"
            );
            gate.untouched().unwrap();
        }
        // Two of these are authorities; Envoy refuses the others by itself.
        for line in gate.decisions(2).unwrap() {
            assert_eq!(line.text("error.type"), Some("connect_refused"));
        }
        let tunnel =
            Http2Request::bare(&[(":method", "CONNECT"), (":authority", "app.example:443")]);
        let answer =
            tunnel.with_body(b"GET /internal/a HTTP/1.1\r\n\r\n").send(gate.proxy.address());
        assert!(!matches!(answer.unwrap(), Http2Answer::Closed));
        gate.untouched().unwrap();
        assert_eq!(gate.decisions(1).unwrap()[0].text("error.type"), Some("connect_refused"));
    }
}

#[test]
fn a_method_that_the_rule_does_not_name_is_refused() {
    for manager in MANAGERS {
        let mut gate = gate(manager);
        let preflight = [
            ("origin", "https://evil.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "x-internal-token"),
        ];
        let (response, reason) =
            gate.denied(&request("OPTIONS", "/internal/a", &preflight)).unwrap();
        assert_eq!((response.status, reason.as_str()), (403, "method_not_allowed"));
        assert_eq!(response.header("access-control-allow-origin").count(), 0);
        for method in ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "PURGE", "REPORT"] {
            let right = request(method, "/internal/a", &[("x-internal-token", TOKEN)]);
            let (_, reason) = gate.denied(&right).unwrap();
            assert_eq!(reason, "method_not_allowed", "{method}");
        }
        // HEAD is GET to most frameworks, but a rule names its methods one by one.
        let head = request("HEAD", "/internal/a", &[("x-internal-token", TOKEN)]);
        let (_, reason) = gate.denied(&head).unwrap();
        assert_eq!(reason, "method_not_allowed");
        // An override is no method, and does not reach the origin.
        let header = [("x-internal-token", TOKEN), ("x-http-method-override", "DELETE")];
        let passed = gate.passed(&request("POST", "/internal/a", &header)).unwrap();
        assert!(!passed.holds("override") && passed.request_line().starts_with("POST "));
    }
}
