//! Keys at an address: when they are asked for, how long they count, and what a request is told.

use super::issuer::Issuer;
use super::now;
use serde_json::{Value, json};
use wicketgate_policy::jwt::{Algorithm, FetchFault, Fetched, KeyDemand, KeyStore, Turn};
use wicketgate_policy::{
    Environment, Gate, Header, Host, MemoryCounts, Outcome, Peer, Policy, Reason, Request, Step,
    Time, Verdict,
};

fn policy() -> Policy {
    let document = json!({
        "version": 1, "name": "remote", "environment": "production", "unmatched": "pass",
        "callers": { "cron": { "jwt": { "issuer": "https://issuer.example", "audience": "gate",
            "keys": { "jwks_uri": "https://issuer.example/keys", "refresh": "5m", "max_age": "1h",
                "cooldown": "10s", "timeout": "5s" } } } },
        "rules": [{ "id": "x", "paths": ["/x"], "allow": [{ "caller": "cron" }] }],
        "forward": { "credential": "remove" },
    });
    Policy::load(document.to_string().as_bytes(), &Environment::new(Host::Envoy)).unwrap()
}

/// A host with one address and a clock of the test's own.
struct Bench {
    gate: Gate,
    now: i64,
    fetches: usize,
}

impl Bench {
    fn new() -> Self {
        let gate = Gate::new(policy(), MemoryCounts::default());
        Self { gate, now: now().unix_millis(), fetches: 0 }
    }

    fn keys<T>(&self, change: impl FnOnce(&mut KeyStore) -> T) -> T {
        self.gate.change_keys(change)
    }

    fn begin(&self) {
        let address = &self.gate.policy().key_addresses()[0];
        let ask = self.keys(|keys| keys.begin(0, address, self.time()));
        assert_eq!(ask.uri(), address.uri());
    }

    fn fetched(&self, fetched: &Fetched<'_>) -> Result<(), FetchFault> {
        self.keys(|keys| keys.fetched(0, fetched, self.time())).map(|next| assert_eq!(next, None))
    }

    fn is_due(&self) -> bool {
        self.gate.keys().due(0, &self.gate.policy().key_addresses()[0], self.time())
    }

    fn turn(&self, demand: &KeyDemand) -> Turn {
        let address = &self.gate.policy().key_addresses()[0];
        self.keys(|keys| keys.turn(demand, address, self.time()))
    }

    /// Judges a request that has waited so often; `Err` is its demand.
    fn judge(&self, token: &str, waits: &[KeyDemand]) -> Result<Result<(), Reason>, KeyDemand> {
        let bearer = format!("Bearer {token}");
        let headers = [
            (":method", "GET"),
            (":path", "/x"),
            (":authority", "app"),
            ("authorization", &bearer),
        ]
        .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
        let mut session = self.gate.session(&headers);
        waits.iter().for_each(|demand| session.waited(demand));
        loop {
            match session.step() {
                Step::Peer => session.peer(Peer::Unknown),
                Step::Now => session.now(self.time()),
                Step::Keys(demand) => return Err(demand),
                Step::Verdict(decision) => {
                    return Ok(match decision.verdict {
                        Verdict::Allow(_) => Ok(()),
                        Verdict::Deny(deny) => Err(deny.reason),
                        Verdict::Pass { .. } => panic!("passed"),
                    });
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn time(&self) -> Time {
        Time::from_unix_millis(self.now)
    }

    /// Asks once; `Err(None)` where the request has to wait for keys.
    fn once(&mut self, token: &str, waited: bool) -> Result<(), Option<(Reason, Turn)>> {
        let demand = match (self.judge(token, &[]), waited) {
            (Err(demand), true) => match self.judge(token, &[demand, demand]) {
                Err(demand) => demand,
                Ok(decided) => return decided.map_err(|reason| Some((reason, Turn::Go))),
            },
            (Err(demand), false) => demand,
            (Ok(decided), _) => return decided.map_err(|reason| Some((reason, Turn::Go))),
        };
        match self.turn(&demand) {
            Turn::Fetch => {
                self.begin();
                self.fetches += 1;
                Err(None)
            }
            Turn::Wait => Err(None),
            Turn::Go => panic!("demanded, and there is nothing to wait for"),
        }
    }

    /// Asks with an address that answers `body` at once.
    fn ask(&mut self, token: &str, answer: &Fetched<'_>) -> Result<(), Reason> {
        match self.once(token, false) {
            Err(None) => {}
            other => return other.map_err(|refused| refused.unwrap().0),
        }
        let _fault = self.fetched(answer);
        self.once(token, true).map_err(|refused| refused.expect("asked for twice").0)
    }
}

fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn answer(body: &str) -> Fetched<'_> {
    Fetched::Answer { status: 200, body: body.as_bytes() }
}

fn key(id: &str) -> Value {
    Issuer::new(Algorithm::EdDsa).named(id)
}

fn token(id: &str, claims: &Value) -> String {
    let header = json!({ "alg": "EdDSA", "kid": id });
    let issuer = Issuer::new(Algorithm::EdDsa);
    issuer.raw(header.to_string().as_bytes(), claims.to_string().as_bytes())
}

/// Good for ten hours.
fn long() -> Value {
    let now = now().unix_millis() / 1_000;
    json!({ "iss": "https://issuer.example", "aud": "gate", "exp": now + 36_000 })
}

#[test]
fn keys_are_fetched_once_and_kept() {
    let mut bench = Bench::new();
    let (good, keys) = (token("a", &long()), set(&[key("a")]));
    assert_eq!(bench.ask(&good, &answer(&keys)), Ok(()));
    for _ in 0..10 {
        bench.now += 29_000;
        assert_eq!(bench.once(&good, false), Ok(()));
    }
    assert_eq!(bench.fetches, 1);
}

#[test]
fn those_who_come_meanwhile_wait_for_the_same_fetch() {
    let mut bench = Bench::new();
    let good = token("a", &long());
    for _ in 0..100 {
        assert_eq!(bench.once(&good, false), Err(None));
    }
    assert_eq!(bench.fetches, 1);
    bench.fetched(&answer(&set(&[key("a")]))).unwrap();
    assert_eq!(bench.once(&good, true), Ok(()));
}

#[test]
fn a_key_that_came_while_a_fetch_was_under_way_is_asked_for_again() {
    let mut bench = Bench::new();
    let (old, new) = (set(&[key("a")]), set(&[key("a"), key("b")]));
    assert_eq!(bench.ask(&token("a", &long()), &answer(&old)), Ok(()));
    bench.now += 300_000;
    // Begun before the key was published, and ended after a token has named it.
    bench.begin();
    assert_eq!(bench.once(&token("b", &long()), false), Err(None));
    bench.fetched(&answer(&old)).unwrap();
    assert_eq!(bench.ask(&token("b", &long()), &answer(&new)), Ok(()));
}

/// Two threads, one of which is asked to fetch and is forestalled by the other.
#[test]
fn what_another_thread_has_fetched_leaves_no_cooldown_behind() {
    let mut bench = Bench::new();
    let (one, two) = (set(&[key("a")]), set(&[key("a"), key("b")]));
    assert_eq!(bench.ask(&token("a", &long()), &answer(&one)), Ok(()));
    bench.now += 10_000;
    let demand = bench.judge(&token("b", &long()), &[]).unwrap_err();
    assert_eq!(bench.turn(&demand), Turn::Fetch);
    // The other was faster, and has it.
    bench.keys(|keys| keys.adopt(0, two.as_bytes(), bench.time())).unwrap();
    assert_eq!(bench.once(&token("b", &long()), true), Ok(()));
    // A fetch that is due is not for the sake of a token, and the next new key is found at once.
    bench.now += 300_000;
    bench.begin();
    bench.fetched(&answer(&two)).unwrap();
    let three = set(&[key("b"), key("c")]);
    assert_eq!(bench.ask(&token("c", &long()), &answer(&three)), Ok(()));
}

#[test]
fn a_fetch_that_nobody_ended_ends_by_itself() {
    let mut bench = Bench::new();
    let good = token("a", &long());
    assert_eq!(bench.once(&good, false), Err(None));
    assert_eq!(bench.once(&good, true), Err(Some((Reason::JwksTimeout, Turn::Go))));
    bench.now += 6_000;
    assert_eq!(bench.once(&good, false), Err(Some((Reason::JwksTimeout, Turn::Go))));
    bench.now += 4_000;
    assert_eq!(bench.once(&good, false), Err(None));
    assert_eq!(bench.fetches, 2);
}

#[test]
fn an_unknown_id_is_a_reason_to_fetch_once_a_cooldown() {
    let mut bench = Bench::new();
    let keys = set(&[key("a")]);
    assert_eq!(bench.ask(&token("a", &long()), &answer(&keys)), Ok(()));
    for round in 0..4 {
        for id in 0..1_000 {
            let id = (round * 1_000 + id).to_string();
            let refused = bench.ask(&token(&id, &long()), &answer(&keys));
            assert_eq!(refused, Err(Reason::JwtKeyUnknown));
        }
        assert_eq!(bench.fetches, 1 + round);
        bench.now += 10_000;
    }
    // The id that was asked for and is not there is no reason a second time.
    assert_eq!(bench.ask(&token("3000", &long()), &answer(&keys)), Err(Reason::JwtKeyUnknown));
    assert_eq!(bench.fetches, 4);
    // A new key is, though the set was fetched a moment before.
    bench.begin();
    bench.fetched(&answer(&keys)).unwrap();
    let keys = set(&[key("a"), key("b")]);
    assert_eq!(bench.ask(&token("b", &long()), &answer(&keys)), Ok(()));
    assert_eq!(bench.fetches, 5);
}

#[test]
fn the_last_good_set_counts_until_its_bound_and_not_beyond() {
    let mut bench = Bench::new();
    let (good, keys) = (token("a", &long()), set(&[key("a")]));
    assert_eq!(bench.ask(&good, &answer(&keys)), Ok(()));
    let faults = [
        (Fetched::Unreachable, Reason::JwksUnreachable),
        (Fetched::TimedOut, Reason::JwksTimeout),
        (Fetched::Answer { status: 500, body: b"" }, Reason::JwksStatus),
        (answer("<html>"), Reason::JwksMalformed),
    ];
    for (fault, reason) in faults {
        bench.now += 600_000;
        assert!(bench.is_due());
        bench.begin();
        let failed = bench.fetched(&fault).unwrap_err();
        assert_eq!(failed.reason(), reason);
        assert_eq!(bench.once(&good, false), Ok(()), "{reason}");
    }
    bench.now += 1_200_000;
    assert_eq!(bench.once(&good, false), Ok(()), "an hour to the millisecond");
    bench.now += 1;
    assert_eq!(bench.ask(&good, &answer("<html>")), Err(Reason::JwksMalformed));
    // Refused at once until the cooldown is over, and then it recovers by itself.
    assert_eq!(bench.ask(&good, &answer(&keys)), Err(Reason::JwksMalformed));
    bench.now += 10_000;
    assert!(bench.is_due());
    assert_eq!(bench.ask(&good, &answer(&keys)), Ok(()));
}

#[test]
fn a_key_that_was_removed_is_dead_from_the_fetch_on_that_finds_it_gone() {
    let mut bench = Bench::new();
    let old = token("a", &long());
    assert_eq!(bench.ask(&old, &answer(&set(&[key("a")]))), Ok(()));
    // It is remembered as verified, and no longer.
    assert_eq!(bench.once(&old, false), Ok(()));
    bench.now += 300_000;
    bench.begin();
    let other = Issuer::new(Algorithm::Es256).named("b");
    bench.fetched(&answer(&set(&[other]))).unwrap();
    assert_eq!(bench.once(&old, true), Err(Some((Reason::JwtKeyUnknown, Turn::Go))));
}

#[test]
fn what_is_remembered_ends_with_the_token_and_with_the_clock() {
    let mut bench = Bench::new();
    let claims = json!({ "iss": "https://issuer.example", "aud": "gate",
        "exp": bench.now / 1_000 + 60 });
    let short = token("a", &claims);
    assert_eq!(bench.ask(&short, &answer(&set(&[key("a")]))), Ok(()));
    assert!(format!("{:?}", bench.gate).contains("TokenCache { tokens: 1 }"));
    bench.now += 59_999;
    assert_eq!(bench.once(&short, false), Ok(()));
    bench.now += 1;
    assert_eq!(bench.once(&short, false), Err(Some((Reason::JwtExpired, Turn::Go))));
    // Set back, the clock lets nothing live again.
    bench.now -= 61_000;
    assert_eq!(bench.once(&short, false), Err(Some((Reason::ClockUnset, Turn::Go))));
    bench.now = 0;
    assert_eq!(bench.ask(&short, &Fetched::Unreachable), Err(Reason::ClockUnset));
}

#[test]
fn what_is_no_token_asks_nobody() {
    let mut bench = Bench::new();
    for offered in ["", "a", "a.b", "a.b.c", "e30.e30.e30", "wg_a_0123456789abcdef0123456789abcdef"]
    {
        assert!(matches!(bench.once(offered, false), Err(Some(_))), "{offered}");
    }
    assert_eq!(bench.fetches, 0);
}

#[test]
fn without_a_store_an_address_is_never_asked() {
    let policy = policy();
    let bearer = format!("Bearer {}", token("a", &long()));
    let headers =
        [(":method", "GET"), (":path", "/x"), (":authority", "app"), ("authorization", &bearer)]
            .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
    let request = Request { headers: &headers, peer: Peer::Unknown };
    let Outcome::Decided(decision) = policy.decide(&request, now()) else { panic!() };
    let Verdict::Deny(deny) = decision.verdict else { panic!() };
    assert_eq!(deny.reason, Reason::JwksUnreachable);
    assert_eq!(FetchFault::Unreachable.reason(), deny.reason);
}
