//! The proxy: every call to Envoy for a stream, in one place.

use crate::abi::{self, EnvoyPtr, HttpHeader};
use crate::bytes::{self, NOTHING, header, ours};
use crate::config::Config;
use crate::grpc;
use crate::logging::error;
use crate::metrics::Counter;
use crate::shared;
use crate::signature;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ptr::null_mut;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wicketgate_driver::{CertificateNames, Host, Map};
use wicketgate_policy::jwt::{Ask, KeyDemand, SignatureCheck};
use wicketgate_policy::{Answer, Edit, Header, Time};

/// A stream as Envoy knows it.
#[derive(Debug)]
pub struct Handle {
    /// Null when it has ended.
    envoy: Cell<EnvoyPtr>,
    answered: Cell<bool>,
    /// `true` if it has waited for keys.
    waits: Cell<bool>,
    /// `true` after a panic, or a call that Envoy refused: nothing of it goes on any more.
    broken: Cell<bool>,
}

impl Handle {
    /// A stream that has begun.
    pub fn new(envoy: EnvoyPtr) -> Rc<Self> {
        Rc::new(Self {
            envoy: Cell::new(envoy),
            answered: Cell::new(false),
            waits: Cell::new(false),
            broken: Cell::new(false),
        })
    }

    /// The stream, unless it has ended.
    fn envoy(&self) -> Option<EnvoyPtr> {
        Some(self.envoy.get()).filter(|envoy| !envoy.is_null())
    }

    /// Says that it has ended: no call may be made for it any more.
    pub fn end(&self, config: &Config) {
        let stream = self.envoy.replace(null_mut());
        if self.waits.get()
            && let Some(desk) = config.desk()
        {
            desk.leave(stream);
        }
    }

    /// Returns `true` if the module has answered it, so that the response is the module's own.
    pub fn is_answered(&self) -> bool {
        self.answered.get()
    }

    /// Returns `true` if nothing of it goes on any more.
    pub fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// Answers 503, and lets nothing of it go on any more.
    pub fn fail(&self, why: &str) {
        self.broken.set(true);
        error(why);
        self.reply(&Answer::unavailable(), "wicketgate_failed");
    }

    /// Answers it in the origin's place. `details` is for access logs
    /// (`%RESPONSE_CODE_DETAILS%`).
    pub fn reply(&self, answer: &Answer, details: &str) {
        let Some(stream) = self.envoy() else { return };
        // First, because the answer can come through the module before the call returns.
        self.answered.set(true);
        let mut headers: Vec<HttpHeader> = answer
            .headers
            .iter()
            .map(|(name, value)| header(name.as_str().as_bytes(), value.as_bytes()))
            .collect();
        if grpc::is_asked(stream) {
            // Left to itself, Envoy tells such a client that all is well.
            headers.push(header(b"grpc-status", grpc::status(answer.status).as_bytes()));
        }
        // SAFETY: the stream has not ended, and the texts live until the call returns. If the call
        // ends the stream, Envoy says so before it returns.
        unsafe {
            abi::envoy_dynamic_module_callback_http_send_response(
                stream,
                u32::from(answer.status),
                headers.as_mut_ptr(),
                headers.len(),
                ours(&answer.body),
                ours(details.as_bytes()),
            );
        }
    }
}

/// Envoy, as one worker sees it with one configuration.
#[derive(Clone)]
pub struct Proxy(Rc<State>);

struct State {
    config: Arc<Config>,
    /// On the main thread, the configuration as Envoy knows it; on workers null.
    main: EnvoyPtr,
    /// The stream of the running hook.
    stream: RefCell<Option<Rc<Handle>>>,
    /// `true` if Envoy has not done what it was told.
    failed: Cell<bool>,
    counters: RefCell<Vec<(Box<str>, Counter)>>,
    /// The streams that wait for keys, by the number that the driver knows them by.
    waiting: RefCell<BTreeMap<u32, Weak<Handle>>>,
    /// Room for a copy of a header map.
    room: Cell<Vec<u8>>,
}

impl Proxy {
    /// For the thread that makes the configuration.
    pub fn of_main(config: Arc<Config>, main: EnvoyPtr) -> Self {
        Self(Rc::new(State {
            config,
            main,
            stream: RefCell::default(),
            failed: Cell::default(),
            counters: RefCell::default(),
            waiting: RefCell::default(),
            room: Cell::default(),
        }))
    }

    /// For a worker.
    pub fn of_worker(config: Arc<Config>) -> Self {
        Self::of_main(config, null_mut())
    }

    /// Makes the calls within `hook` those of a stream. `None` if Envoy failed in one of them.
    pub fn within<T>(&self, stream: &Rc<Handle>, hook: impl FnOnce() -> T) -> Option<T> {
        /// Puts back the stream that was there before, for a hook may run within another one.
        struct Within<'p>(&'p Proxy, Option<Rc<Handle>>, bool);
        impl Drop for Within<'_> {
            fn drop(&mut self) {
                self.0.0.stream.replace(self.1.take());
                self.0.0.failed.set(self.2);
            }
        }
        let before = self.0.stream.replace(Some(Rc::clone(stream)));
        let _within = Within(self, before, self.0.failed.replace(false));
        let result = hook();
        (!self.0.failed.get()).then_some(result)
    }

    /// The configuration.
    pub fn config(&self) -> &Arc<Config> {
        &self.0.config
    }

    /// A number for a stream that begins, which no other stream of this worker has.
    pub fn number(&self, stream: &Rc<Handle>) -> u32 {
        if self.0.config.desk().is_none() {
            return 0;
        }
        let mut waiting = self.0.waiting.borrow_mut();
        waiting.retain(|_, handle| handle.strong_count() > 0);
        let number = (1..).find(|number| !waiting.contains_key(number)).unwrap_or_default();
        waiting.insert(number, Rc::downgrade(stream));
        number
    }

    /// The stream of the running hook, unless it has ended.
    fn stream(&self) -> Option<EnvoyPtr> {
        self.0.stream.borrow().as_ref()?.envoy()
    }

    fn attribute(&self, stream: EnvoyPtr, number: u32) -> Option<Vec<u8>> {
        let mut value = bytes::no_buffer();
        // SAFETY: the stream has not ended, and `value` is a variable of this function.
        let known = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_get_attribute_string(
                stream,
                number,
                &raw mut value,
            )
        };
        // SAFETY: Envoy has just handed it over.
        known.then(|| unsafe { bytes::copy(value) })
    }

    /// The bytes of a map, all in one, and where each name and value ends.
    fn copy(&self, stream: EnvoyPtr, map: Map, all: &mut Vec<u8>) -> Option<Vec<(usize, usize)>> {
        // SAFETY: the stream has not ended.
        let size =
            unsafe { abi::envoy_dynamic_module_callback_http_get_headers_size(stream, kind(map)) };
        let mut headers = vec![HttpHeader::NONE; size];
        // SAFETY: the stream has not ended, and there is room for as many headers as Envoy has just
        // said that there are.
        let known = unsafe {
            abi::envoy_dynamic_module_callback_http_get_headers(
                stream,
                kind(map),
                headers.as_mut_ptr(),
            )
        };
        if !known {
            return None;
        }
        let mut ends = Vec::with_capacity(size);
        for header in headers {
            // SAFETY: Envoy has just handed it over.
            unsafe { bytes::append(all, header.key_ptr, header.key_length) };
            let name = all.len();
            // SAFETY: the same.
            unsafe { bytes::append(all, header.value_ptr, header.value_length) };
            ends.push((name, all.len()));
        }
        Some(ends)
    }
}

impl Host for Proxy {
    /// Copies the map, because Envoy's own may move with the first change to it, which comes while
    /// this one is still read: for the audit line, and for the names in the changes themselves.
    fn headers<T>(&self, map: Map, then: impl FnOnce(Option<&[Header<'_>]>) -> T) -> T {
        let Some(stream) = self.stream() else { return then(None) };
        // Whoever runs within `then` finds no room, and makes some.
        let mut all = self.0.room.take();
        all.clear();
        let Some(ends) = self.copy(stream, map, &mut all) else { return then(None) };
        let mut from = 0;
        let headers: Option<Vec<Header<'_>>> = ends
            .into_iter()
            .map(|(name, value)| {
                let header = Header { name: all.get(from..name)?, value: all.get(name..value)? };
                from = value;
                Some(header)
            })
            .collect();
        let result = then(headers.as_deref());
        drop(headers);
        self.0.room.set(all);
        result
    }

    fn edit(&self, map: Map, edits: &[Edit<'_>]) {
        for edit in edits {
            let (name, value) = match edit {
                Edit::Remove(name) => (ours(name), NOTHING),
                Edit::Set(name, value) => (ours(name.as_str().as_bytes()), ours(value.as_bytes())),
            };
            let Some(stream) = self.stream() else { return };
            // SAFETY: the stream has not ended, and the texts live until the call returns.
            let done = unsafe {
                abi::envoy_dynamic_module_callback_http_set_header(stream, kind(map), name, value)
            };
            if !done {
                self.0.failed.set(true);
            }
        }
        if map == Map::Request
            && !edits.is_empty()
            && let Some(stream) = self.stream()
        {
            // Envoy has chosen a route by the headers as the client wrote them. It chooses again.
            // SAFETY: the stream has not ended.
            unsafe { abi::envoy_dynamic_module_callback_http_clear_route_cache(stream) };
        }
    }

    fn reply(&self, answer: &Answer) {
        let stream = self.0.stream.borrow().clone();
        if let Some(stream) = stream {
            stream.reply(answer, "wicketgate");
        }
    }

    /// In access logs: `%FILTER_STATE(<name>:PLAIN)%`.
    fn expose(&self, name: &str, value: &str) {
        let Some(stream) = self.stream() else { return };
        let (name, value) = (ours(name.as_bytes()), ours(value.as_bytes()));
        // SAFETY: the stream has not ended, and the texts live until the call returns.
        unsafe {
            abi::envoy_dynamic_module_callback_http_set_filter_state_bytes(stream, name, value)
        };
    }

    /// The address of the socket's other end, whatever headers and the PROXY protocol say.
    fn peer(&self) -> Option<Vec<u8>> {
        let stream = self.stream()?;
        let mut address = bytes::no_buffer();
        // SAFETY: the stream has not ended, and `address` is a variable of this function.
        let known = unsafe {
            abi::envoy_dynamic_module_callback_http_get_downstream_direct_remote_address(
                stream,
                &raw mut address,
            )
        };
        // SAFETY: Envoy has just handed it over.
        known.then(|| unsafe { bytes::copy(address) })
    }

    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        let millis = since.and_then(|since| i64::try_from(since.as_millis()).ok());
        Time::from_unix_millis(millis.unwrap_or(0))
    }

    /// A listener that asks for certificates checks them against its trusted authorities, or ends
    /// the connection (`trusted_ca`, and never `ACCEPT_UNTRUSTED`).
    fn certificate(&self) -> Option<CertificateNames> {
        let stream = self.stream()?;
        let mut shown = false;
        // SAFETY: the stream has not ended, and `shown` is a variable of this function.
        let known = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_get_attribute_bool(
                stream,
                abi::CONNECTION_MTLS,
                &raw mut shown,
            )
        };
        (known && shown).then(|| CertificateNames {
            uri_san: self.attribute(stream, abi::URI_SAN_PEER_CERTIFICATE),
            dns_san: self.attribute(stream, abi::DNS_SAN_PEER_CERTIFICATE),
            subject: self.attribute(stream, abi::SUBJECT_PEER_CERTIFICATE),
        })
    }

    /// Envoy offers modules none, so the module brings a library of its own.
    fn verify_signature(&self, check: &SignatureCheck<'_>) -> Option<bool> {
        signature::verify(check)
    }

    fn counter(&self, name: &str) -> Option<u32> {
        let mut counters = self.0.counters.borrow_mut();
        let known = counters.iter().position(|(other, _)| **other == *name);
        let place = match known {
            Some(place) => place,
            None => {
                counters.push((name.into(), self.0.config.metrics().counter(name)?));
                counters.len() - 1
            }
        };
        u32::try_from(place).ok()
    }

    fn increment(&self, counter: u32) {
        let counters = self.0.counters.borrow();
        let counter = usize::try_from(counter).ok().and_then(|place| counters.get(place));
        let Some((_, counter)) = counter else { return };
        match self.stream() {
            Some(stream) => counter.increment(stream),
            // The worker of the main thread has no streams, and its configuration has not ended:
            // it is called in the configuration's hooks only.
            None if !self.0.main.is_null() => counter.increment_by(self.0.main),
            None => {}
        }
    }

    /// On the main thread only: Envoy's gauges of a configuration end with it.
    fn gauge(&self, name: &str, value: u64) {
        if !self.0.main.is_null() {
            self.0.config.metrics().set_gauge(self.0.main, name, value);
        }
    }

    fn shared(&self, key: &str) -> (Option<Vec<u8>>, Option<u32>) {
        shared::get(key)
    }

    fn share(&self, key: &str, value: &[u8], version: Option<u32>) -> bool {
        shared::set(key, value, version)
    }

    /// Nothing outlives a configuration that would have to be told.
    fn swap_shared(&self, _: &str, _: &str) -> Option<String> {
        None
    }

    /// On the main thread only: the others have no configuration to ask by.
    fn fetch(&self, ask: &Ask) -> Option<u32> {
        if self.0.main.is_null() {
            return None;
        }
        let mut headers = [
            header(b":method", b"GET"),
            header(b":scheme", ask.scheme().as_bytes()),
            header(b":authority", ask.authority().as_bytes()),
            header(b":path", ask.path().as_bytes()),
            header(b"accept", b"application/json"),
        ];
        let mut number = 0;
        // SAFETY: the configuration has not ended, for this is called in its own hooks; the texts
        // live until the call returns, and `number` is a variable of this function.
        let result = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_config_http_callout(
                self.0.main,
                &raw mut number,
                ours(ask.cluster().as_bytes()),
                headers.as_mut_ptr(),
                headers.len(),
                ours(b""),
                u64::try_from(ask.timeout()).unwrap_or_default(),
            )
        };
        (result == abi::CALLOUT_SUCCESS).then(|| u32::try_from(number).ok()).flatten()
    }

    fn wait(&self, demand: &KeyDemand) {
        let stream = self.0.stream.borrow().clone();
        let Some(stream) = stream else { return };
        if let (Some(envoy), Some(desk)) = (stream.envoy(), self.0.config.desk()) {
            stream.waits.set(true);
            desk.wait(envoy, *demand);
        }
    }

    /// The desk wakes whoever waits.
    fn tick(&self, _: Duration) {}

    fn enter(&self, context: u32) -> bool {
        let stream = self.0.waiting.borrow().get(&context).and_then(Weak::upgrade);
        let stream = stream.filter(|stream| stream.envoy().is_some());
        let known = stream.is_some();
        self.0.stream.replace(stream);
        known
    }

    fn resume(&self) {
        let stream = self.0.stream.borrow().clone();
        let Some(stream) = stream else { return };
        if self.0.failed.replace(false) {
            return stream.fail(REFUSED);
        }
        if let Some(envoy) = stream.envoy() {
            // SAFETY: the stream has not ended. Nothing of this module is borrowed, for the call
            // can come back into it, and end the stream.
            unsafe { abi::envoy_dynamic_module_callback_http_filter_continue_decoding(envoy) };
        }
    }
}

/// Envoy has not done what it was told.
pub const REFUSED: &str = "Envoy did not do what the gate told it";

const fn kind(map: Map) -> u32 {
    match map {
        Map::Request => abi::REQUEST_HEADER,
        Map::RequestTrailers => abi::REQUEST_TRAILER,
        Map::Response => abi::RESPONSE_HEADER,
    }
}
