//! wicketgate as an HTTP filter for Envoy, Istio and whatever else speaks proxy-wasm.
//!
//! The filter translates and nothing more: what a request is and what becomes of it is decided in
//! `wicketgate-policy`. It holds to five facts about its host, each measured:
//!
//! - the header map is read whole, as bytes: the getter of one header shows the first of several
//!   only, and the `String` getters trap on bytes that are not UTF-8;
//! - a denial is a local reply **and** `Action::Pause`, and body and trailers pause too;
//! - the peer is read from filter state, as `source.address` is what `x-forwarded-for` says;
//! - a request that waits for keys is paused, and judged again in its own context by the plugin,
//!   which alone fetches: a stream's own call would end with its client;
//! - a configuration that is no policy fails `on_configure`, and Envoy refuses it.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod counts;
#[cfg(wicketgate_faults)]
mod fault;
mod gate;
mod host;
mod keys;
mod metrics;
mod root;
mod stream;
mod waiting;

mod entry {
    proxy_wasm::main! {{

        proxy_wasm::set_root_context(|context| Box::new(crate::root::Root::new(context)));
    }}
}
