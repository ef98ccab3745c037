//! Workers on a proxy that is not there.
#![expect(clippy::unwrap_used, reason = "tests")]

mod fake;

use base64ct::{Base64UrlUnpadded, Encoding};
use fake::{Fake, Shared, logged};
use serde_json::{Value, json};
use wicketgate_driver::{Next, Worker};
use wicketgate_policy::jwt::{Fetched, Scheme};
use wicketgate_policy::{Environment, Host, Policy, Time};

const TOKEN: &str = "4f8a1c0d9e2b7365af01d2c4b6e8f790";
const HOME: u32 = 1;
const BY_HOST: &[Scheme] = &[Scheme::Ecdsa];

fn policy() -> Policy {
    let document = json!({
        "version": 1, "name": "driver", "environment": "production", "unmatched": "pass",
        "callers": {
            "cron": { "token": { "header": "x-token", "keys": [{ "id": "k1", "env": "TOKEN" }] } },
            "issued": { "jwt": { "issuer": "https://issuer.example", "audience": "gate",
                "keys": { "jwks_uri": "https://issuer.example/keys" } } },
        },
        "rules": [
            { "id": "token", "paths": ["/t"], "allow": [{ "caller": "cron" }] },
            { "id": "jwt", "paths": ["/j"], "allow": [{ "caller": "issued" }] },
        ],
        "forward": { "credential": "remove" },
        "audit": { "access_log": true },
        "abuse": { "failures": { "limit": 3, "window": "1m" } },
    });
    let environment = Environment::new(Host::Envoy).with("TOKEN", TOKEN.as_bytes());
    Policy::load(document.to_string().as_bytes(), &environment).unwrap()
}

fn now() -> Time {
    Time::parse("2026-11-25T12:00:00Z").unwrap()
}

/// A worker with the policy, and its side of the proxy.
fn worker(shared: &Shared) -> (Worker<Fake>, Fake) {
    let host = Fake::new(shared, now());
    let mut worker = Worker::new(host.clone(), HOME);
    assert!(worker.configure(Ok(policy()), BY_HOST));
    host.calls();
    (worker, host)
}

/// A token that the fake proxy calls good.
fn bearer() -> String {
    let part = |value: Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    let header = part(json!({ "alg": "ES256", "kid": "a" }));
    let exp = now().unix_millis() / 1_000 + 600;
    let claims = part(json!({ "iss": "https://issuer.example", "aud": "gate", "exp": exp }));
    format!("Bearer {header}.{claims}.{}", "A".repeat(86))
}

/// The key of RFC 7515, appendix A.3.
fn keys() -> String {
    json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "a", "alg": "ES256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }] })
    .to_string()
}

#[test]
fn a_worker_without_a_policy_denies() {
    let host = Fake::new(&Shared::default(), now());
    let worker = Worker::new(host.clone(), HOME);
    let stream = worker.stream(2);
    host.begin(2, &[(":path", "/")]);
    assert_eq!(
        (stream.request(), stream.body(), stream.trailers()),
        (Next::Pause, Next::Pause, Next::Pause)
    );
    assert_eq!(host.calls()[0], "reply 503 in 2");
    let name =
        "outcome=.=deny;.;reason=.=not_configured;.;rule=.=none;.;wicketgate_decisions_total";
    assert_eq!(host.counted(), [(name.to_owned(), 1)]);
}

#[test]
fn a_faulty_policy_is_refused_and_the_old_one_stays() {
    let (mut worker, host) = worker(&Shared::default());
    let faulty = Policy::load(b"{}", &Environment::new(Host::Envoy));
    assert!(!worker.configure(faulty, BY_HOST));
    let lines = logged();
    let count = lines.len() - 1;
    let first = format!("ERROR: wicketgate: the policy is refused, number of faults: {count}");
    assert_eq!(lines[0], first);
    assert!(count > 1 && lines[1].starts_with("ERROR: wicketgate: "), "{lines:?}");
    host.begin(2, &[(":path", "/public")]);
    assert_eq!(worker.stream(2).request(), Next::Continue);
}

#[test]
fn a_public_request_reads_its_headers_and_asks_for_nothing() {
    let (worker, host) = worker(&Shared::default());
    host.begin(2, &[(":path", "/public")]);
    let stream = worker.stream(2);
    assert_eq!((stream.request(), stream.body()), (Next::Continue, Next::Continue));
    assert_eq!(host.calls(), ["read Request", "edit Request 0"]);
    assert_eq!(stream.response(), Next::Continue);
    assert!(host.calls().is_empty() && host.counted().is_empty());
}

#[test]
fn decisions_are_counted_told_and_written() {
    let (worker, host) = worker(&Shared::default());
    host.begin(2, &[(":path", "/t"), ("x-token", TOKEN)]);
    let stream = worker.stream(2);
    assert_eq!(stream.request(), Next::Continue);
    let exposed = ["decision=allow", "rule=token", "caller=cron"];
    let exposed = exposed.map(|field| format!("expose wicketgate.{field}"));
    assert_eq!(host.calls()[3..6], exposed);
    assert_eq!(stream.response(), Next::Continue);
    assert_eq!(host.calls(), ["read Response", "edit Response 1"], "kept out of shared caches");
    assert_eq!(stream.response(), Next::Continue);
    assert!(host.calls().is_empty(), "once");

    host.begin(3, &[(":path", "/t")]);
    let stream = worker.stream(3);
    assert_eq!((stream.request(), stream.body()), (Next::Pause, Next::Pause));
    let calls = host.calls();
    assert_eq!(calls[2], "reply 403 in 3");
    assert_eq!(logged(), ["INFO: audit line", "WARN: audit line"]);
    let names: Vec<String> = host.counted().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "outcome=.=allow;.;reason=.=none;.;rule=.=token;.;wicketgate_decisions_total",
            "outcome=.=deny;.;reason=.=credential_missing;.;rule=.=token;.;wicketgate_decisions_total",
        ]
    );
}

#[test]
fn workers_share_their_counts() {
    let shared = Shared::default();
    let workers = [worker(&shared), worker(&shared), worker(&shared), worker(&shared)];
    let statuses = workers.map(|(worker, host)| {
        host.begin(2, &[(":path", "/t"), ("x-token", "wrong")]);
        assert_eq!(worker.stream(2).request(), Next::Pause);
        host.calls()[2].clone()
    });
    let expected = ["403", "403", "403", "429"].map(|status| format!("reply {status} in 2"));
    assert_eq!(statuses, expected);
}

#[test]
fn one_worker_fetches_and_every_waiting_request_is_resumed() {
    let shared = Shared::default();
    let ((mut one, first), (mut two, second)) = (worker(&shared), worker(&shared));
    let mut streams = Vec::new();
    for (worker, host) in [(&one, &first), (&two, &second)] {
        host.begin(7, &[(":path", "/j"), ("authorization", &bearer())]);
        let stream = worker.stream(7);
        assert_eq!((stream.request(), stream.body()), (Next::Pause, Next::Pause));
        assert_eq!(host.calls().last().unwrap(), "tick 5");
        streams.push(stream);
    }
    one.tick();
    assert_eq!(first.calls(), ["fetch https://issuer.example/keys", "tick 5"]);
    two.tick();
    assert_eq!(second.calls(), ["tick 5"], "somebody is fetching");

    one.fetched(1, &Fetched::Answer { status: 200, body: keys().as_bytes() });
    let calls = first.calls();
    let fetched = "INFO: wicketgate: fetched the keys at `https://issuer.example/keys`";
    assert_eq!(logged()[0], fetched);
    assert!(calls.contains(&"verify".to_owned()) && calls.contains(&"resume 7".to_owned()));
    assert_eq!(first.0.context.get(), HOME);
    two.tick();
    let calls = second.calls();
    assert!(calls.contains(&"resume 7".to_owned()), "{calls:?}");
    assert_eq!((first.0.fetches.get(), second.0.fetches.get()), (1, 0));
    assert!(streams.iter().all(|stream| stream.body() == Next::Continue));
}

#[test]
fn trailers_that_came_while_a_request_waited_are_cleaned_before_it_goes_on() {
    let (mut worker, host) = worker(&Shared::default());
    host.begin(7, &[(":path", "/j"), ("authorization", &bearer())]);
    let stream = worker.stream(7);
    assert_eq!((stream.request(), stream.trailers()), (Next::Pause, Next::Pause));
    worker.tick();
    host.calls();
    worker.fetched(1, &Fetched::Answer { status: 200, body: keys().as_bytes() });
    let calls = host.calls();
    let at = |call: &str| calls.iter().position(|other| other == call).expect(call);
    // The fake proxy hands over the request's headers for any map: the credential is among them.
    assert!(at("edit RequestTrailers 1") < at("resume 7"), "{calls:?}");
}

#[test]
fn a_request_is_answered_if_no_keys_come_and_forgotten_if_its_client_goes() {
    let (mut worker, host) = worker(&Shared::default());
    host.begin(7, &[(":path", "/j"), ("authorization", &bearer())]);
    let stays = worker.stream(7);
    assert_eq!(stays.request(), Next::Pause);
    host.begin(8, &[(":path", "/j"), ("authorization", &bearer())]);
    let goes = worker.stream(8);
    assert_eq!(goes.request(), Next::Pause);
    drop(goes);
    worker.tick();
    host.calls();
    worker.fetched(1, &Fetched::Unreachable);
    let calls = host.calls();
    assert!(calls.contains(&"reply 403 in 7".to_owned()), "{calls:?}");
    assert!(
        !calls.iter().any(|call| call.contains("in 8") || call.contains("resume")),
        "{calls:?}"
    );
    assert_eq!(calls.last().unwrap(), "tick 1000");
    assert_eq!(stays.body(), Next::Pause);
    // Whatever else comes under this number is nobody's.
    worker.fetched(1, &Fetched::Answer { status: 200, body: keys().as_bytes() });
    assert!(host.calls().is_empty());
}

#[test]
fn a_host_that_checks_no_signatures_is_asked_once() {
    let (mut worker, host) = worker(&Shared::default());
    host.0.checks_signatures.set(false);
    worker.tick();
    worker.fetched(1, &Fetched::Answer { status: 200, body: keys().as_bytes() });
    host.calls();
    for expected in [1, 0] {
        host.begin(9, &[(":path", "/j"), ("authorization", &bearer())]);
        // The core checks it, and knows better.
        assert_eq!(worker.stream(9).request(), Next::Pause);
        let asked = host.calls().iter().filter(|call| *call == "verify").count();
        assert_eq!(asked, expected);
    }
}
