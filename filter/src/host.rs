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

/// The plugin configuration; empty if there is none.
pub fn configuration() -> Vec<u8> {
    let configuration = hostcalls::get_buffer(BufferType::PluginConfiguration, 0, usize::MAX);
    configuration.ok().flatten().unwrap_or_default()
}

/// A variable that the host hands over (`host_env_keys`), as it is.
pub fn variable(name: &str) -> Option<Vec<u8>> {
    std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes)
}

/// Reads the whole map in one call: duplicates included, values as bytes. Without a map, returns
/// bytes that [`headers`] refuses.
pub fn read(map: Map) -> Bytes {
    wicketgate_header_map::read(map.kind() as u32).unwrap_or_else(|| vec![0])
}

/// A map in the form that the policy reads, without copying it; `None` if the bytes are no map.
pub fn headers(map: &[u8]) -> Option<Vec<Header<'_>>> {
    wicketgate_header_map::headers(map, |name, value| Header { name, value })
}

/// The other end of the connection, which Envoy itself writes into filter state (`set_filter_state`
/// with `%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%`). Not `source.address`, because without
/// `use_remote_address` that comes from the client's `x-forwarded-for`.
pub fn peer() -> Option<Bytes> {
    hostcalls::get_property(vec!["filter_state", "wicketgate.peer"]).ok().flatten()
}

/// The time, in milliseconds.
pub fn now() -> Time {
    let since =
        hostcalls::get_current_time().ok().and_then(|now| now.duration_since(UNIX_EPOCH).ok());
    let millis = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    // If the clock can't be read, use a time that no decision believes.
    Time::from_unix_millis(millis.unwrap_or(0))
}

/// Applies changes to a map.
pub fn edit(map: Map, edits: &[Edit<'_>]) {
    for edit in edits {
        // On any status but success the SDK panics, which ends the stream. So an edit is never
        // silently lost.
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

/// Answers in place of the origin. The caller must pause the stream as well: if the reply fails,
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

/// Makes a value readable for access logs: `%FILTER_STATE(wasm.<name>:PLAIN)%`.
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

/// Stores a value in the workers' shared data, under a key of this plugin's own, and returns the
/// old one.
pub fn swap_shared(key: &str, value: &str) -> Option<String> {
    let plugin = hostcalls::get_property(vec!["plugin_name"]).ok().flatten().unwrap_or_default();
    let key = format!("{key}.{}", String::from_utf8_lossy(&plugin));
    let before = hostcalls::get_shared_data(&key).ok().and_then(|(before, _)| before);
    // This needs no compare-and-swap, because every worker writes the same value.
    let _ = hostcalls::set_shared_data(&key, Some(value.as_bytes()), None);
    before.and_then(|before| String::from_utf8(before).ok())
}

/// Sets a gauge.
pub fn gauge(name: &str, value: u64) {
    if let Ok(gauge) = hostcalls::define_metric(MetricType::Gauge, name) {
        let _ = hostcalls::record_metric(gauge, value);
    }
}
