//! A proxy that is not there: what it would be told is written down.

use log::{LevelFilter, Log, Metadata, Record};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use wicketgate_driver::{AUDIT, CertificateNames, Host, Map};
use wicketgate_policy::jwt::{Ask, SignatureCheck};
use wicketgate_policy::{Answer, Edit, Header, Time};

/// The data that workers share: values with their versions.
pub type Shared = Rc<RefCell<BTreeMap<String, (Vec<u8>, u32)>>>;

/// One worker's side of the proxy.
#[derive(Clone, Default)]
pub struct Fake(pub Rc<State>);

#[derive(Default)]
pub struct State {
    pub shared: Shared,
    pub now: Cell<i64>,
    /// The header maps of streams, by context.
    pub headers: RefCell<BTreeMap<u32, Vec<(String, String)>>>,
    pub context: Cell<u32>,
    pub checks_signatures: Cell<bool>,
    /// Every call, in order, without those for shared data and the time.
    pub calls: RefCell<Vec<String>>,
    pub counters: RefCell<Vec<(String, u64)>>,
    pub fetches: Cell<u32>,
}

impl Fake {
    pub fn new(shared: &Shared, now: Time) -> Self {
        // Another test may have installed it.
        _ = log::set_logger(&Logger);
        log::set_max_level(LevelFilter::Info);
        let state = State { shared: Rc::clone(shared), ..State::default() };
        state.now.set(now.unix_millis());
        state.checks_signatures.set(true);
        Self(Rc::new(state))
    }

    /// A stream with this request has begun, and is the current context.
    pub fn begin(&self, context: u32, own: &[(&str, &str)]) {
        let line = [(":method", "GET"), (":authority", "app"), (":scheme", "http")];
        let all = line.iter().chain(own).map(|(name, value)| ((*name).into(), (*value).into()));
        self.0.headers.borrow_mut().insert(context, all.collect());
        self.0.context.set(context);
    }

    /// The calls since this was asked last.
    pub fn calls(&self) -> Vec<String> {
        self.0.calls.take()
    }

    /// The counters that are not zero.
    pub fn counted(&self) -> Vec<(String, u64)> {
        self.0.counters.borrow().iter().filter(|(_, count)| *count > 0).cloned().collect()
    }

    fn call(&self, call: String) {
        self.0.calls.borrow_mut().push(call);
    }
}

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The lines that were logged since this was asked last, by any worker of this test.
pub fn logged() -> Vec<String> {
    LINES.take()
}

/// Keeps the lines of each test by itself: every test has a thread.
struct Logger;

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let (level, text) = (record.level(), record.args().to_string());
        assert_eq!(record.target() == AUDIT, text.starts_with('{'), "{text}");
        let text = if record.target() == AUDIT { "audit line" } else { &text };
        LINES.with_borrow_mut(|lines| lines.push(format!("{level}: {text}")));
    }

    fn flush(&self) {}
}

impl Host for Fake {
    fn headers<T>(&self, map: Map, then: impl FnOnce(Option<&[Header<'_>]>) -> T) -> T {
        self.call(format!("read {map:?}"));
        let all = self.0.headers.borrow();
        let pairs = all.get(&self.0.context.get()).cloned();
        drop(all);
        let headers: Option<Vec<Header<'_>>> = pairs.as_ref().map(|pairs| {
            pairs
                .iter()
                .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() })
                .collect()
        });
        then(headers.as_deref())
    }

    fn edit(&self, map: Map, edits: &[Edit<'_>]) {
        self.call(format!("edit {map:?} {}", edits.len()));
    }

    fn reply(&self, answer: &Answer) {
        self.call(format!("reply {} in {}", answer.status, self.0.context.get()));
    }

    fn expose(&self, name: &str, value: &str) {
        self.call(format!("expose {name}={value}"));
    }

    fn peer(&self) -> Option<Vec<u8>> {
        self.call("peer".into());
        Some(b"10.1.2.3:4567".to_vec())
    }

    fn now(&self) -> Time {
        Time::from_unix_millis(self.0.now.get())
    }

    fn certificate(&self) -> Option<CertificateNames> {
        None
    }

    fn verify_signature(&self, _: &SignatureCheck<'_>) -> Option<bool> {
        self.call("verify".into());
        self.0.checks_signatures.get().then_some(true)
    }

    fn counter(&self, name: &str) -> Option<u32> {
        let mut counters = self.0.counters.borrow_mut();
        let place = counters.iter().position(|(other, _)| other == name);
        let place = place.unwrap_or_else(|| {
            counters.push((name.into(), 0));
            counters.len() - 1
        });
        u32::try_from(place).ok()
    }

    fn increment(&self, counter: u32) {
        self.0.counters.borrow_mut()[counter as usize].1 += 1;
    }

    fn gauge(&self, name: &str, value: u64) {
        self.call(format!("gauge {}={value}", name.split_once(";.;").map_or(name, |(_, end)| end)));
    }

    fn shared(&self, key: &str) -> (Option<Vec<u8>>, Option<u32>) {
        match self.0.shared.borrow().get(key) {
            Some((value, version)) => (Some(value.clone()), Some(*version)),
            None => (None, None),
        }
    }

    fn share(&self, key: &str, value: &[u8], version: Option<u32>) -> bool {
        let mut shared = self.0.shared.borrow_mut();
        let current = shared.get(key).map(|(_, version)| *version);
        if let (Some(current), Some(version)) = (current, version)
            && current != version
        {
            return false;
        }
        shared.insert(key.into(), (value.into(), current.unwrap_or(0) + 1));
        true
    }

    fn swap_shared(&self, key: &str, value: &str) -> Option<String> {
        let before = self.shared(key).0.map(|before| String::from_utf8(before).unwrap());
        self.share(key, value.as_bytes(), None);
        before
    }

    fn fetch(&self, ask: &Ask) -> Option<u32> {
        self.call(format!("fetch {}", ask.uri()));
        self.0.fetches.set(self.0.fetches.get() + 1);
        Some(self.0.fetches.get())
    }

    fn tick(&self, every: Duration) {
        self.call(format!("tick {}", every.as_millis()));
    }

    fn enter(&self, context: u32) -> bool {
        self.0.context.set(context);
        true
    }

    fn resume(&self) {
        self.call(format!("resume {}", self.0.context.get()));
    }
}
