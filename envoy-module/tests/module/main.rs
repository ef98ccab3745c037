//! The module in an Envoy that is not there.
#![expect(
    clippy::expect_used,
    clippy::multiple_unsafe_ops_per_block,
    clippy::unwrap_used,
    reason = "tests"
)]

mod fake;
mod fake_keys;
mod keys;
mod loading;

use fake::{Part, Stream, alone, configure, envoy, log};
use serde_json::{Value, json};
use std::ptr::null;
use wicketgate_envoy_module::abi::ModulePtr;
use wicketgate_envoy_module::hooks;

const TOKEN: &str = "4f8a1c0d9e2b7365af01d2c4b6e8f790";
const CONTINUE: u32 = 0;
const STOP: [u32; 4] = [4, 2, 1, 4];

fn policy() -> Value {
    json!({
        "version": 1, "name": "module", "environment": "development", "unmatched": "pass",
        "callers": {
            "cron": { "token": { "header": "x-token", "keys": [{ "id": "k1", "env": "TOKEN" }] } },
            "partner": { "mtls": { "uri_sans": ["spiffe://example/client"] } },
        },
        "networks": { "office": ["10.0.0.0/8"] },
        "rules": [
            { "id": "token", "paths": ["/t"], "allow": [{ "caller": "cron", "network": "office" }] },
            { "id": "mtls", "paths": ["/m"], "allow": [{ "caller": "partner" }] },
        ],
        "forward": { "credential": "remove", "caller_header": "x-caller" },
        "audit": { "access_log": true },
    })
}

/// A configuration, until the end of the test.
struct Config(ModulePtr);

impl Config {
    fn new() -> Self {
        // SAFETY: the tests that read the environment hold the lock.
        unsafe {
            std::env::set_var("TOKEN", TOKEN);
            std::env::set_var("WICKETGATE_ENVIRONMENT", "development");
        }
        let config = configure(&policy().to_string());
        assert_ne!(config, null(), "{:?}", log());
        Self(config)
    }

    fn begin(&self, headers: &[(&str, &str)]) -> Box<Stream> {
        let stream = Stream::request(headers);
        stream.begin(self.0);
        stream
    }
}

impl Drop for Config {
    fn drop(&mut self) {
        // SAFETY: the tests' streams have ended before.
        unsafe { hooks::envoy_dynamic_module_on_http_filter_config_destroy(self.0) };
    }
}

fn counted() -> Vec<(String, u64)> {
    let all = envoy().counted.clone();
    all.into_iter().filter(|(name, _)| !name.starts_with("wicketgate_policy_info")).collect()
}

fn audit(line: &str) -> Value {
    serde_json::from_str(line.strip_prefix("wicketgate: ").unwrap()).unwrap()
}

#[test]
fn an_allowed_request_is_changed_told_and_counted() {
    let _alone = alone();
    let config = Config::new();
    log();
    let stream = config.begin(&[
        (":path", "/t?query=x"),
        ("x-caller", "forged"),
        ("x-original-url", "/public"),
        ("x-token", TOKEN),
        ("x-request-id", "r-1"),
        ("user-agent", "test"),
    ]);
    assert_eq!(stream.hook(Part::Request), CONTINUE);
    // All headers moved at the first change: those that were to be removed are, and the line tells
    // what the request said.
    let mut names: Vec<_> = stream.maps[0].borrow().headers();
    names.retain(|(name, _)| !name.starts_with(':'));
    assert_eq!(
        names,
        [("x-request-id", "r-1"), ("user-agent", "test"), ("x-caller", "cron")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    let lines = log();
    let line = audit(&lines[0]);
    assert_eq!(
        (&line["url.path"], &line["network.peer.address"], &line["http.request.id"]),
        (&json!("/t"), &json!("10.1.2.3"), &json!("r-1")),
        "{lines:?}"
    );
    let state = stream.state.borrow().clone();
    assert_eq!(state["wicketgate.decision"], "allow");
    assert_eq!((&*state["wicketgate.rule"], &*state["wicketgate.caller"]), ("token", "cron"));
    let name = "wicketgate_decisions_total outcome=allow reason=none rule=token";
    assert_eq!(counted(), [(name.to_owned(), 1)]);
    assert_eq!((stream.hook(Part::Body), stream.hook(Part::Trailers)), (CONTINUE, CONTINUE));
    assert_eq!(stream.hook(Part::Response), CONTINUE);
    let kept = ("cache-control".to_owned(), "private".to_owned());
    let response = stream.maps[2].borrow().headers();
    assert!(response.iter().any(|(name, _)| *name == kept.0), "{response:?}");
    assert!(stream.replies.borrow().is_empty());
}

#[test]
fn a_denied_request_is_answered_even_if_that_ends_it_at_once() {
    let _alone = alone();
    let config = Config::new();
    for at_once in [false, true] {
        log();
        let stream = config.begin(&[(":path", "/t"), ("x-token", "wrong")]);
        stream.ends_at_once.set(at_once);
        assert_eq!(stream.hook(Part::Request), STOP[0]);
        let replies = stream.replies.borrow().clone();
        assert_eq!((replies.len(), replies[0].status), (1, 403));
        assert_eq!(replies[0].details, "wicketgate");
        let line = audit(&log()[0]);
        assert_eq!(line["error.type"], "credential_unknown");
        // Told and counted before the stream was over.
        assert_eq!(stream.state.borrow()["wicketgate.reason"], "credential_unknown");
        if !at_once {
            assert_eq!(
                (stream.hook(Part::Body), stream.hook(Part::Trailers)),
                (STOP[1], STOP[2]),
                "nothing of it goes on"
            );
            assert_eq!(stream.hook(Part::Response), CONTINUE, "its own answer");
        }
    }
    let name = "wicketgate_decisions_total outcome=deny reason=credential_unknown rule=token";
    assert_eq!(counted(), [(name.to_owned(), 2)]);
}

#[test]
fn a_public_request_and_its_trailers_are_cleaned() {
    let _alone = alone();
    let config = Config::new();
    let stream =
        config.begin(&[(":path", "/public"), ("x-original-url", "/t"), ("x-caller", "me")]);
    *stream.maps[1].borrow_mut() = fake::Map::of(&[("x-caller", "me"), ("checksum", "1")]);
    assert_eq!(stream.hook(Part::Request), CONTINUE);
    let left = stream.maps[0].borrow().headers();
    assert!(left.iter().all(|(name, _)| name.starts_with(':')), "{left:?}");
    // Envoy may have chosen its route by what was removed.
    assert_eq!(stream.routed.get(), 1);
    assert_eq!(stream.hook(Part::Trailers), CONTINUE);
    let left = stream.maps[1].borrow().headers();
    assert_eq!(left, [("checksum".to_owned(), "1".to_owned())]);
    assert!(counted().is_empty());
}

#[test]
fn a_peer_that_envoy_does_not_tell_is_in_no_network() {
    let _alone = alone();
    let config = Config::new();
    log();
    let stream = config.begin(&[(":path", "/t"), ("x-token", TOKEN)]);
    stream.peer.take();
    assert_eq!(stream.hook(Part::Request), STOP[0]);
    assert_eq!(audit(&log()[0])["error.type"], "address_unknown");
}

#[test]
fn a_certificate_is_read_if_it_was_shown() {
    let _alone = alone();
    let config = Config::new();
    for (shown, status) in [(true, CONTINUE), (false, STOP[0])] {
        let stream = config.begin(&[(":path", "/m")]);
        stream.certificate.set(shown);
        assert_eq!(stream.hook(Part::Request), status, "{:?}", log());
    }
}

#[test]
fn a_panic_is_answered_counted_and_told_and_the_worker_goes_on() {
    let _alone = alone();
    let config = Config::new();
    let parts = [Part::Request, Part::Body, Part::Trailers, Part::Response];
    for (place, name) in ["request", "body", "trailers", "response"].iter().enumerate() {
        log();
        let stream = config.begin(&[(":path", "/public"), ("wicketgate-test-panic", name)]);
        for (part, status) in parts.iter().zip([CONTINUE; 4]).take(place) {
            assert_eq!(stream.hook(*part), status);
        }
        assert_eq!(stream.hook(parts[place]), STOP[place], "{name}");
        let replies = stream.replies.borrow().clone();
        assert_eq!((replies.len(), replies[0].status), (1, 503), "{name}");
        // Nothing of it goes on any more.
        assert_eq!(stream.hook(Part::Body), STOP[1]);
        assert_eq!(stream.replies.borrow().len(), 1);
        let lines = log();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].starts_with("wicketgate: the gate panicked at envoy-module/src/fault.rs:")
                && !lines[0].contains("secret"),
            "{lines:?}"
        );
        let next = config.begin(&[(":path", "/t"), ("x-token", TOKEN)]);
        assert_eq!(next.hook(Part::Request), CONTINUE, "the worker goes on");
    }
    assert_eq!(counted().last().unwrap(), &("wicketgate_panics_total".to_owned(), 4));
}

#[test]
fn a_change_that_envoy_refuses_is_not_lost_in_silence() {
    let _alone = alone();
    let config = Config::new();
    log();
    let stream = config.begin(&[(":path", "/public"), ("x-original-url", "/t")]);
    stream.refuses_edits.set(true);
    assert_eq!(stream.hook(Part::Request), STOP[0]);
    assert_eq!(stream.replies.borrow()[0].status, 503);
    assert_eq!(log(), ["wicketgate: Envoy did not do what the gate told it"]);
}

#[test]
fn workers_share_their_counts_and_a_configuration_may_end_on_any() {
    let _alone = alone();
    let mut limited = policy();
    limited["abuse"] = json!({ "failures": { "limit": 3, "window": "1m" } });
    limited["name"] = json!("limited");
    let config = Config::new();
    // SAFETY: as in `Config::new`.
    let first = configure(&limited.to_string());
    assert_ne!(first, null(), "{:?}", log());
    let address = first as usize;
    let status = move || {
        let stream = Stream::request(&[(":path", "/t"), ("x-token", "wrong")]);
        stream.begin(address as ModulePtr);
        assert_eq!(stream.hook(Part::Request), STOP[0]);
        stream.replies.borrow()[0].status
    };
    let statuses: Vec<u32> = (0..4).map(|_| std::thread::spawn(status).join().unwrap()).collect();
    assert_eq!(statuses, [403, 403, 403, 429]);
    std::thread::spawn(move || {
        // SAFETY: its streams have ended.
        unsafe { hooks::envoy_dynamic_module_on_http_filter_config_destroy(address as ModulePtr) };
    })
    .join()
    .unwrap();
    let stream = config.begin(&[(":path", "/public")]);
    assert_eq!(stream.hook(Part::Request), CONTINUE);
}
