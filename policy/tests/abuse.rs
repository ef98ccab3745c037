//! Failures and calls, counted within windows.
use std::cell::Cell;
use std::net::Ipv4Addr;

use serde_json::{Value, json};
use wicketgate_policy::{
    Counts, Environment, Gate, Header, Host, Limit, MemoryCounts, Over, Peer, Policy, Step, Time,
    Verdict,
};

const TOKEN: &str = "4f8a1c0d9e2b7365af01d2c4b6e8f790";
const INSIDER: &str = "b71e6f0a93c54d28ae60f17c5d924b3c";
const PAST: &str = "c85d20be4f1a4976bd03e8aa61f7905d";
const NAMED: &str = "wg_ops-1_Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1Njc4OTA";

fn policy(abuse: &Value, edit: impl FnOnce(&mut Value)) -> Policy {
    let mut document = json!({
        "version": 1, "name": "abuse", "environment": "production", "unmatched": "pass",
        "callers": {
            "cron": { "token": { "header": "x-token", "keys": [{ "id": "k1", "env": "TOKEN" }] } },
            "ops": { "token": { "header": "x-ops", "keys": [{ "id": "ops-1", "env": "NAMED", "named": true }] } },
        },
        "rules": [{ "id": "internal", "paths": ["/internal/*"],
            "allow": [{ "caller": "cron" }, { "caller": "ops" }] }],
        "forward": { "credential": "remove" },
        "abuse": abuse,
    });
    edit(&mut document);
    let environment =
        Environment::new(Host::Envoy).with("TOKEN", TOKEN.as_bytes()).with("NAMED", NAMED);
    let environment = environment.with("INSIDER", INSIDER).with("PAST", PAST);
    Policy::load(document.to_string().as_bytes(), &environment)
        .unwrap_or_else(|faults| panic!("{faults}"))
}

fn ten() -> Policy {
    policy(&json!({ "failures": { "limit": 10, "window": "1m" } }), |_| {})
}

/// The answer to a client (status and `retry-after`), and its audit line.
type Seen = (u16, Option<String>, Value);

struct Bench {
    gate: Gate,
    now: Cell<i64>,
}

impl Bench {
    fn new(policy: Policy) -> Self {
        let now = Time::parse("2026-11-25T12:00:00Z").unwrap().unix_millis();
        Self { gate: Gate::new(policy, MemoryCounts::default()), now: Cell::new(now) }
    }

    fn pass(&self, millis: i64) {
        self.now.set(self.now.get() + millis);
    }

    fn ask(&self, peer: &str, header: (&str, &str)) -> Seen {
        self.ask_with(peer, header, |_| Vec::new())
    }

    fn ask_with(
        &self,
        peer: &str,
        header: (&str, &str),
        over: impl Fn(&[Limit<'_>]) -> Vec<Over>,
    ) -> Seen {
        self.ask_all(peer, &[header], over)
    }

    fn ask_all(
        &self,
        peer: &str,
        own: &[(&str, &str)],
        over: impl Fn(&[Limit<'_>]) -> Vec<Over>,
    ) -> Seen {
        let mut lines =
            vec![(":method", "POST"), (":path", "/internal/run"), (":authority", "app")];
        lines.extend(own);
        let headers: Vec<Header<'_>> =
            lines.iter().map(|(n, v)| Header { name: n.as_bytes(), value: v.as_bytes() }).collect();
        let peer = if peer.is_empty() { Peer::Unknown } else { Peer::Address(peer.as_bytes()) };
        let mut session = self.gate.session(&headers);
        let decision = loop {
            match session.step() {
                Step::Peer => session.peer(peer),
                Step::Now => session.now(Time::from_unix_millis(self.now.get())),
                Step::Limits(limits) => session.over(over(&limits)),
                Step::Verdict(decision) => break decision,
                other => panic!("{other:?}"),
            }
        };
        let line = decision
            .audit
            .as_ref()
            .map_or(Value::Null, |event| serde_json::from_str(&event.to_line()).unwrap());
        match decision.verdict {
            Verdict::Deny(deny) => {
                let after = deny.answer.headers.iter().find(|(n, _)| n.as_str() == "retry-after");
                (deny.answer.status, after.map(|(_, v)| v.as_str().to_owned()), line)
            }
            Verdict::Allow(_) => (200, None, line),
            Verdict::Pass { .. } => panic!(),
        }
    }
}

const WRONG: (&str, &str) = ("x-token", "0000000000000000000000000000000000");
const RIGHT: (&str, &str) = ("x-token", TOKEN);

#[test]
fn ten_wrong_tokens_are_an_alert_and_then_throttled() {
    let policy = ten();
    let gate = Bench::new(policy);
    for n in 1..=10 {
        let (status, after, line) = gate.ask("203.0.113.7:1", WRONG);
        assert_eq!((status, after), (403, None), "{n}");
        let kind = if n == 10 { "alert" } else { "event" };
        assert_eq!(line["event.kind"], kind, "{n}");
        assert_eq!(line["error.type"], "credential_unknown");
    }
    gate.pass(20_000);
    let (status, after, line) = gate.ask("203.0.113.7:2", WRONG);
    assert_eq!((status, after.as_deref()), (429, Some("40")));
    assert_eq!(line["error.type"], "throttled");
    assert_eq!(line["event.kind"], "event");
    assert_eq!(line["wicketgate.abuse.bucket"], "client");
    assert_eq!(line["wicketgate.abuse.count"], 11);
    assert_eq!(line["http.response.status_code"], 429);
    // Whatever is refused there, and nobody else.
    assert_eq!(gate.ask("203.0.113.7:3", ("x-other", "x")).0, 429);
    assert_eq!(gate.ask("203.0.113.8:3", WRONG).0, 403);
    assert_eq!(gate.ask("203.0.113.7:4", RIGHT).0, 200);
    // The window passes, and it is forgotten.
    gate.pass(40_000);
    assert_eq!(gate.ask("203.0.113.7:5", ("x-other", "x")).0, 403);
    assert_eq!(gate.ask("203.0.113.7:5", WRONG).2["event.kind"], "event");
}

#[test]
fn what_is_no_failure_is_not_counted() {
    let policy = ten();
    let gate = Bench::new(policy);
    for _ in 0..50 {
        assert_eq!(gate.ask("203.0.113.7:1", ("x-other", "x")).0, 403);
        assert_eq!(gate.ask("203.0.113.7:1", RIGHT).0, 200);
    }
    // Nor is anyone counted whose address is unknown: all of them would be one.
    for _ in 0..50 {
        assert_eq!(gate.ask("", WRONG).0, 403);
    }
    assert_eq!(gate.ask("203.0.113.7:1", WRONG).0, 403);
}

/// One faulty credential gives the refusal's reason; a guess in another header counts all the same.
#[test]
fn a_guess_beside_another_credential_is_counted() {
    const GUESS: (&str, &str) = ("x-ops", "wg_ops-1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let abuse = json!({ "failures": { "limit": 10, "window": "1m" } });
    let edit = |document: &mut Value| {
        let digest = "a8d5bd0b0ef2ed4bb3f0b4e0d8fc3e4d5e2f2c5f2f1f3a0d9c8b7a6f5e4d3c2b";
        let token =
            |header: &str, key: Value| json!({ "token": { "header": header, "keys": [key] } });
        document["callers"]["reader"] = token("x-read", json!({ "id": "r1", "sha256": digest }));
        document["callers"]["past"] = token(
            "x-past",
            json!({ "id": "p1", "env": "PAST", "not_after": "2020-01-01T00:00:00Z" }),
        );
        document["callers"]["insider"] = token("x-read", json!({ "id": "i1", "env": "INSIDER" }));
        let allow = ["ops", "reader", "past"].map(|name| json!({ "caller": name }));
        document["rules"][0]["allow"] = json!(allow);
    };
    // With a valid credential of a caller that this rule does not admit, and with one whose time
    // is over: both are told before a token that matches nothing.
    for (beside, reason) in
        [(("x-read", INSIDER), "caller_not_allowed"), (("x-past", PAST), "key_expired")]
    {
        let gate = Bench::new(policy(&abuse, edit));
        for n in 1..=10 {
            let (status, _, line) =
                gate.ask_all(&format!("10.0.{n}.1:1"), &[beside, GUESS], |_| Vec::new());
            assert_eq!((status, &line["error.type"]), (403, &json!(reason)), "{n}");
            assert_eq!(line["event.kind"] == "alert", n == 10, "{reason}, {n}");
        }
        assert_eq!(gate.ask("10.0.77.1:1", GUESS).0, 429, "{reason}");
    }
}

#[test]
fn a_key_that_many_guess_at_is_throttled_wherever_they_are() {
    let policy = ten();
    let gate = Bench::new(policy);
    let guess = "wg_ops-1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for n in 0..10 {
        let (status, _, line) = gate.ask(&format!("10.0.0.{n}:1"), ("x-ops", guess));
        assert_eq!((status, &line["event.kind"] == "alert"), (403, n == 9), "{n}");
        if n == 9 {
            assert_eq!(line["wicketgate.abuse.bucket"], "key");
            assert_eq!(line["wicketgate.abuse.key_id"], "ops-1");
        }
    }
    assert_eq!(gate.ask("10.0.0.77:1", ("x-ops", guess)).0, 429);
    assert_eq!(gate.ask("10.0.0.77:1", ("x-ops", NAMED)).0, 200);
    // An id that no key has is nothing that is counted by.
    let stranger = guess.replace("ops-1", "ops-2");
    for n in 0..20 {
        assert_eq!(gate.ask(&format!("10.0.1.{n}:1"), ("x-ops", &stranger)).0, 403);
    }
}

#[test]
fn valid_callers_may_be_refused_too() {
    let abuse = json!({ "failures": { "limit": 2, "window": "1m", "valid_callers": "refuse" } });
    let policy = policy(&abuse, |_| {});
    let gate = Bench::new(policy);
    for expected in [403, 403, 429] {
        assert_eq!(gate.ask("[2001:db8::1]:1", WRONG).0, expected);
    }
    let (status, after, line) = gate.ask("[2001:db8::ffff]:1", RIGHT);
    assert_eq!((status, after.as_deref()), (429, Some("60")));
    assert_eq!((&line["user.id"], &line["error.type"]), (&json!("cron"), &json!("throttled")));
    assert_eq!(gate.ask("[2001:db8:0:1::1]:1", RIGHT).0, 200);
}

#[test]
fn a_rule_may_have_an_answer_of_its_own() {
    let abuse = json!({ "failures": { "limit": 1, "window": "1m" } });
    let policy = policy(&abuse, |document| {
        document["rules"][0]["deny"] =
            json!({ "status": 404, "throttled": { "status": 404, "text": "no" } });
    });
    let gate = Bench::new(policy);
    assert_eq!(gate.ask("10.0.0.1:1", WRONG).0, 404);
    let (status, after, line) = gate.ask("10.0.0.1:1", WRONG);
    assert_eq!((status, after.as_deref()), (404, Some("60")));
    assert_eq!(line["error.type"], "throttled");
}

#[test]
fn calls_are_limited_for_each_caller() {
    let policy = policy(&json!(null), |document| {
        document.as_object_mut().unwrap().remove("abuse");
        document["rules"][0]["rate_limit"] = json!({ "calls": 3, "window": "10s" });
    });
    let gate = Bench::new(policy);
    for (n, expected) in [200, 200, 200, 429, 429].into_iter().enumerate() {
        let (status, after, line) = gate.ask(&format!("10.0.0.{n}:1"), RIGHT);
        assert_eq!(status, expected, "{n}");
        let kind = if n == 3 { "alert" } else { "event" };
        assert_eq!(line["event.kind"], kind, "{n}");
        if expected == 429 {
            assert_eq!(after.as_deref(), Some("10"));
            assert_eq!(line["error.type"], "rate_limited");
            assert_eq!(line["event.outcome"], "failure");
            assert_eq!(line["user.id"], "cron");
        }
    }
    assert_eq!(gate.ask("10.0.0.1:1", ("x-ops", NAMED)).0, 200);
    gate.pass(10_000);
    assert_eq!(gate.ask("10.0.0.1:1", RIGHT).0, 200);
}

#[test]
fn a_million_addresses_take_what_they_may_and_no_more() {
    let policy = ten();
    let gate = Bench::new(policy);
    for _ in 0..11 {
        gate.ask("203.0.113.7:1", WRONG);
    }
    for n in 0..1_000_000_u32 {
        let address = Ipv4Addr::from(0x0B00_0000 + n);
        assert_eq!(gate.ask(&format!("{address}:1"), WRONG).0, 403);
    }
    assert!(gate.gate.counts().size() <= 4_352 * 84, "{}", gate.gate.counts().size());
    // Nor have they pushed out whoever had counted more.
    assert_eq!(gate.ask("203.0.113.7:1", WRONG).0, 429);
}

#[test]
fn what_another_counts_holds_here_too() {
    let abuse = json!({ "failures": { "limit": 10, "window": "1m" },
        "cloudflare": { "failures": "FAILURES", "calls": "CALLS" } });
    let policy = policy(&abuse, |document| {
        document["rules"][0]["rate_limit"] = json!({ "calls": 100, "window": "1m" });
    });
    let gate = Bench::new(policy);
    let all_over = |expected: &'static [(&str, &str)]| {
        move |limits: &[Limit<'_>]| {
            let named: Vec<_> = limits.iter().map(|l| (l.binding(), l.key())).collect();
            assert_eq!(named, expected);
            limits.iter().map(Limit::over).collect()
        }
    };
    let (status, _, line) =
        gate.ask_with("[2001:db8::1]:1", WRONG, all_over(&[("FAILURES", "client:2001:db8::/64")]));
    assert_eq!((status, &line["event.kind"]), (429, &json!("alert")));
    assert_eq!(gate.ask("[2001:db8::2]:1", ("x-other", "x")).0, 429);
    let (status, ..) =
        gate.ask_with("10.0.0.1:1", RIGHT, all_over(&[("CALLS", "calls:cron:internal")]));
    assert_eq!(status, 429);
    let nobody = |limits: &[Limit<'_>]| panic!("{limits:?}");
    assert_eq!(gate.ask_with("10.0.0.1:1", ("x-other", "x"), nobody).0, 403);
}

/// Counts that can't be changed: others are always faster.
#[derive(Debug)]
struct Busy;

impl Counts for Busy {
    fn change(&self, _: u16, change: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> bool {
        change(&[]).is_none()
    }
}

#[test]
fn what_cannot_be_counted_is_refused_all_the_same() {
    let gate = Gate::new(ten(), Busy);
    let headers = [(":method", "GET"), (":path", "/internal/x"), (":authority", "a"), WRONG]
        .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
    for _ in 0..20 {
        let mut session = gate.session(&headers);
        session.peer(Peer::Address(b"10.0.0.1:1"));
        session.now(Time::BUILD);
        let Step::Verdict(decision) = session.step() else { panic!() };
        let Verdict::Deny(deny) = decision.verdict else { panic!() };
        assert_eq!(deny.answer.status, 403);
    }
}
