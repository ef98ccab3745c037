//! Runs the built filter outside Envoy and behind it. Outside: a proxy-wasm host that is a fake
//! with state, not a script of expected calls.
//!
//! - [`built`] builds the filter, each time it is asked for, so that no test sees a stale file;
//! - [`costs`] holds figures to a table that is written down;
//! - [`fake`] is the host: what a request does to it is what a request does to Envoy;
//! - [`envoy`] is the real one, in front of an origin that records every byte;
//! - [`faults`] are caused on real hosts with a request loop running;
//! - [`issuer`] signs tokens and serves the keys for them over HTTPS, well or badly;
//! - [`live`] runs vectors against Envoy and workerd;
//! - [`parity`] knows which vectors run where, and what hosts do differently;
//! - [`scripted`] is an origin that answers as it is told, [`streaming`] sends large bodies;
//! - [`module`] reads what a wasm file exports and imports;
//! - [`soak`] sends a great many requests and looks at memory and counters;
//! - [`subject`] runs vectors against the filter on the fake host.

pub mod built;
pub mod costs;
pub mod envoy;
pub mod fake;
pub mod faults;
pub mod live;
pub mod module;
pub mod parity;
pub mod scripted;
pub mod soak;
pub mod streaming;
pub mod subject;

pub use wicketgate_issuer as issuer;
