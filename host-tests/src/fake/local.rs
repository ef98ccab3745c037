//! Envoy's treatment of an answer by the module, and its knowledge of a request.

use std::collections::BTreeMap;

use super::exchange::Answer;
use super::headers::Headers;
use super::request::{Request, Response};
use super::state::LocalReply;

/// An answer by the module, as it sets out on its way through the filters.
pub(super) fn response(reply: &LocalReply, request: &Request) -> Response {
    let mut headers = Headers::new();
    if is_grpc(request) {
        // A gRPC client reads the status from a header of its own, under a 200.
        headers.add(":status", "200");
        headers.add("content-type", "application/grpc");
        headers.add("grpc-status", grpc_status(reply.status).to_string());
        headers.add("grpc-message", &reply.body);
        return Response { headers, body: Vec::new(), trailers: None };
    }
    headers.add(":status", reply.status.to_string());
    for (name, value) in reply.headers.iter() {
        headers.add(name, value);
    }
    headers.set("content-length", reply.body.len().to_string());
    if !reply.body.is_empty() && !headers.has("content-type") {
        headers.add("content-type", "text/plain");
    }
    Response { headers, body: reply.body.clone(), trailers: None }
}

/// A response as it reaches the client.
pub(super) fn answer(response: Response, request: &Request) -> Answer {
    let Response { headers, mut body, trailers } = response;
    if request.headers.first(":method") == Some(b"HEAD") {
        body.clear();
    }
    let status = headers.text(":status").and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, headers, body, trailers }
}

/// The answer where the module trapped.
pub(super) fn failed() -> Answer {
    let headers = [(":status", "503")].into_iter().collect();
    Answer { status: 503, headers, body: Vec::new(), trailers: None }
}

/// The properties that `proxy_get_property` finds for a request, with zeros between the segments.
pub(super) fn properties(request: &Request) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut properties = BTreeMap::new();
    let mut put = |path: &str, value: &[u8]| {
        properties.insert(path.replace('.', "\0").into_bytes(), value.to_vec());
    };
    // Without `use_remote_address`, Envoy takes the client's word for its address.
    let forwarded = request.headers.first("x-forwarded-for").and_then(|value| {
        let last = value.rsplit(|byte| *byte == b',').next()?.trim_ascii();
        std::str::from_utf8(last).ok().map(|last| format!("{last}:0"))
    });
    if let Some(source) = forwarded.or_else(|| request.peer.clone()) {
        put("source.address", source.as_bytes());
    }
    for (path, name) in [
        ("request.path", ":path"),
        ("request.method", ":method"),
        ("request.host", ":authority"),
        ("request.scheme", ":scheme"),
        ("request.id", "x-request-id"),
    ] {
        if let Some(value) = request.headers.first(name) {
            put(path, value);
        }
    }
    put("plugin_name", b"wicketgate");
    put("plugin_root_id", b"");
    properties
}

/// The values that earlier filters left in the filter state.
pub(super) fn filter_state(request: &Request) -> BTreeMap<String, Vec<u8>> {
    let peer = request.peer.iter();
    peer.map(|peer| ("wicketgate.peer".to_owned(), peer.clone().into_bytes())).collect()
}

fn is_grpc(request: &Request) -> bool {
    request.headers.first("content-type").is_some_and(|value| {
        value.strip_prefix(b"application/grpc").is_some_and(|rest| matches!(rest, [] | [b'+', ..]))
    })
}

fn grpc_status(status: u32) -> u32 {
    match status {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502 | 503 | 504 => 14,
        _ => 2,
    }
}
