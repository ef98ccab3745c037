//! Calls to the host for signed tokens and client certificates.

use proxy_wasm::hostcalls;
use proxy_wasm::types::{BufferType, Bytes, MapType, Status};
use std::time::Duration;
use wicketgate_driver::CertificateNames;
use wicketgate_policy::jwt::{Ask, Fetched, Hash, MAX_FETCHED, Scheme, SignatureCheck};

/// The certificate that the client showed; `None` without TLS or a certificate. A listener that
/// asks for certificates checks them against its trusted authorities, or ends the connection
/// (`trusted_ca`, and never `ACCEPT_UNTRUSTED`).
pub fn certificate() -> Option<CertificateNames> {
    let mtls = attribute("mtls")?;
    let names = || CertificateNames {
        uri_san: attribute("uri_san_peer_certificate"),
        dns_san: attribute("dns_san_peer_certificate"),
        subject: attribute("subject_peer_certificate"),
    };
    (*mtls == [1]).then(names)
}

fn attribute(name: &str) -> Option<Bytes> {
    hostcalls::get_property(vec!["connection", name]).ok().flatten()
}

/// The schemes of which Envoy checks signatures by `verify_signature`. The function takes a hash and a
/// key and sets nothing else, so RSA is PKCS1-v1_5 and never PSS (`source/common/crypto` in Envoy).
pub const BY_HOST: &[Scheme] = &[Scheme::Ecdsa, Scheme::RsaPkcs1];

/// Asks the host whether it checks signatures at all. If not, a policy with keys for [`BY_HOST`] is
/// refused when it is loaded, because this module has no code for them.
pub fn verifies() -> bool {
    // No hash has an empty name, so Envoy answers that it is not supported.
    let answer = hostcalls::call_foreign_function("verify_signature", Some(&[]));
    !matches!(answer, Err(Status::NotFound))
}

/// Has the host check a signature; `None` if it does not check this kind.
///
/// Envoy's `verify_signature` takes and returns protobuf. Its status is success for bad signatures
/// too: the answer is `result` (field 1), which is left out if it is false.
pub fn verify_signature(check: &SignatureCheck<'_>) -> Option<bool> {
    let (hash, key) = (check.algorithm().hash().map(Hash::openssl_name), check.key().spki_der());
    let (Some(hash), Some(key), Some(signature)) = (hash, key, check.signature_der()) else {
        return Some(false);
    };
    let fields: [(u8, &[u8]); 4] =
        [(1, hash.as_bytes()), (2, &key), (3, &signature), (4, check.message())];
    let mut arguments = Vec::new();
    for (number, bytes) in fields {
        arguments.push(number << 3 | 2);
        let mut length = bytes.len();
        while length >= 0x80 {
            arguments.push((length & 0x7F) as u8 | 0x80);
            length >>= 7;
        }
        arguments.push(length as u8);
        arguments.extend_from_slice(bytes);
    }
    match hostcalls::call_foreign_function("verify_signature", Some(&arguments)) {
        Ok(answer) => Some(answer.is_some_and(|answer| answer == [8, 1])),
        Err(Status::NotFound) => None,
        Err(_) => Some(false),
    }
}

/// Asks an address for its keys. Returns a number for the answer, or `None` if there is no such
/// cluster.
pub fn fetch(ask: &Ask) -> Option<u32> {
    let headers = vec![
        (":method", "GET"),
        (":scheme", ask.scheme()),
        (":authority", ask.authority()),
        (":path", ask.path()),
        ("accept", "application/json"),
    ];
    let timeout = Duration::from_millis(u64::try_from(ask.timeout()).unwrap_or_default());
    hostcalls::dispatch_http_call(ask.cluster(), headers, None, Vec::new(), timeout).ok()
}

/// Hands an address's answer on, within the callback that brings it.
pub fn fetched<T>(headers: usize, body: usize, then: impl FnOnce(&Fetched<'_>) -> T) -> T {
    // Envoy hands over a reset connection as an answer without anything in it.
    if headers == 0 {
        return then(&Fetched::Unreachable);
    }
    let map = hostcalls::get_map_bytes(MapType::HttpCallResponseHeaders).unwrap_or_default();
    let value = |name: &str| map.iter().find(|(other, _)| other == name).map(|(_, value)| value);
    let status = value(":status").and_then(|status| std::str::from_utf8(status).ok()?.parse().ok());
    // An answer that Envoy makes in the server's place lacks the time that the server took.
    let is_of_server = value("x-envoy-upstream-service-time").is_some();
    match status.unwrap_or(0) {
        503 if !is_of_server => then(&Fetched::Unreachable),
        504 if !is_of_server => then(&Fetched::TimedOut),
        status => {
            let length = body.min(MAX_FETCHED + 1);
            let body = hostcalls::get_buffer(BufferType::HttpCallResponseBody, 0, length);
            let body = body.ok().flatten().unwrap_or_default();
            then(&Fetched::Answer { status, body: &body })
        }
    }
}
