//! An allocator for everything, so that every copy of a secret can be found.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

const SIZE: usize = 16 << 20;

/// So that a place is aligned where its number is.
#[repr(align(4096))]
struct Bytes(#[expect(dead_code, reason = "reached by its address")] [u8; SIZE]);

/// Memory that is handed out once and never again.
pub struct Arena {
    bytes: UnsafeCell<Bytes>,
    used: AtomicUsize,
}

// SAFETY: bytes are handed out to one owner each, and looked through by `find` only while there is
// one thread.
unsafe impl Sync for Arena {}

impl Arena {
    /// An empty one.
    pub const fn new() -> Self {
        Self { bytes: UnsafeCell::new(Bytes([0; SIZE])), used: AtomicUsize::new(0) }
    }

    /// Its beginning, and the number of bytes that were handed out so far.
    pub fn used(&self) -> (*const u8, usize) {
        (self.bytes.get().cast::<u8>().cast_const(), self.used.load(Ordering::Relaxed))
    }

    /// Every place of `secret` in what was handed out so far.
    pub fn find(&self, secret: &[u8]) -> Vec<*const u8> {
        let (start, used) = self.used();
        // SAFETY: within the array, which is initialised as a whole; there is one thread, and
        // nobody writes while this runs.
        let bytes = unsafe { std::slice::from_raw_parts(start, used) };
        let places = bytes.windows(secret.len()).enumerate();
        let found: Vec<usize> =
            places.filter(|(_, window)| *window == secret).map(|(place, _)| place).collect();
        found.into_iter().map(|place| bytes[place..].as_ptr()).collect()
    }
}

// SAFETY: each allocation is a range of its own, aligned as asked for, and never reused.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mut place = 0;
        let taken = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            place = used.checked_next_multiple_of(layout.align())?;
            place.checked_add(layout.size()).filter(|end| *end <= SIZE)
        });
        match taken {
            // SAFETY: `place` is within the array.
            Ok(_) => unsafe { self.bytes.get().cast::<u8>().add(place) },
            Err(_) => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
