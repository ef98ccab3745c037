//! The calls.

use std::ptr::null_mut;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_get_header_map_pairs(kind: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_get_property(
        path: *const u8,
        path_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
}

/// The bytes of a map, by its number in the ABI (`MapType` in the SDK); `None` if the host has no
/// such map.
pub fn read(kind: u32) -> Option<Vec<u8>> {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: both pointers are to variables of this function, of the types that the ABI wants.
    let status = unsafe { proxy_get_header_map_pairs(kind, &raw mut data, &raw mut size) };
    if (status, data.is_null()) == (0, true) {
        return Some(Vec::new());
    }
    // SAFETY: the status, the data and the size are of one call.
    unsafe { taken(status, data, size) }
}

/// The bytes of a property, by its path with a zero byte between two parts; `None` if there is none,
/// or the host can't tell.
pub fn property(path: &[u8]) -> Option<Vec<u8>> {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: the path is that of a slice, which the host only reads; the others are as above.
    let status =
        unsafe { proxy_get_property(path.as_ptr(), path.len(), &raw mut data, &raw mut size) };
    // SAFETY: the status, the data and the size are of one call.
    unsafe { taken(status, data, size) }
}

/// The bytes that a host has handed over with this status, if it did.
///
/// # Safety
/// All three are what one call of the host has written.
unsafe fn taken(status: u32, data: *mut u8, size: usize) -> Option<Vec<u8>> {
    match (status, data.is_null()) {
        // SAFETY: the host has written `size` bytes into memory that it was given by the SDK's
        // `proxy_on_memory_allocate`, which makes a boxed slice of that length, forgets it, and
        // leaves it to whoever takes the result.
        (0, false) => Some(unsafe { Vec::from_raw_parts(data, size, size) }),
        _ => None,
    }
}
