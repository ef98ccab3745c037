//! wicketgate as an HTTP filter for Envoy, Istio and other hosts of proxy-wasm.
//!
//! The filter only translates; `wicketgate-policy` decides, and `wicketgate-driver` does what any
//! proxy's worker does with its decisions. These five facts about the host were
//! measured, and the filter holds to them:
//!
//! - it reads the header map whole, as bytes: the getter of one header returns only the first of
//!   several, and the `String` getters trap on bytes that are not UTF-8;
//! - a denial is a local reply **and** `Action::Pause`, and body and trailers pause too;
//! - the peer comes from filter state, because `source.address` comes from `x-forwarded-for`;
//! - a request that waits for keys is paused. Only the plugin fetches, and judges the request again
//!   in the request's own context: a call of the stream would end with its client;
//! - if the configuration is no policy, `on_configure` fails, and Envoy refuses it.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

#[cfg(wicketgate_faults)]
mod fault;
mod host;
mod root;
mod stream;

mod entry {
    proxy_wasm::main! {{
        crate::host::logger::install();
        proxy_wasm::set_root_context(|context| Box::new(crate::root::Root::new(context)));
    }}
}
