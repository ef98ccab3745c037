//! Requests of strange shapes: each is refused by Envoy, denied by the gate, or judged as the
//! request for `/internal/a` that it is. None gets round.

use wicketgate_host_tests::envoy::Gate;
use wicketgate_runtime::envoy_config::Manager;

use crate::common::{TOKEN, close_at_once, setup};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// Envoy refuses it before the gate sees it, with or without a token.
    Refused,
    /// The gate denies it for this reason, with or without a token.
    Denied(&'static str),
    /// It is a request for `/internal/a`: allowed with a token, else denied.
    Judged,
}
use Fate::{Denied, Judged, Refused};

/// Things that the gate checks before the token, with the result under either settings.
const HOSTS: [(&str, Fate); 20] = [
    ("Host: x", Judged),
    ("Host: x:8080", Judged),
    ("HOST: X.", Judged),
    ("Host: [::1]:80", Judged),
    ("Host: x/pub#", Refused),
    ("Host: x/pub?", Refused),
    ("Host: x#", Refused),
    ("Host: x y", Refused),
    ("Host: x\\y", Refused),
    ("Host: \u{ff}", Refused),
    ("Host: u@x", Denied("malformed_authority")),
    ("Host: x,y", Denied("malformed_authority")),
    ("Host: x:99999999", Denied("malformed_authority")),
    ("Host: x:y", Denied("malformed_authority")),
    ("Host: [::1", Denied("malformed_authority")),
    ("Host:", Denied("malformed_authority")),
    ("Host: x\r\nHost: y", Denied("malformed_authority")),
    ("Host: x\r\nHost: x", Denied("malformed_authority")),
    ("Host: x\r\n:authority: y", Refused),
    ("Host: x\r\n:path: /public", Refused),
];

const LINES: [(&str, Fate); 34] = [
    ("GET /internal/a HTTP/1.1", Judged),
    ("\r\nGET /internal/a HTTP/1.1", Judged),
    ("GET  /internal/a HTTP/1.1", Judged),
    ("GET /internal/a  HTTP/1.1", Judged),
    ("GET\t/internal/a HTTP/1.1", Judged),
    ("GET http://y/internal/a HTTP/1.1", Judged),
    ("GET HTTP://y/internal/a HTTP/1.1", Judged),
    ("GET http://u@y/internal/a HTTP/1.1", Judged),
    ("GET http://y#/internal/a HTTP/1.1", Refused),
    // The path is empty and the rest a query: no route of `envoy.yaml` matches.
    ("GET http://y?/internal/a HTTP/1.1", Refused),
    ("GET http:///internal/a HTTP/1.1", Refused),
    ("GET http:/internal/a HTTP/1.1", Refused),
    ("GET ftp://y/internal/a HTTP/1.1", Refused),
    ("GET HTTP/1.1", Refused),
    ("GET  HTTP/1.1", Refused),
    ("GET internal/a HTTP/1.1", Refused),
    ("GET */internal/a HTTP/1.1", Refused),
    ("GET * HTTP/1.1", Refused),
    ("OPTIONS * HTTP/1.1", Refused),
    ("GET ?/internal/a HTTP/1.1", Refused),
    ("GET #/internal/a HTTP/1.1", Refused),
    ("GET /internal/a#/public HTTP/1.1", Refused),
    ("GET /public#/../internal/a HTTP/1.1", Refused),
    ("GET /internal/a\u{ff} HTTP/1.1", Refused),
    ("GET /internal/a\0 HTTP/1.1", Refused),
    ("GET /internal/a HTTP/1.0", Refused),
    ("GET /internal/a HTTP/0.9", Refused),
    ("GET /internal/a HTTP/2.0", Refused),
    ("GET /internal/a", Refused),
    ("get /internal/a HTTP/1.1", Refused),
    ("G@T /internal/a HTTP/1.1", Refused),
    ("GET\0 /internal/a HTTP/1.1", Refused),
    (" GET /internal/a HTTP/1.1", Refused),
    ("GET /internal/a HTTP/1.1\r\n folded: x", Refused),
];

/// Differences that the settings of the connection manager make.
const DEFAULTS: [(&str, Fate); 7] = [
    ("GET https://y/internal/a HTTP/1.1", Judged),
    ("GET http://y/public/../internal/a HTTP/1.1", Denied("path_ambiguous")),
    ("GET http://y//internal/a HTTP/1.1", Denied("path_ambiguous")),
    ("GET //y/internal/a HTTP/1.1", Denied("path_ambiguous")),
    ("GET /public\\..\\internal/a HTTP/1.1", Denied("path_ambiguous")),
    ("GET /internal%2Fa HTTP/1.1", Denied("path_ambiguous")),
    ("GET /%69nternal/a HTTP/1.1", Denied("path_ambiguous")),
];
const HARDENED: [(&str, Fate); 6] = [
    // Envoy: `https` in a target over a connection without TLS.
    ("GET https://y/internal/a HTTP/1.1", Refused),
    ("GET http://y/public/../internal/a HTTP/1.1", Judged),
    ("GET http://y//internal/a HTTP/1.1", Judged),
    ("GET /public\\..\\internal/a HTTP/1.1", Judged),
    ("GET /internal%2Fa HTTP/1.1", Refused),
    ("GET /%69nternal/a HTTP/1.1", Judged),
];

fn becomes(gate: &mut Gate, line: &str, host: &str, fate: Fate) {
    for token in [None, Some(TOKEN)] {
        let token = token.map(|token| format!("X-Internal-Token: {token}\r\n")).unwrap_or_default();
        let text = format!("{line}\r\n{host}\r\n{token}\r\n");
        let bytes = wicketgate_runtime::http::latin1::encode(&text).unwrap();
        let mut connection = gate.connect().unwrap();
        connection.write(&bytes).unwrap();
        let status = connection.next_response().unwrap().map_or(0, |response| response.status);
        let allowed = fate == Judged && !token.is_empty();
        if allowed {
            assert_eq!(status, 200, "{text}");
            assert_eq!(gate.one().unwrap().request_line(), "GET /internal/a HTTP/1.1", "{text}");
        } else {
            assert!((400..500).contains(&status), "{status} {text}");
            gate.untouched().unwrap();
        }
        let expected = match fate {
            Refused => None,
            Denied(reason) => Some(reason),
            Judged if allowed => Some("-"),
            Judged => Some("credential_missing"),
        };
        let lines = gate.decisions(usize::from(expected.is_some())).unwrap();
        let reason = lines.first().map(|line| line.text("error.type").unwrap_or("-"));
        assert_eq!(reason, expected, "{text}");
    }
}

#[test]
fn strange_hosts_and_request_lines() {
    for (manager, own) in
        [(Manager::EnvoyDefaults, &DEFAULTS[..]), (Manager::Hardened, &HARDENED[..])]
    {
        let mut gate = setup().manager(manager).edit(close_at_once).start().unwrap();
        for (host, fate) in HOSTS {
            becomes(&mut gate, "GET /internal/a HTTP/1.1", host, fate);
        }
        for (line, fate) in LINES.iter().chain(own) {
            becomes(&mut gate, line, "Host: x", *fate);
        }
        // A strange host on a path that nobody guards is not the gate's business.
        let mut connection = gate.connect().unwrap();
        connection.write(b"GET /public HTTP/1.1\r\nHost: u@x\r\n\r\n").unwrap();
        assert_eq!(connection.next_response().unwrap().unwrap().status, 200);
        gate.decisions(0).unwrap();
    }
}

/// No `Host` at all, with a line that is fine otherwise.
#[test]
fn a_request_without_a_host() {
    let gate = setup().manager(Manager::EnvoyDefaults).edit(close_at_once).start().unwrap();
    let mut connection = gate.connect().unwrap();
    let request = format!("GET /internal/a HTTP/1.1\r\nx-internal-token: {TOKEN}\r\n\r\n");
    connection.write(request.as_bytes()).unwrap();
    assert_eq!(connection.next_response().unwrap().unwrap().status, 400);
    gate.untouched().unwrap();
}
