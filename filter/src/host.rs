//! Every call to the host, in one place.

pub mod identity;

use proxy_wasm::hostcalls;
use proxy_wasm::types::{BufferType, Bytes, LogLevel, MapType, MetricType};
use std::time::UNIX_EPOCH;
use wicketgate_policy::{Answer, Edit, Header, Time};

/// A header map of the stream.
#[derive(Clone, Copy)]
pub enum Map {
    Request,
    RequestTrailers,
    Response,
}

impl Map {
    const fn kind(self) -> MapType {
        match self {
            Self::Request => MapType::HttpRequestHeaders,
            Self::RequestTrailers => MapType::HttpRequestTrailers,
            Self::Response => MapType::HttpResponseHeaders,
        }
    }
}

/// The plugin configuration; empty where there is none.
pub fn configuration() -> Vec<u8> {
    let configuration = hostcalls::get_buffer(BufferType::PluginConfiguration, 0, usize::MAX);
    configuration.ok().flatten().unwrap_or_default()
}

/// A variable that the host hands over (`host_env_keys`), as it is.
pub fn variable(name: &str) -> Option<Vec<u8>> {
    std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes)
}

/// The whole map in one call: duplicates included, values as bytes. Where there is none, what
/// [`headers`] does not take for one.
pub fn read(map: Map) -> Bytes {
    wicketgate_header_map::read(map.kind() as u32).unwrap_or_else(|| vec![0])
}

/// A map as the policy reads it, where it lies; `None` where it is none.
pub fn headers(map: &[u8]) -> Option<Vec<Header<'_>>> {
    wicketgate_header_map::headers(map, |name, value| Header { name, value })
}

/// The other end of the connection, written by Envoy itself into filter state
/// (`set_filter_state` with `%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%`). Not `source.address`: without
/// `use_remote_address` that is what the client's `x-forwarded-for` says.
pub fn peer() -> Option<Bytes> {
    hostcalls::get_property(vec!["filter_state", "wicketgate.peer"]).ok().flatten()
}

/// The time, in milliseconds.
pub fn now() -> Time {
    let since =
        hostcalls::get_current_time().ok().and_then(|now| now.duration_since(UNIX_EPOCH).ok());
    let millis = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    // A clock that can't be read is one that can't be believed.
    Time::from_unix_millis(millis.unwrap_or(0))
}

/// Applies changes to a map.
pub fn edit(map: Map, edits: &[Edit<'_>]) {
    for edit in edits {
        // The one status these calls can return beside success is a panic of the SDK's, which
        // ends the stream: an edit is never silently lost.
        match edit {
            Edit::Remove(name) => {
                let name = String::from_utf8_lossy(name);
                let _ = hostcalls::remove_map_value(map.kind(), &name);
            }
            Edit::Set(name, value) => {
                let _ = hostcalls::set_map_value_bytes(
                    map.kind(),
                    name.as_str(),
                    Some(value.as_bytes()),
                );
            }
        }
    }
}

/// Answers in place of the origin. The caller pauses the stream as well: where the reply failed,
/// going on would forward the request.
pub fn reply(answer: &Answer) {
    let headers =
        answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let _ = hostcalls::send_http_response(answer.status.into(), headers, Some(&answer.body));
}

/// Writes to the host's log.
pub fn log(level: LogLevel, line: &str) {
    let _ = hostcalls::log(level, line);
}

/// Makes a value readable to access logs: `%FILTER_STATE(wasm.<name>:PLAIN)%`.
pub fn expose(name: &str, value: &str) {
    if !value.is_empty() {
        let _ = hostcalls::set_property(vec![name], Some(value.as_bytes()));
    }
}

/// The id of a counter.
pub fn counter(name: &str) -> Option<u32> {
    hostcalls::define_metric(MetricType::Counter, name).ok()
}

/// Adds one to a counter.
pub fn increment(counter: u32) {
    let _ = hostcalls::increment_metric(counter, 1);
}

/// Puts a value into what the workers share, under a key of this plugin's own, and returns the one
/// that was there.
pub fn swap_shared(key: &str, value: &str) -> Option<String> {
    let plugin = hostcalls::get_property(vec!["plugin_name"]).ok().flatten().unwrap_or_default();
    let key = format!("{key}.{}", String::from_utf8_lossy(&plugin));
    let before = hostcalls::get_shared_data(&key).ok().and_then(|(before, _)| before);
    // No compare-and-swap: every worker writes the same value.
    let _ = hostcalls::set_shared_data(&key, Some(value.as_bytes()), None);
    before.and_then(|before| String::from_utf8(before).ok())
}

/// Sets a gauge.
pub fn gauge(name: &str, value: u64) {
    if let Ok(gauge) = hostcalls::define_metric(MetricType::Gauge, name) {
        let _ = hostcalls::record_metric(gauge, value);
    }
}
