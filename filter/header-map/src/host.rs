//! The call.

use std::ptr::null_mut;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_get_header_map_pairs(kind: u32, data: *mut *mut u8, size: *mut usize) -> u32;
}

/// The bytes of a map, by its number in the ABI (`MapType` in the SDK); `None` if the host has no
/// such map.
pub fn read(kind: u32) -> Option<Vec<u8>> {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: both pointers are to variables of this function, of the types that the ABI wants.
    let status = unsafe { proxy_get_header_map_pairs(kind, &raw mut data, &raw mut size) };
    match (status, data.is_null()) {
        (0, true) => Some(Vec::new()),
        // SAFETY: the host has written `size` bytes into memory that it was given by the SDK's
        // `proxy_on_memory_allocate`, which makes a boxed slice of that length, forgets it, and
        // leaves it to whoever takes the result.
        (0, false) => Some(unsafe { Vec::from_raw_parts(data, size, size) }),
        _ => None,
    }
}
