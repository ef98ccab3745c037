//! Envoy's ABI for dynamic modules, as far as this module uses it.
//!
//! Each declaration names the header's: `source/extensions/dynamic_modules/abi/abi.h` in Envoy's
//! repository. There a name has the prefix `envoy_dynamic_module_type_` or
//! `envoy_dynamic_module_callback_`, which the types leave out here.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;

/// `ENVOY_DYNAMIC_MODULES_ABI_VERSION` of Envoy 1.40, for which these declarations were made.
pub const VERSION: &CStr = c"v0.2.0";

/// `http_filter_config_envoy_ptr`, `http_filter_envoy_ptr`: an object of Envoy's.
pub type EnvoyPtr = *mut c_void;

/// `http_filter_config_module_ptr`, `http_filter_module_ptr`: an object of this module's.
pub type ModulePtr = *const c_void;

/// `envoy_buffer`: bytes of Envoy's.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct EnvoyBuffer {
    /// `ptr`
    pub ptr: *const c_char,
    /// `length`
    pub length: usize,
}

/// `module_buffer`: bytes of this module's.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ModuleBuffer {
    /// `ptr`
    pub ptr: *const c_char,
    /// `length`
    pub length: usize,
}

/// `envoy_http_header`, and `module_http_header`, which has the same fields.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HttpHeader {
    /// `key_ptr`
    pub key_ptr: *const c_char,
    /// `key_length`
    pub key_length: usize,
    /// `value_ptr`
    pub value_ptr: *const c_char,
    /// `value_length`
    pub value_length: usize,
}

impl HttpHeader {
    /// An empty place for one of Envoy's.
    pub const NONE: Self =
        Self { key_ptr: null(), key_length: 0, value_ptr: null(), value_length: 0 };
}

/// `http_header_type_RequestHeader`
pub const REQUEST_HEADER: u32 = 0;
/// `http_header_type_RequestTrailer`
pub const REQUEST_TRAILER: u32 = 1;
/// `http_header_type_ResponseHeader`
pub const RESPONSE_HEADER: u32 = 2;

/// `log_level_Info`
pub const LOG_INFO: u32 = 2;
/// `log_level_Warn`
pub const LOG_WARN: u32 = 3;
/// `log_level_Error`
pub const LOG_ERROR: u32 = 4;

/// `metrics_result_Success`
pub const METRICS_SUCCESS: u32 = 0;

/// `attribute_id_ConnectionMtls`
pub const CONNECTION_MTLS: u32 = 29;
/// `attribute_id_ConnectionSubjectPeerCertificate`
pub const SUBJECT_PEER_CERTIFICATE: u32 = 33;
/// `attribute_id_ConnectionDnsSanPeerCertificate`
pub const DNS_SAN_PEER_CERTIFICATE: u32 = 35;
/// `attribute_id_ConnectionUriSanPeerCertificate`
pub const URI_SAN_PEER_CERTIFICATE: u32 = 37;

/// `on_http_filter_request_headers_status_Continue`, and that of every other hook.
pub const CONTINUE: u32 = 0;
/// `on_http_filter_request_headers_status_StopAllIterationAndWatermark`, and that of the response's
/// headers: neither body nor trailers come before the request goes on.
pub const STOP_ALL: u32 = 4;
/// `on_http_filter_request_body_status_StopIterationAndWatermark`
pub const STOP_BODY: u32 = 2;
/// `on_http_filter_request_trailers_status_StopIteration`
pub const STOP_TRAILERS: u32 = 1;

/// `http_callout_init_result_Success`, and `http_callout_result_Success`
pub const CALLOUT_SUCCESS: u32 = 0;
/// `http_callout_result_ExceedResponseBufferLimit`
pub const CALLOUT_TOO_LARGE: u32 = 2;

// What Envoy offers. None of these functions keeps a pointer that it is given.
#[expect(missing_docs, reason = "the header says what each does")]
unsafe extern "C" {
    pub fn envoy_dynamic_module_callback_log(level: u32, message: ModuleBuffer);

    pub fn envoy_dynamic_module_callback_http_get_headers_size(filter: EnvoyPtr, map: u32)
    -> usize;
    pub fn envoy_dynamic_module_callback_http_get_headers(
        filter: EnvoyPtr,
        map: u32,
        headers: *mut HttpHeader,
    ) -> bool;
    pub fn envoy_dynamic_module_callback_http_set_header(
        filter: EnvoyPtr,
        map: u32,
        key: ModuleBuffer,
        value: ModuleBuffer,
    ) -> bool;
    pub fn envoy_dynamic_module_callback_http_clear_route_cache(filter: EnvoyPtr);
    pub fn envoy_dynamic_module_callback_http_send_response(
        filter: EnvoyPtr,
        status: u32,
        headers: *mut HttpHeader,
        headers_size: usize,
        body: ModuleBuffer,
        details: ModuleBuffer,
    );

    pub fn envoy_dynamic_module_callback_http_get_downstream_direct_remote_address(
        filter: EnvoyPtr,
        result: *mut EnvoyBuffer,
    ) -> bool;
    pub fn envoy_dynamic_module_callback_http_filter_get_attribute_string(
        filter: EnvoyPtr,
        attribute: u32,
        result: *mut EnvoyBuffer,
    ) -> bool;
    pub fn envoy_dynamic_module_callback_http_filter_get_attribute_bool(
        filter: EnvoyPtr,
        attribute: u32,
        result: *mut bool,
    ) -> bool;
    pub fn envoy_dynamic_module_callback_http_set_filter_state_bytes(
        filter: EnvoyPtr,
        key: ModuleBuffer,
        value: ModuleBuffer,
    ) -> bool;

    pub fn envoy_dynamic_module_callback_http_filter_config_define_counter(
        config: EnvoyPtr,
        name: ModuleBuffer,
        label_names: *mut ModuleBuffer,
        label_names_length: usize,
        id: *mut usize,
    ) -> u32;
    pub fn envoy_dynamic_module_callback_http_filter_config_define_gauge(
        config: EnvoyPtr,
        name: ModuleBuffer,
        label_names: *mut ModuleBuffer,
        label_names_length: usize,
        id: *mut usize,
    ) -> u32;
    pub fn envoy_dynamic_module_callback_http_filter_config_set_gauge(
        config: EnvoyPtr,
        id: usize,
        label_values: *mut ModuleBuffer,
        label_values_length: usize,
        value: u64,
    ) -> u32;
    pub fn envoy_dynamic_module_callback_http_filter_config_increment_counter(
        config: EnvoyPtr,
        id: usize,
        label_values: *mut ModuleBuffer,
        label_values_length: usize,
        value: u64,
    ) -> u32;
    pub fn envoy_dynamic_module_callback_http_filter_increment_counter(
        filter: EnvoyPtr,
        id: usize,
        label_values: *mut ModuleBuffer,
        label_values_length: usize,
        value: u64,
    ) -> u32;

    pub fn envoy_dynamic_module_callback_http_filter_continue_decoding(filter: EnvoyPtr);
    pub fn envoy_dynamic_module_callback_http_filter_scheduler_new(filter: EnvoyPtr) -> EnvoyPtr;
    pub fn envoy_dynamic_module_callback_http_filter_scheduler_commit(
        scheduler: EnvoyPtr,
        event: u64,
    );
    pub fn envoy_dynamic_module_callback_http_filter_scheduler_delete(scheduler: EnvoyPtr);
    pub fn envoy_dynamic_module_callback_http_filter_config_scheduler_new(
        config: EnvoyPtr,
    ) -> EnvoyPtr;
    pub fn envoy_dynamic_module_callback_http_filter_config_scheduler_commit(
        scheduler: EnvoyPtr,
        event: u64,
    );
    pub fn envoy_dynamic_module_callback_http_filter_config_scheduler_delete(scheduler: EnvoyPtr);
    pub fn envoy_dynamic_module_callback_http_filter_config_http_callout(
        config: EnvoyPtr,
        callout: *mut u64,
        cluster: ModuleBuffer,
        headers: *mut HttpHeader,
        headers_size: usize,
        body: ModuleBuffer,
        timeout_milliseconds: u64,
    ) -> u32;
}
