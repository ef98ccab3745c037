//! The gate that this command carries: nothing, or what `build.rs` had built.

include!(concat!(env!("OUT_DIR"), "/carried.rs"));
