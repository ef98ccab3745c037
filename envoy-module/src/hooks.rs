//! What Envoy calls: one function for each event hook of the header, under its whole name.
//!
//! Each hook with something to do is guarded: a panic ends in it.

use crate::abi::{
    CONTINUE, EnvoyBuffer, EnvoyPtr, HttpHeader, ModulePtr, STOP_ALL, STOP_BODY, STOP_TRAILERS,
};
use crate::callout::Answer;
use crate::config::Config;
use crate::filter::{Filter, Part};
use crate::guard::{self, guarded};
use crate::logging;
use crate::{bytes, version};
use std::ffi::c_char;
use std::mem::ManuallyDrop;
use std::ptr::null;
use std::sync::Arc;
use wicketgate_driver::Next;

/// Says which ABI the module was made for; null if Envoy has another, and then the module is not
/// loaded.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_program_init() -> *const c_char {
    let init = || {
        guard::install();
        // Fails if it is there already, which is as good.
        let _ = log::set_logger(&logging::Logger);
        log::set_max_level(log::LevelFilter::Info);
        version::check()
    };
    match guarded(init) {
        Some(Ok(())) => version::own().as_ptr(),
        Some(Err(fault)) => {
            let _ = guarded(|| logging::error(&format!("the module is not loaded: {fault}")));
            null()
        }
        None => null(),
    }
}

/// Makes a configuration; null if its policy has a fault, and then Envoy refuses it.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
    config: EnvoyPtr,
    _name: EnvoyBuffer,
    policy: EnvoyBuffer,
) -> ModulePtr {
    let made = guarded(|| {
        // SAFETY: Envoy hands it over with this call.
        let policy = unsafe { bytes::copy(policy) };
        Config::new(config, &policy)
    });
    match made {
        Some(config) => config.map_or(null(), |config| Arc::into_raw(config).cast()),
        None => {
            let place = guard::place();
            let _ = guarded(|| logging::error(&format!("the gate panicked at {place}")));
            null()
        }
    }
}

/// Drops a configuration.
///
/// # Safety
/// `config` must be from `config_new`, and not be dropped yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_destroy(config: ModulePtr) {
    guarded(|| {
        // SAFETY: it is from `config_new`, and Envoy gives its reference back.
        let config = unsafe { Arc::from_raw(config.cast::<Config>()) };
        config.leave();
    });
}

/// Begins a stream.
///
/// # Safety
/// `config` must be from `config_new`, and not be dropped yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_new(
    config: ModulePtr,
    filter: EnvoyPtr,
) -> ModulePtr {
    let begun = guarded(|| {
        // SAFETY: it is from `config_new`, and stays Envoy's: the reference is not given back here.
        let config = ManuallyDrop::new(unsafe { Arc::from_raw(config.cast::<Config>()) });
        Filter::new(&config, filter).into_ptr()
    });
    begun.unwrap_or(null())
}

/// Judges a part of a stream; `held` if the hook can't.
///
/// # Safety
/// `filter` must be from `filter_new`, and not be destroyed yet.
unsafe fn judge(filter: ModulePtr, part: Part, held: u32) -> u32 {
    let next = guarded(|| {
        // SAFETY: the caller says what this asks.
        unsafe { Filter::hold(filter) }.judge(part)
    });
    match next {
        Some(Next::Continue) => CONTINUE,
        Some(Next::Pause) | None => held,
    }
}

/// Judges the request.
///
/// # Safety
/// `filter` must be from `filter_new`, and not be destroyed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_request_headers(
    _envoy: EnvoyPtr,
    filter: ModulePtr,
    _end: bool,
) -> u32 {
    // SAFETY: Envoy's promise is what this asks.
    unsafe { judge(filter, Part::Request, STOP_ALL) }
}

/// Holds the body while the request is held.
///
/// # Safety
/// `filter` must be from `filter_new`, and not be destroyed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_request_body(
    _envoy: EnvoyPtr,
    filter: ModulePtr,
    _end: bool,
) -> u32 {
    // SAFETY: Envoy's promise is what this asks.
    unsafe { judge(filter, Part::Body, STOP_BODY) }
}

/// Cleans the request's trailers, and holds them while the request is held.
///
/// # Safety
/// `filter` must be from `filter_new`, and not be destroyed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_request_trailers(
    _envoy: EnvoyPtr,
    filter: ModulePtr,
) -> u32 {
    // SAFETY: Envoy's promise is what this asks.
    unsafe { judge(filter, Part::Trailers, STOP_TRAILERS) }
}

/// Judges the response.
///
/// # Safety
/// `filter` must be from `filter_new`, and not be destroyed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_response_headers(
    _envoy: EnvoyPtr,
    filter: ModulePtr,
    _end: bool,
) -> u32 {
    // SAFETY: Envoy's promise is what this asks.
    unsafe { judge(filter, Part::Response, STOP_ALL) }
}

/// Ends a stream.
///
/// # Safety
/// `filter` must be from `filter_new`, and not be destroyed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_destroy(filter: ModulePtr) {
    guarded(|| {
        // SAFETY: Envoy's promise is what this asks.
        unsafe { Filter::end(filter) }
    });
}

/// Leaves the response's body as it is.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_response_body(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
    _end: bool,
) -> u32 {
    CONTINUE
}

/// Leaves the response's trailers as they are.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_response_trailers(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
) -> u32 {
    CONTINUE
}

/// Nothing to do: a stream ends with `destroy`.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_stream_complete(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
) {
}

/// Has a stream that waits look at the keys.
///
/// # Safety
/// `filter` must be from `filter_new`, and not be destroyed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_scheduled(
    _envoy: EnvoyPtr,
    filter: ModulePtr,
    _event: u64,
) {
    guarded(|| {
        // SAFETY: Envoy's promise is what this asks.
        unsafe { Filter::hold(filter) }.wake();
    });
}

/// Calls for a configuration; a panic is told, and the configuration stays as it is.
///
/// # Safety
/// `config` must be from `config_new`, and not be dropped yet.
unsafe fn with_config(config: ModulePtr, call: impl FnOnce(&Arc<Config>)) {
    let called = guarded(|| {
        // SAFETY: it is from `config_new`, and stays Envoy's: the reference is not given back here.
        let config = ManuallyDrop::new(unsafe { Arc::from_raw(config.cast::<Config>()) });
        call(&config);
    });
    if called.is_none() {
        let place = guard::place();
        let _ = guarded(|| logging::error(&format!("the gate panicked at {place}")));
    }
}

/// Fetches keys, on the main thread.
///
/// # Safety
/// `config` must be from `config_new`, and not be dropped yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_scheduled(
    _envoy: EnvoyPtr,
    config: ModulePtr,
    _event: u64,
) {
    // SAFETY: Envoy's promise is what this asks.
    unsafe { with_config(config, Config::fetch) };
}

/// Takes the answer to a fetch of keys, on the main thread.
///
/// # Safety
/// `config` must be from `config_new`, and not be dropped yet; `headers` and `body` must be what
/// Envoy hands over with this call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn envoy_dynamic_module_on_http_filter_config_http_callout_done(
    _envoy: EnvoyPtr,
    config: ModulePtr,
    callout: u64,
    result: u32,
    headers: *const HttpHeader,
    headers_size: usize,
    body: *const EnvoyBuffer,
    body_size: usize,
) {
    let take = |config: &Arc<Config>| {
        // SAFETY: Envoy hands them over with this call.
        let answer = unsafe { Answer::copy(result, (headers, headers_size), (body, body_size)) };
        if let Ok(number) = u32::try_from(callout) {
            config.fetched(number, &answer.fetched());
        }
    };
    // SAFETY: Envoy's promise is what this asks.
    unsafe { with_config(config, take) };
}

// Hooks of what this module does not use, which Envoy wants all the same.

/// Nothing to do: no stream calls anybody.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_http_callout_done(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
    _callout: u64,
    _result: u32,
    _headers: *const HttpHeader,
    _headers_size: usize,
    _body: *const EnvoyBuffer,
    _body_size: usize,
) {
}

/// Nothing to do: no stream calls anybody.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_headers(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
    _stream: u64,
    _headers: *const HttpHeader,
    _headers_size: usize,
    _end: bool,
) {
}

/// Nothing to do: no stream calls anybody.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_data(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
    _stream: u64,
    _data: *const EnvoyBuffer,
    _data_size: usize,
    _end: bool,
) {
}

/// Nothing to do: no stream calls anybody.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_trailers(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
    _stream: u64,
    _trailers: *const HttpHeader,
    _trailers_size: usize,
) {
}

/// Nothing to do: no stream calls anybody.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_complete(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
    _stream: u64,
) {
}

/// Nothing to do: no stream calls anybody.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_http_stream_reset(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
    _stream: u64,
    _reason: u32,
) {
}

/// Nothing to do: the gate sends no bodies of its own beyond an answer.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
) {
}

/// Nothing to do: the gate sends no bodies of its own beyond an answer.
#[unsafe(no_mangle)]
pub extern "C" fn envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark(
    _envoy: EnvoyPtr,
    _filter: ModulePtr,
) {
}
