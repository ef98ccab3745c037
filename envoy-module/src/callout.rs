//! The answer to a fetch of keys.

use crate::abi::{self, EnvoyBuffer, HttpHeader};
use crate::bytes;
use wicketgate_policy::jwt::{Fetched, MAX_FETCHED};

/// A copy of what Envoy hands over.
#[derive(Debug, Default)]
pub struct Answer {
    result: u32,
    status: u16,
    /// `true` if the server answered, and not Envoy in its place.
    is_of_server: bool,
    body: Vec<u8>,
}

impl Answer {
    /// Copies an answer; of its body one byte more than there may be.
    ///
    /// # Safety
    /// Envoy must have handed over both arrays with the running hook.
    pub unsafe fn copy(
        result: u32,
        (headers, headers_size): (*const HttpHeader, usize),
        (body, body_size): (*const EnvoyBuffer, usize),
    ) -> Self {
        let mut answer = Self { result, ..Self::default() };
        if !headers.is_null() {
            // SAFETY: the caller says that there are so many.
            for header in unsafe { std::slice::from_raw_parts(headers, headers_size) } {
                let name = EnvoyBuffer { ptr: header.key_ptr, length: header.key_length };
                let value = EnvoyBuffer { ptr: header.value_ptr, length: header.value_length };
                // SAFETY: Envoy handed it over with this hook.
                match unsafe { bytes::copy(name) }.as_slice() {
                    b":status" => {
                        // SAFETY: the same.
                        let value = unsafe { bytes::copy(value) };
                        let value = str::from_utf8(&value).ok();
                        answer.status = value.and_then(|value| value.parse().ok()).unwrap_or(0);
                    }
                    // An answer that Envoy makes in the server's place lacks the time that the
                    // server took.
                    b"x-envoy-upstream-service-time" => answer.is_of_server = true,
                    _ => {}
                }
            }
        }
        if !body.is_null() {
            // SAFETY: the caller says that there are so many.
            for part in unsafe { std::slice::from_raw_parts(body, body_size) } {
                let room = (MAX_FETCHED + 1).saturating_sub(answer.body.len());
                // SAFETY: Envoy handed it over with this hook.
                unsafe { bytes::append(&mut answer.body, part.ptr, part.length.min(room)) };
            }
        }
        if result == abi::CALLOUT_TOO_LARGE {
            answer.status = 200;
            answer.body = vec![0; MAX_FETCHED + 1];
        }
        answer
    }

    /// What it says about the fetch.
    pub fn fetched(&self) -> Fetched<'_> {
        if self.result != abi::CALLOUT_SUCCESS && self.result != abi::CALLOUT_TOO_LARGE {
            return Fetched::Unreachable;
        }
        match self.status {
            503 if !self.is_of_server => Fetched::Unreachable,
            504 if !self.is_of_server => Fetched::TimedOut,
            status => Fetched::Answer { status, body: &self.body },
        }
    }
}
