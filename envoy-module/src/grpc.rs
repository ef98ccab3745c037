//! Answers to gRPC requests. Envoy gives them their form (HTTP 200, no body), and takes the outcome
//! from the module: without a `grpc-status` of the module's it writes 0, which is success.

use crate::abi::{self, EnvoyPtr, HttpHeader, REQUEST_HEADER};
use crate::bytes;

/// Returns `true` if Envoy takes the request for one of gRPC, by its `content-type`
/// (`Grpc::Common::hasGrpcContentType`).
pub fn is_asked(stream: EnvoyPtr) -> bool {
    // SAFETY: the caller's stream has not ended.
    let size =
        unsafe { abi::envoy_dynamic_module_callback_http_get_headers_size(stream, REQUEST_HEADER) };
    let mut headers = vec![HttpHeader::NONE; size];
    // SAFETY: the stream has not ended, and there is room for as many headers as Envoy has just said
    // that there are.
    let known = unsafe {
        abi::envoy_dynamic_module_callback_http_get_headers(
            stream,
            REQUEST_HEADER,
            headers.as_mut_ptr(),
        )
    };
    known
        && headers.iter().any(|header| {
            let (mut name, mut value) = (Vec::new(), Vec::new());
            // SAFETY: Envoy has just handed it over.
            unsafe { bytes::append(&mut name, header.key_ptr, header.key_length) };
            if name != b"content-type" {
                return false;
            }
            // SAFETY: the same.
            unsafe { bytes::append(&mut value, header.value_ptr, header.value_length) };
            is_grpc(&value)
        })
}

fn is_grpc(content_type: &[u8]) -> bool {
    let Some(rest) = content_type.strip_prefix(b"application/grpc") else { return false };
    matches!(rest.first(), None | Some(b'+' | b';'))
}

/// The outcome that an HTTP status means to a gRPC client (the document "HTTP to gRPC Status Code
/// Mapping" of gRPC), as Envoy writes it for its own answers.
pub fn status(http: u16) -> &'static str {
    match http {
        400 => "13",
        401 => "16",
        403 => "7",
        404 => "12",
        429 | 502..=504 => "14",
        _ => "2",
    }
}
