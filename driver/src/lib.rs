//! What one worker of a proxy does with wicketgate's decisions.
//!
//! A [`Worker`] has the policy, and makes a [`Stream`] for each request. It decides who fetches
//! keys for all workers, lets requests wait for them and resumes them, keeps the counts that the
//! workers share, and says what is logged and which counters go up. It calls the proxy by one
//! trait, [`Host`], so that a module for a proxy only translates, and tests need no proxy. Lines for
//! the log go through the facade `log`, and the module installs a logger that hands them to its
//! proxy: information that an operator may want, warnings that they should read (denials among
//! them), and errors that they must mend.
#![forbid(unsafe_code)]
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod counts;
mod gate;
mod host;
mod keys;
mod metrics;
mod phase;
mod stream;
mod waiting;
mod worker;

pub use gate::AUDIT;
pub use host::{CertificateNames, Host, Map};
pub use phase::Next;
pub use stream::Stream;
pub use worker::Worker;
