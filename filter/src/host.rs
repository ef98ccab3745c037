//! The proxy: every call to the host, in one place.

pub mod identity;
pub mod logger;

pub use identity::fetched;

use proxy_wasm::hostcalls;
use proxy_wasm::types::{BufferType, MapType, MetricType};
use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};
use wicketgate_driver::{CertificateNames, Host, Map};
use wicketgate_policy::jwt::{Ask, SignatureCheck};
use wicketgate_policy::{Answer, Edit, Header, Time};

/// The plugin configuration; empty if there is none.
pub fn configuration() -> Vec<u8> {
    let configuration = hostcalls::get_buffer(BufferType::PluginConfiguration, 0, usize::MAX);
    configuration.ok().flatten().unwrap_or_default()
}

/// A variable that the host hands over (`host_env_keys`), as it is.
pub fn variable(name: &str) -> Option<Vec<u8>> {
    std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes)
}

/// The proxy that runs this module.
#[derive(Clone, Copy)]
pub struct Proxy;

impl Host for Proxy {
    /// Reads the whole map in one call: duplicates included, values as bytes, without copying them.
    fn headers<T>(&self, map: Map, then: impl FnOnce(Option<&[Header<'_>]>) -> T) -> T {
        // Without a map there is nothing that could be read.
        let bytes = wicketgate_header_map::read(kind(map) as u32).unwrap_or_else(|| vec![0]);
        let headers = wicketgate_header_map::headers(&bytes, |name, value| Header { name, value });
        then(headers.as_deref())
    }

    fn edit(&self, map: Map, edits: &[Edit<'_>]) {
        for edit in edits {
            // On any status but success the SDK panics, which ends the stream. So an edit is never
            // silently lost.
            match edit {
                Edit::Remove(name) => {
                    // The search for what to replace costs four times this check.
                    let name = std::str::from_utf8(name)
                        .map_or_else(|_| String::from_utf8_lossy(name), Cow::Borrowed);
                    let _ = hostcalls::remove_map_value(kind(map), &name);
                }
                Edit::Set(name, value) => {
                    let value = Some(value.as_bytes());
                    let _ = hostcalls::set_map_value_bytes(kind(map), name.as_str(), value);
                }
            }
        }
    }

    /// The caller must pause the stream as well: if the reply fails, going on would forward the
    /// request.
    fn reply(&self, answer: &Answer) {
        let headers =
            answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let _ = hostcalls::send_http_response(answer.status.into(), headers, Some(&answer.body));
    }

    /// In access logs: `%FILTER_STATE(wasm.<name>:PLAIN)%`.
    fn expose(&self, name: &str, value: &str) {
        let _ = hostcalls::set_property(vec![name], Some(value.as_bytes()));
    }

    /// Envoy itself writes it into filter state (`set_filter_state` with
    /// `%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%`). Not `source.address`, because without
    /// `use_remote_address` that comes from the client's `x-forwarded-for`.
    fn peer(&self) -> Option<Vec<u8>> {
        wicketgate_header_map::property(b"filter_state\0wicketgate.peer")
    }

    fn now(&self) -> Time {
        let since =
            hostcalls::get_current_time().ok().and_then(|now| now.duration_since(UNIX_EPOCH).ok());
        // `as_millis` would divide a number of 128 bits.
        let millis = since.and_then(|since| {
            let seconds = i64::try_from(since.as_secs()).ok()?;
            seconds.checked_mul(1_000)?.checked_add(since.subsec_millis().into())
        });
        Time::from_unix_millis(millis.unwrap_or(0))
    }

    fn certificate(&self) -> Option<CertificateNames> {
        identity::certificate()
    }

    fn verify_signature(&self, check: &SignatureCheck<'_>) -> Option<bool> {
        identity::verify_signature(check)
    }

    fn counter(&self, name: &str) -> Option<u32> {
        hostcalls::define_metric(MetricType::Counter, name).ok()
    }

    fn increment(&self, counter: u32) {
        let _ = hostcalls::increment_metric(counter, 1);
    }

    fn gauge(&self, name: &str, value: u64) {
        if let Ok(gauge) = hostcalls::define_metric(MetricType::Gauge, name) {
            let _ = hostcalls::record_metric(gauge, value);
        }
    }

    fn shared(&self, key: &str) -> (Option<Vec<u8>>, Option<u32>) {
        hostcalls::get_shared_data(key).unwrap_or_default()
    }

    fn share(&self, key: &str, value: &[u8], version: Option<u32>) -> bool {
        hostcalls::set_shared_data(key, Some(value), version).is_ok()
    }

    fn swap_shared(&self, key: &str, value: &str) -> Option<String> {
        let plugin =
            hostcalls::get_property(vec!["plugin_name"]).ok().flatten().unwrap_or_default();
        let key = format!("{key}.{}", String::from_utf8_lossy(&plugin));
        let before = self.shared(&key).0;
        // This needs no compare-and-swap, because every worker writes the same value.
        self.share(&key, value.as_bytes(), None);
        before.and_then(|before| String::from_utf8(before).ok())
    }

    fn fetch(&self, ask: &Ask) -> Option<u32> {
        identity::fetch(ask)
    }

    fn tick(&self, every: Duration) {
        let _ = hostcalls::set_tick_period(every);
    }

    fn enter(&self, context: u32) -> bool {
        hostcalls::set_effective_context(context).is_ok()
    }

    fn resume(&self) {
        let _ = hostcalls::resume_http_request();
    }
}

const fn kind(map: Map) -> MapType {
    match map {
        Map::Request => MapType::HttpRequestHeaders,
        Map::RequestTrailers => MapType::HttpRequestTrailers,
        Map::Response => MapType::HttpResponseHeaders,
    }
}
