//! Faults on demand, for tests: a request names the part at which its stream panics, and a variable
//! the version of the ABI that the module takes for its own.

use crate::filter::Part;
use crate::host::Proxy;
use std::ffi::{CStr, CString};
use std::sync::OnceLock;
use wicketgate_driver::{Host, Map};
use wicketgate_policy::Header;

/// Panics if the request asks for it.
#[expect(clippy::panic, reason = "what this is for")]
pub fn happen(proxy: &Proxy, part: Part) {
    let place: &[u8] = match part {
        Part::Request => b"request",
        Part::Body => b"body",
        Part::Trailers => b"trailers",
        Part::Response => b"response",
    };
    let asks = |header: &Header<'_>| header.name == HEADER && header.value == place;
    if proxy.headers(Map::Request, |headers| headers.unwrap_or_default().iter().any(asks)) {
        panic!("a secret of the request");
    }
}

/// No request has it by accident, and no module that ships knows it.
const HEADER: &[u8] = b"wicketgate-test-panic";

/// The version in `WICKETGATE_TEST_ABI`.
pub fn version() -> Option<&'static CStr> {
    static VERSION: OnceLock<Option<CString>> = OnceLock::new();
    let read = || CString::new(std::env::var("WICKETGATE_TEST_ABI").ok()?).ok();
    VERSION.get_or_init(read).as_deref()
}
