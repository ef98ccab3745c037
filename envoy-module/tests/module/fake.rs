//! An Envoy that is not there: it exports what a module imports, and calls what a module exports.
//!
//! It is as unkind as the ABI allows. At each change of a header map all of the map moves, and what
//! was there before is overwritten. An answer ends the stream before the call returns.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{c_char, c_void};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use wicketgate_envoy_module::abi::{EnvoyBuffer, EnvoyPtr, HttpHeader, ModuleBuffer, ModulePtr};
use wicketgate_envoy_module::hooks;

/// A header map, each text where it can be overwritten.
type Texts = Vec<(Box<[u8]>, Box<[u8]>)>;

#[derive(Default)]
pub struct Map {
    texts: Texts,
    /// What was there before. It is kept, so that whoever still reads it reads rubbish.
    graves: Texts,
}

impl Map {
    pub fn of(headers: &[(&str, &str)]) -> Self {
        let text = |text: &str| text.as_bytes().into();
        let texts = headers.iter().map(|(name, value)| (text(name), text(value))).collect();
        Self { texts, graves: Vec::new() }
    }

    pub fn headers(&self) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.texts.iter().map(|(name, value)| (text(name), text(value))).collect()
    }

    fn set(&mut self, name: &[u8], value: Option<&[u8]>) {
        // The name may be one of the texts that move.
        let (name, value): (Box<[u8]>, Option<Box<[u8]>>) = (name.into(), value.map(Into::into));
        let mut old = std::mem::take(&mut self.texts);
        self.texts = old.iter().filter(|(other, _)| *other != name).cloned().collect();
        self.texts.extend(value.map(|value| (name, value)));
        for (name, value) in &mut old {
            name.fill(b'!');
            value.fill(b'!');
        }
        self.graves.append(&mut old);
    }
}

/// An answer of the module.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    pub status: u32,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub details: String,
}

/// One stream, as Envoy has it.
#[derive(Default)]
pub struct Stream {
    pub maps: [RefCell<Map>; 3],
    pub peer: RefCell<Option<String>>,
    pub certificate: Cell<bool>,
    pub state: RefCell<BTreeMap<String, String>>,
    pub replies: RefCell<Vec<Reply>>,
    pub refuses_edits: Cell<bool>,
    /// An answer ends the stream within the call.
    pub ends_at_once: Cell<bool>,
    /// How often the module had Envoy choose a route again.
    pub routed: Cell<u32>,
    /// How often the module had it go on.
    pub resumed: Cell<u32>,
    module: Cell<Option<ModulePtr>>,
    scratch: RefCell<Vec<Box<[u8]>>>,
}

impl Stream {
    pub fn request(headers: &[(&str, &str)]) -> Box<Self> {
        let line = [(":method", "GET"), (":authority", "app"), (":scheme", "http")];
        let stream = Self::default();
        *stream.maps[0].borrow_mut() = Map::of(&[&line, headers].concat());
        stream.peer.replace(Some("10.1.2.3:4567".to_owned()));
        Box::new(stream)
    }

    pub fn ptr(&self) -> EnvoyPtr {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    pub fn begin(&self, config: ModulePtr) {
        // SAFETY: tests make streams of configurations that live.
        let module = unsafe { hooks::envoy_dynamic_module_on_http_filter_new(config, self.ptr()) };
        assert!(!module.is_null());
        self.module.set(Some(module));
    }

    /// The status that the hook returns.
    pub fn hook(&self, part: Part) -> u32 {
        let module = self.module.get().expect("the stream has ended");
        let envoy = self.ptr();
        // SAFETY: the module's stream has not ended.
        unsafe {
            match part {
                Part::Request => {
                    hooks::envoy_dynamic_module_on_http_filter_request_headers(envoy, module, false)
                }
                Part::Body => {
                    hooks::envoy_dynamic_module_on_http_filter_request_body(envoy, module, false)
                }
                Part::Trailers => {
                    hooks::envoy_dynamic_module_on_http_filter_request_trailers(envoy, module)
                }
                Part::Response => hooks::envoy_dynamic_module_on_http_filter_response_headers(
                    envoy, module, false,
                ),
            }
        }
    }

    /// What the module scheduled for it.
    pub fn wake(&self) {
        let Some(module) = self.module.get() else { return };
        // SAFETY: the module's stream has not ended.
        unsafe { hooks::envoy_dynamic_module_on_http_filter_scheduled(self.ptr(), module, 0) };
    }

    pub fn end(&self) {
        if let Some(module) = self.module.take() {
            // SAFETY: it has not ended before.
            unsafe { hooks::envoy_dynamic_module_on_http_filter_destroy(module) };
        }
    }

    /// Overwrites what was handed over before: it lived until the end of the hook.
    pub fn forget(&self) {
        self.scratch.borrow_mut().iter_mut().for_each(|text| text.fill(b'!'));
    }

    fn hand_over(&self, text: &[u8], result: *mut EnvoyBuffer) {
        let text: Box<[u8]> = text.into();
        // SAFETY: the module gives a variable of its own.
        unsafe { *result = EnvoyBuffer { ptr: text.as_ptr().cast(), length: text.len() } };
        self.scratch.borrow_mut().push(text);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}

#[derive(Clone, Copy)]
pub enum Part {
    Request,
    Body,
    Trailers,
    Response,
}

/// What Envoy knows beyond streams. Tests that look at it take it for themselves.
#[derive(Default)]
pub struct Envoy {
    pub log: Vec<(u32, String)>,
    /// Metrics by name, with their labels, in the order of their numbers.
    pub metrics: Vec<(String, Vec<String>)>,
    /// What was counted or set: the name with the values of its labels.
    pub counted: BTreeMap<String, u64>,
}

static ENVOY: Mutex<Envoy> =
    Mutex::new(Envoy { log: Vec::new(), metrics: Vec::new(), counted: BTreeMap::new() });
static TESTS: Mutex<()> = Mutex::new(());

/// Keeps other tests away, and begins with nothing.
pub fn alone() -> MutexGuard<'static, ()> {
    static LOADED: Once = Once::new();
    let alone = TESTS.lock().unwrap_or_else(PoisonError::into_inner);
    LOADED.call_once(|| {
        hooks::envoy_dynamic_module_on_program_init();
    });
    *envoy() = Envoy::default();
    alone
}

pub fn envoy() -> MutexGuard<'static, Envoy> {
    ENVOY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The log's lines.
pub fn log() -> Vec<String> {
    envoy().log.drain(..).map(|(_, line)| line).collect()
}

/// A configuration with this policy; null if it is refused.
pub fn configure(policy: &str) -> ModulePtr {
    let buffer =
        |text: &str| EnvoyBuffer { ptr: text.as_ptr().cast::<c_char>(), length: text.len() };
    let envoy = std::ptr::dangling_mut::<c_void>();
    hooks::envoy_dynamic_module_on_http_filter_config_new(envoy, buffer("gate"), buffer(policy))
}

pub fn stream_of<'s>(envoy: EnvoyPtr) -> &'s Stream {
    stream(envoy)
}

pub fn bytes_of<'b>(buffer: ModuleBuffer) -> &'b [u8] {
    bytes(buffer)
}

pub fn header_of(header: HttpHeader) -> (String, String) {
    let name = ModuleBuffer { ptr: header.key_ptr, length: header.key_length };
    let value = ModuleBuffer { ptr: header.value_ptr, length: header.value_length };
    (text(name), text(value))
}

fn stream<'s>(stream: EnvoyPtr) -> &'s Stream {
    assert!(!stream.is_null(), "a call for a stream that has ended");
    // SAFETY: a test keeps its stream until the end.
    let stream = unsafe { &*stream.cast::<Stream>() };
    assert!(stream.module.get().is_some(), "a call for a stream that has ended");
    stream
}

fn bytes<'b>(buffer: ModuleBuffer) -> &'b [u8] {
    assert!(!buffer.ptr.is_null());
    // SAFETY: the module's text lives until the call returns.
    unsafe { std::slice::from_raw_parts(buffer.ptr.cast::<u8>(), buffer.length) }
}

fn text(buffer: ModuleBuffer) -> String {
    String::from_utf8_lossy(bytes(buffer)).into_owned()
}

fn texts(buffers: *const ModuleBuffer, count: usize) -> Vec<String> {
    // SAFETY: the module says that there are so many.
    (0..count).map(|place| text(unsafe { *buffers.add(place) })).collect()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_log(level: u32, message: ModuleBuffer) {
    envoy().log.push((level, text(message)));
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_get_headers_size(
    filter: EnvoyPtr,
    map: u32,
) -> usize {
    stream(filter).maps[map as usize].borrow().texts.len()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_get_headers(
    filter: EnvoyPtr,
    map: u32,
    headers: *mut HttpHeader,
) -> bool {
    for (place, (name, value)) in
        stream(filter).maps[map as usize].borrow().texts.iter().enumerate()
    {
        let header = HttpHeader {
            key_ptr: name.as_ptr().cast(),
            key_length: name.len(),
            value_ptr: value.as_ptr().cast(),
            value_length: value.len(),
        };
        // SAFETY: the module has made room for as many as it was told.
        unsafe { *headers.add(place) = header };
    }
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_set_header(
    filter: EnvoyPtr,
    map: u32,
    key: ModuleBuffer,
    value: ModuleBuffer,
) -> bool {
    let stream = stream(filter);
    let value = (!value.ptr.is_null()).then(|| bytes(value));
    stream.maps[map as usize].borrow_mut().set(bytes(key), value);
    stream.forget();
    !stream.refuses_edits.get()
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_clear_route_cache(filter: EnvoyPtr) {
    let stream = stream(filter);
    stream.routed.set(stream.routed.get() + 1);
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_send_response(
    filter: EnvoyPtr,
    status: u32,
    headers: *mut HttpHeader,
    count: usize,
    body: ModuleBuffer,
    details: ModuleBuffer,
) {
    let stream = stream(filter);
    let headers = (0..count).map(|place| {
        // SAFETY: the module says that there are so many.
        header_of(unsafe { *headers.add(place) })
    });
    let reply =
        Reply { status, headers: headers.collect(), body: text(body), details: text(details) };
    stream.replies.borrow_mut().push(reply);
    // The answer goes through the module, and its stream ends, before this returns.
    if stream.ends_at_once.get() {
        assert_eq!(stream.hook(Part::Response), 0);
        stream.end();
    }
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_get_downstream_direct_remote_address(
    filter: EnvoyPtr,
    result: *mut EnvoyBuffer,
) -> bool {
    let stream = stream(filter);
    match &*stream.peer.borrow() {
        Some(peer) => stream.hand_over(peer.as_bytes(), result),
        None => return false,
    }
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_get_attribute_string(
    filter: EnvoyPtr,
    attribute: u32,
    result: *mut EnvoyBuffer,
) -> bool {
    let value = match attribute {
        33 => "CN=client",
        35 => "client.example",
        37 => "spiffe://example/client",
        _ => return false,
    };
    stream(filter).hand_over(value.as_bytes(), result);
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_get_attribute_bool(
    filter: EnvoyPtr,
    attribute: u32,
    result: *mut bool,
) -> bool {
    // SAFETY: the module gives a variable of its own.
    unsafe { *result = attribute == 29 && stream(filter).certificate.get() };
    true
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_set_filter_state_bytes(
    filter: EnvoyPtr,
    key: ModuleBuffer,
    value: ModuleBuffer,
) -> bool {
    stream(filter).state.borrow_mut().insert(text(key), text(value));
    true
}

fn define(name: ModuleBuffer, labels: *mut ModuleBuffer, count: usize, id: *mut usize) -> u32 {
    let metrics = &mut envoy().metrics;
    // SAFETY: the module gives a variable of its own.
    unsafe { *id = metrics.len() };
    metrics.push((text(name), texts(labels, count)));
    0
}

fn change(id: usize, values: *mut ModuleBuffer, count: usize) -> (String, u32) {
    let envoy = envoy();
    let (name, labels) = &envoy.metrics[id];
    let values = texts(values, count);
    let fits = values.len() == labels.len();
    let labels = labels.iter().zip(&values).map(|(label, value)| format!(" {label}={value}"));
    (labels.fold(name.clone(), |all, label| all + &label), if fits { 0 } else { 2 })
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_define_counter(
    _: EnvoyPtr,
    name: ModuleBuffer,
    labels: *mut ModuleBuffer,
    count: usize,
    id: *mut usize,
) -> u32 {
    define(name, labels, count, id)
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_define_gauge(
    _: EnvoyPtr,
    name: ModuleBuffer,
    labels: *mut ModuleBuffer,
    count: usize,
    id: *mut usize,
) -> u32 {
    define(name, labels, count, id)
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_set_gauge(
    _: EnvoyPtr,
    id: usize,
    values: *mut ModuleBuffer,
    count: usize,
    value: u64,
) -> u32 {
    let (name, result) = change(id, values, count);
    envoy().counted.insert(name, value);
    result
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_increment_counter(
    filter: EnvoyPtr,
    id: usize,
    values: *mut ModuleBuffer,
    count: usize,
    value: u64,
) -> u32 {
    stream(filter);
    let (name, result) = change(id, values, count);
    *envoy().counted.entry(name).or_default() += value;
    result
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_increment_counter(
    _: EnvoyPtr,
    id: usize,
    values: *mut ModuleBuffer,
    count: usize,
    value: u64,
) -> u32 {
    let (name, result) = change(id, values, count);
    *envoy().counted.entry(name).or_default() += value;
    result
}
