//! Load for a server on this machine, from one thread.
//!
//! A crate of its own, because it is compiled for speed where the commands around it are not: what
//! sends must not be what is measured.
//!
//! - [`Connection`] sends a request's bytes and reads the status of the answer;
//! - [`closed`] sends the next request when an answer has come, for what a request costs;
//! - [`open`] sends when it is time, whatever has come, for how long an answer takes;
//! - [`policies`] makes policies of any size for the gate;
//! - [`service`] is asked by a proxy whether a request may pass.

mod closed;
mod connection;
mod open;
pub mod policies;
pub mod service;

pub use closed::closed;
pub use connection::Connection;
pub use open::open;
