//! Tools that only tests and measurements need: real origins behind the gate, requests to them, and
//! the expected outcomes. The runtime builds and starts the gate itself ([`wicketgate_runtime`]).
//!
//! - [`checkout`] is what the commands work on; [`test_tools`] installs what they need;
//! - [`cli_build`], [`npm_build`] and [`site_build`] build the command, the npm package and the site,
//!   from the checkout;
//! - [`gate`] is the gate on either of its hosts, [`origin`] a real app behind it;
//! - [`http2`] is a client that sends any names and values, [`server`] an origin that does what a
//!   test says; the client for HTTP/1.1 is the runtime's;
//! - [`example`], [`table`] and [`runner`] run an example's request table and compare every
//!   expectation, the origin's own counters included;
//! - [`signer`] and [`tokens`] sign what a table sends, and [`key_server`] is where the gate
//!   fetches the keys;
//! - [`node`] has the npm package answer the vectors;
//! - [`threads`] tells what one thread of a host has used.

pub mod beside;
pub mod checkout;
pub mod cli_build;
pub mod example;
pub mod gate;
pub mod http2;
pub mod key_server;
pub mod measured;
pub mod node;
pub mod npm_build;
pub mod origin;
pub mod ports;
pub mod promtool;
pub mod runner;
pub mod secret;
pub mod server;
pub mod signer;
pub mod site_build;
pub mod table;
pub mod template;
pub mod test_tools;
pub mod threads;
pub mod tokens;
pub mod verdict;
pub mod witness;
