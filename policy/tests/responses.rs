//! From an allowed request to its response: what is forwarded, kept out of caches, replaced.

use wicketgate_policy::{
    Admission, Answer, AuditEvent, AuditKind, Edit, Edits, Environment, Header, Host, Mode,
    Outcome, Peer, Policy, Reason, Request, Response, ResponseDecision, Time, Verdict,
};

const TOKEN: &str = "4f8a1c0d9e2b7365af01d2c4b6e8f790";
const PROOF: &str = "c3d9a6f1804b5e72dd17a0b9f2c86e35";

const POLICY: &str = r#"{
    "version": 1, "name": "responses", "environment": "production", "unmatched": "pass",
    "callers": { "queue": { "token": { "header": "x-token", "keys": [ { "id": "a", "env": "TOKEN" } ] } } },
    "rules": [
        { "id": "tasks", "paths": ["/tasks/*"],
          "allow": [ { "caller": "queue", "pass_identity": ["x-user-id"] } ],
          "response": { "server_errors": "replace" } },
        { "id": "plain", "paths": ["/plain"], "allow": [ { "caller": "queue" } ] },
        { "id": "cached", "paths": ["/cached"], "allow": [ { "caller": "queue" } ],
          "response": { "cache_control": "keep" } },
        { "id": "candidate", "mode": "shadow", "paths": ["/plain"], "allow": [ { "caller": "queue" } ] },
        { "id": "closed", "mode": "shadow", "paths": ["/tasks/*"], "allow": [] }
    ],
    "identity_headers": ["x-user-id"],
    "forward": { "credential": "remove", "caller_header": "x-caller", "proof": { "header": "x-proof", "env": "PROOF" } }
}"#;

fn policy(host: Host) -> Policy {
    let environment = Environment::new(host).with("TOKEN", TOKEN).with("PROOF", PROOF);
    Policy::load(POLICY.as_bytes(), &environment).unwrap()
}

fn headers<'h>(pairs: &[(&'h str, &'h str)]) -> Vec<Header<'h>> {
    let header = |(name, value): &(&'h str, &'h str)| Header {
        name: name.as_bytes(),
        value: value.as_bytes(),
    };
    pairs.iter().map(header).collect()
}

/// Sends an allowed request and hands its admission on.
fn admitted<T>(
    policy: &Policy,
    path: &str,
    more: &[(&str, &str)],
    then: impl FnOnce(Admission, Edits<'_>, Option<AuditEvent<'_>>, Vec<AuditEvent<'_>>) -> T,
) -> T {
    let line = [(":method", "POST"), (":path", path), (":authority", "app"), ("x-token", TOKEN)];
    let headers = headers(&[&line, more].concat());
    let request = Request { headers: &headers, peer: Peer::Address(b"127.0.0.1:1") };
    let Outcome::Decided(decision) = policy.decide(&request, Time::BUILD) else { panic!() };
    let Verdict::Allow(allow) = decision.verdict else { panic!("{:?}", decision.verdict) };
    assert_eq!(allow.caller(), Some("queue"));
    assert!(allow.rule().is_some());
    then(allow.admission, allow.edits, decision.audit, decision.shadow)
}

fn respond<'a>(
    policy: &'a Policy,
    admission: &Admission,
    response: &'a [Header<'a>],
) -> ResponseDecision<'a> {
    policy.decide_response(admission, &Response { headers: response }, || Time::BUILD)
}

fn shown(answer: &Answer) -> Vec<(&str, &str)> {
    answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn what_the_origin_sees() {
    let policy = policy(Host::Envoy);
    let more =
        [("X_Token", "x"), ("x-user-id", "u-17"), ("X_User_Id", "u-18"), ("x-proof", "mine")];
    admitted(&policy, "/tasks/1", &more, |_, edits, audit, _| {
        let edits: Vec<String> = edits
            .iter()
            .map(|edit| match edit {
                Edit::Remove(name) => format!("-{}", String::from_utf8_lossy(name)),
                Edit::Set(name, value) => format!("{name}={}", value.as_str()),
            })
            .collect();
        let proof = format!("x-proof={PROOF}");
        assert_eq!(
            edits,
            ["-X_User_Id", "-x-proof", "-x-token", "-X_Token", "x-caller=queue", &proof]
        );
        let line = audit.unwrap().to_line();
        assert!(line.contains(r#""wicketgate.on_behalf_of":"u-17""#), "{line}");
        assert!(line.contains(r#""user.id":"queue""#) && !line.contains(PROOF), "{line}");
    });
}

#[test]
fn an_allowed_answer_is_kept_out_of_shared_caches() {
    let policy = policy(Host::Envoy);
    let response = headers(&[
        (":status", "200"),
        ("cache-control", "public"),
        ("Expires", "0"),
        ("CDN-Cache-Control", "max-age=9"),
        ("Vercel-CDN-Cache-Control", "max-age=3600"),
        ("cache-tag", "a"),
    ]);
    admitted(&policy, "/plain", &[], |admission, _, _, _| {
        let ResponseDecision::Forward { edits } = respond(&policy, &admission, &response) else {
            panic!()
        };
        let Some(Edit::Set(name, value)) = edits.last() else { panic!() };
        assert_eq!((name.as_str(), value.as_str()), ("cache-control", "private, no-store"));
        assert_eq!(edits.len(), 4);
        for name in [&b"Expires"[..], b"CDN-Cache-Control", b"Vercel-CDN-Cache-Control"] {
            assert!(edits.contains(&Edit::Remove(name)), "{name:?}");
        }
    });
    admitted(&policy, "/cached", &[], |admission, _, _, _| {
        let decision = respond(&policy, &admission, &response);
        assert!(matches!(decision, ResponseDecision::Forward { edits } if edits.is_empty()));
    });
}

#[test]
fn a_server_error_leaves_without_its_body() {
    for (host, name) in [(Host::Envoy, "x-request-id"), (Host::Cloudflare, "cf-ray")] {
        let policy = policy(host);
        let response = headers(&[
            (":status", "503"),
            ("content-type", "text/html"),
            ("content-length", "99"),
            ("etag", "x"),
            ("content-encoding", "gzip"),
            ("retry-after", "7"),
            ("set-cookie", "a=b"),
            ("grpc-message", "m"),
        ]);
        admitted(&policy, "/tasks/1", &[("x-request-id", "id-1")], |admission, _, _, _| {
            let ResponseDecision::Replace { answer, audit } =
                respond(&policy, &admission, &response)
            else {
                panic!()
            };
            assert_eq!(answer.status, 503);
            assert_eq!(
                answer.body,
                br#"{"error":"internal server error","correlation_id":"id-1"}"#
            );
            assert_eq!(
                shown(&answer),
                [
                    ("content-type", "application/json"),
                    ("cache-control", "no-store"),
                    ("retry-after", "7"),
                    ("set-cookie", "a=b"),
                    (name, "id-1"),
                ]
            );
            assert_eq!((audit.kind(), audit.mode()), (AuditKind::ErrorReplaced, Mode::Enforce));
            assert_eq!(audit.reason(), Some(Reason::ServerErrorReplaced));
            assert_eq!((audit.rule(), audit.caller()), (Some("tasks"), Some("queue")));
            assert!(audit.to_line().contains(r#""http.response.status_code":503"#));
        });
    }
}

#[test]
fn what_is_no_error_or_not_asked_for_stays() {
    let policy = policy(Host::Envoy);
    for (path, status) in [("/tasks/1", "200"), ("/tasks/1", "404"), ("/plain", "500")] {
        admitted(&policy, path, &[], |admission, _, _, _| {
            let response = headers(&[(":status", status)]);
            let decision = respond(&policy, &admission, &response);
            assert!(matches!(decision, ResponseDecision::Forward { .. }), "{path} {status}");
        });
    }
}

#[test]
fn a_status_that_is_none_is_an_error() {
    let policy = policy(Host::Envoy);
    for status in [&[][..], &[(":status", "abc")], &[(":status", "99999")], &[(":status", "")]] {
        admitted(&policy, "/tasks/1", &[], |admission, _, _, _| {
            let response = headers(status);
            let decision = respond(&policy, &admission, &response);
            assert!(
                matches!(decision, ResponseDecision::Replace { answer, .. } if answer.status == 502)
            );
        });
    }
}

#[test]
fn an_id_that_could_break_a_body_is_left_out() {
    let policy = policy(Host::Envoy);
    for id in ["", "a\"b", "a\\b", "a<b", "a b", "é", &"x".repeat(65)] {
        admitted(&policy, "/tasks/1", &[("x-request-id", id)], |admission, _, _, _| {
            let response = headers(&[(":status", "500"), ("x-request-id", "origin's")]);
            let ResponseDecision::Replace { answer, .. } = respond(&policy, &admission, &response)
            else {
                panic!()
            };
            let body = String::from_utf8(answer.body.clone()).unwrap();
            assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{body}");
            assert!(body == r#"{"error":"internal server error"}"# || id.is_empty(), "{body}");
            assert!(shown(&answer).contains(&("x-request-id", "origin's")));
        });
    }
}

#[test]
fn shadow_rules_tell_and_do_nothing() {
    let policy = policy(Host::Envoy);
    admitted(&policy, "/plain", &[], |_, _, _, shadow| {
        let [event] = &shadow[..] else { panic!("{shadow:?}") };
        assert_eq!((event.kind(), event.mode()), (AuditKind::Allow, Mode::Shadow));
        assert_eq!((event.rule(), event.caller()), (Some("candidate"), Some("queue")));
    });
    admitted(&policy, "/tasks/1", &[], |_, _, _, shadow| {
        let [event] = &shadow[..] else { panic!("{shadow:?}") };
        assert_eq!(event.kind(), AuditKind::Deny);
        assert_eq!(event.reason(), Some(Reason::NobodyAllowed));
    });
}

#[test]
fn a_policy_says_who_it_is() {
    let policy = policy(Host::Envoy);
    assert_eq!((policy.name(), policy.version().len()), ("responses", 12));
    assert!(policy.notices().is_empty());
}

#[test]
fn a_host_without_a_policy_refuses() {
    let answer = Answer::unavailable();
    assert_eq!(answer.status, 503);
    assert!(shown(&answer).contains(&("cache-control", "no-store")));
}
