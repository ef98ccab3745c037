//! wicketgate as an HTTP filter that Envoy loads into its own process:
//! `envoy.filters.http.dynamic_modules`.
//!
//! The module only translates; `wicketgate-policy` decides, and `wicketgate-driver` does what any
//! proxy's worker does with its decisions. These facts about Envoy were measured, and the module
//! holds to them:
//!
//! - what Envoy hands over is Envoy's memory, and may move at the first change to a header map. So a
//!   map is copied before anybody reads it ([`host`]);
//! - an answer, and going on, can end the stream before the call returns, or call the module again
//!   for the same stream. So nothing is borrowed mutably across a call, and a hook keeps its stream
//!   until it returns ([`filter`]);
//! - whoever lets go of a configuration last drops it, on any thread. So nothing in it belongs to a
//!   thread ([`config`]);
//! - a panic that leaves the module ends Envoy. So no hook lets one out ([`guard`]);
//! - Envoy loads a module for another version of its ABI, and merely warns. So the module looks for
//!   itself, and refuses to be loaded ([`version`]).
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

pub mod abi;
mod bytes;
mod callout;
pub mod config;
#[cfg(feature = "faults")]
mod fault;
pub mod filter;
mod grpc;
pub mod guard;
pub mod hooks;
pub mod host;
mod keys;
mod live;
mod logging;
mod metrics;
mod secrets;
mod shared;
mod signature;
mod ticker;
pub mod version;
