//! Starts the gate on its real hosts: what the command needs to run `up` and `test`, and what tests
//! build on.
//!
//! - [`cache`] and [`tools`] find or install what a run needs, outside the checkout;
//! - [`process`], [`wait`] and [`interrupt`] start children and end every one of them;
//! - [`ships`] is the table of what ships; [`filter`] and [`worker_build`] build it;
//! - [`carry`] puts the filter and the Worker into a folder, for the command to carry;
//! - [`envoy_config`] and [`envoy`] run the shipped `envoy.yaml` with the built filter;
//! - [`workerd`] runs the built Worker on Cloudflare's runtime;
//! - [`audit`], [`log_reader`] and [`follow`] read what the gate writes into its host's log;
//! - [`http`] sends the exact bytes that a client could send: Envoy's own figures are asked by it;
//! - [`vectors`] holds a decision to what must become of a request.

pub mod audit;
pub mod cache;
pub mod cargo_build;
pub mod carry;
pub mod command;
pub mod document;
pub mod envoy;
pub mod envoy_config;
pub mod files;
pub mod filter;
pub mod follow;
pub mod http;
pub mod interrupt;
pub mod log_reader;
pub mod process;
mod process_groups;
pub mod progress;
pub mod ships;
pub mod terminal;
pub mod tools;
pub mod vectors;
pub mod wait;
pub mod worker_build;
pub mod workerd;
pub mod yaml;
