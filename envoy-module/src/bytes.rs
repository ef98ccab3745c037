//! Bytes on their way over the boundary.

use crate::abi::{EnvoyBuffer, HttpHeader, ModuleBuffer};
use std::ffi::c_char;
use std::ptr::null;

/// Bytes of ours, for one call.
pub const fn ours(bytes: &[u8]) -> ModuleBuffer {
    ModuleBuffer { ptr: bytes.as_ptr().cast(), length: bytes.len() }
}

/// No bytes: for a header, that it is to be removed.
pub const NOTHING: ModuleBuffer = ModuleBuffer { ptr: null(), length: 0 };

/// A header of ours, for one call.
pub const fn header(name: &[u8], value: &[u8]) -> HttpHeader {
    HttpHeader {
        key_ptr: name.as_ptr().cast(),
        key_length: name.len(),
        value_ptr: value.as_ptr().cast(),
        value_length: value.len(),
    }
}

/// An empty place for bytes of Envoy's.
pub const fn no_buffer() -> EnvoyBuffer {
    EnvoyBuffer { ptr: null(), length: 0 }
}

/// Appends bytes of Envoy's.
///
/// # Safety
/// Envoy must have handed over `ptr` and `length` together, and must not have been called since.
pub unsafe fn append(all: &mut Vec<u8>, ptr: *const c_char, length: usize) {
    if ptr.is_null() || length == 0 {
        return;
    }
    // SAFETY: the caller says that these bytes are Envoy's and still there. They are copied here and
    // now, before anything else is called.
    all.extend_from_slice(unsafe { std::slice::from_raw_parts(ptr.cast::<u8>(), length) });
}

/// A copy of bytes of Envoy's.
///
/// # Safety
/// As for [`append`].
pub unsafe fn copy(buffer: EnvoyBuffer) -> Vec<u8> {
    let mut all = Vec::with_capacity(buffer.length);
    // SAFETY: the caller says of the buffer what `append` asks.
    unsafe { append(&mut all, buffer.ptr, buffer.length) };
    all
}
