//! The fake Envoy's part in fetching keys: schedulers, calls to clusters, and going on.

use crate::fake::{Part, Stream, bytes_of, header_of};
use std::sync::{Mutex, MutexGuard, PoisonError};
use wicketgate_envoy_module::abi::{EnvoyBuffer, EnvoyPtr, HttpHeader, ModuleBuffer, ModulePtr};
use wicketgate_envoy_module::hooks;

/// What was scheduled and called, in order.
#[derive(Default)]
pub struct Calls {
    /// How often the main thread was to be woken, and which streams.
    pub main: usize,
    pub streams: Vec<usize>,
    /// The calls to clusters: the cluster, and the headers.
    pub clusters: Vec<(String, Vec<(String, String)>)>,
    /// Schedulers of streams that are not deleted. That of a configuration goes with the last thread
    /// that remembers it, which a test does not wait for.
    pub schedulers: isize,
}

static CALLS: Mutex<Calls> =
    Mutex::new(Calls { main: 0, streams: Vec::new(), clusters: Vec::new(), schedulers: 0 });

pub fn calls() -> MutexGuard<'static, Calls> {
    CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}

const CONFIG: usize = 1;

/// Runs what the main thread was woken for.
pub fn run_main(config: ModulePtr) {
    calls().main = 0;
    let envoy = std::ptr::dangling_mut();
    // SAFETY: the test's configuration lives.
    unsafe { hooks::envoy_dynamic_module_on_http_filter_config_scheduled(envoy, config, 0) };
}

/// Runs what streams were woken for.
pub fn run_streams(streams: &[&Stream]) {
    let woken = std::mem::take(&mut calls().streams);
    for stream in streams {
        if woken.contains(&(stream.ptr() as usize)) {
            stream.wake();
        }
    }
}

/// Answers the call to a cluster with this number, from 1.
pub fn answer(config: ModulePtr, number: u64, status: &str, body: &str) {
    let (name, value) = (":status", status);
    let header = HttpHeader {
        key_ptr: name.as_ptr().cast(),
        key_length: name.len(),
        value_ptr: value.as_ptr().cast(),
        value_length: value.len(),
    };
    // In two parts, as it may come.
    let (first, second) = body.split_at(body.len() / 2);
    let part = |text: &str| EnvoyBuffer { ptr: text.as_ptr().cast(), length: text.len() };
    let parts = [part(first), part(second)];
    let envoy = std::ptr::dangling_mut();
    // SAFETY: the test's configuration lives, and the texts until the call returns.
    unsafe {
        hooks::envoy_dynamic_module_on_http_filter_config_http_callout_done(
            envoy,
            config,
            number,
            0,
            &raw const header,
            1,
            parts.as_ptr(),
            2,
        );
    }
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_scheduler_new(
    _: EnvoyPtr,
) -> EnvoyPtr {
    CONFIG as EnvoyPtr
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_scheduler_commit(
    _: EnvoyPtr,
    _: u64,
) {
    calls().main += 1;
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_scheduler_delete(_: EnvoyPtr) {}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_scheduler_new(
    filter: EnvoyPtr,
) -> EnvoyPtr {
    calls().schedulers += 1;
    filter
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_scheduler_commit(
    scheduler: EnvoyPtr,
    _: u64,
) {
    calls().streams.push(scheduler as usize);
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_scheduler_delete(_: EnvoyPtr) {
    calls().schedulers -= 1;
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_config_http_callout(
    _: EnvoyPtr,
    callout: *mut u64,
    cluster: ModuleBuffer,
    headers: *mut HttpHeader,
    count: usize,
    _: ModuleBuffer,
    _: u64,
) -> u32 {
    let cluster = String::from_utf8_lossy(bytes_of(cluster)).into_owned();
    // SAFETY: the module says that there are so many.
    let headers = (0..count).map(|place| header_of(unsafe { *headers.add(place) })).collect();
    let mut calls = calls();
    calls.clusters.push((cluster, headers));
    // SAFETY: the module gives a variable of its own.
    unsafe { *callout = calls.clusters.len() as u64 };
    0
}

/// Going on calls the module again before it returns, and can end the stream.
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_callback_http_filter_continue_decoding(filter: EnvoyPtr) {
    let stream = crate::fake::stream_of(filter);
    stream.resumed.set(stream.resumed.get() + 1);
    assert_eq!((stream.hook(Part::Body), stream.hook(Part::Trailers)), (0, 0));
    if stream.ends_at_once.get() {
        stream.end();
    }
}
