//! Starts real Envoy and real origins, speaks raw HTTP/1.1 to them and runs request tables.
//!
//! What the commands (`xtask`) and the end-to-end tests have in common:
//!
//! - [`cache`] and [`tools`] find or install what a run needs, outside the checkout;
//! - [`process`], [`wait`] and [`interrupt`] start children and end every one of them, and
//!   [`threads`] tells what one of their threads has used;
//! - [`filter`] and [`worker_build`] build the gate for its two hosts as it is shipped;
//! - [`npm_build`] builds the core as a package for JavaScript;
//! - [`envoy_config`] and [`envoy`] run the shipped `envoy.yaml` with the built filter;
//! - [`workerd`] runs the built Worker on Cloudflare's runtime, and [`gate`] is either of them;
//! - [`http`] sends the exact bytes that a client could send;
//! - [`example`], [`table`] and [`runner`] run an example's request table and compare every
//!   expectation, the origin's own counters included;
//! - [`signer`] and [`tokens`] sign what a table sends, and [`key_server`] is where the gate
//!   fetches the keys.

pub mod audit;
pub mod beside;
pub mod cache;
mod cargo_build;
pub mod cli_build;
pub mod command;
pub mod document;
pub mod envoy;
pub mod envoy_config;
pub mod example;
pub mod files;
pub mod filter;
pub mod follow;
pub mod gate;
pub mod http;
pub mod interrupt;
pub mod key_server;
pub mod log_reader;
pub mod npm_build;
pub mod origin;
pub mod ports;
pub mod process;
pub mod progress;
pub mod promtool;
pub mod runner;
pub mod secret;
pub mod signer;
pub mod table;
pub mod template;
pub mod terminal;
pub mod threads;
pub mod tokens;
pub mod tools;
pub mod vectors;
pub mod verdict;
pub mod wait;
pub mod witness;
pub mod worker_build;
pub mod workerd;
mod yaml;
