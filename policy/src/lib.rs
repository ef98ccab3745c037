//! The decision core of wicketgate.
//!
//! A host hands over a request as data and gets a decision as data. There is no I/O in here, no
//! clock, no randomness and no unsafe code, so the same bytes get the same answer on every host.
//!
//! ```
//! use wicketgate_policy::{Environment, Header, Host, Outcome, Peer, Policy, Request, Time, Verdict};
//!
//! let document = br#"{
//!     "version": 1, "name": "jobs", "environment": "production", "unmatched": "pass",
//!     "callers": { "cron": { "token": { "header": "x-internal-token",
//!         "keys": [ { "id": "2026-q4", "env": "INTERNAL_JOB_TOKEN" } ] } } },
//!     "rules": [ { "id": "internal", "paths": ["/internal/*"], "allow": [ { "caller": "cron" } ] } ],
//!     "forward": { "credential": "remove" }
//! }"#;
//! let environment = Environment::new(Host::Envoy)
//!     .with("INTERNAL_JOB_TOKEN", *b"4f8a1c0d9e2b7365af01d2c4b6e8f790");
//! let policy = Policy::load(document, &environment)?;
//!
//! let headers = [(":method", "POST"), (":path", "/internal/run_scan"), (":authority", "app")]
//!     .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
//! let request = Request { headers: &headers, peer: Peer::Address(b"10.1.2.3:4567") };
//! let Outcome::Decided(decision) = policy.decide(&request, Time::BUILD) else { panic!() };
//! let Verdict::Deny(deny) = decision.verdict else { panic!() };
//! assert_eq!(deny.reason.code(), "credential_missing");
//! assert_eq!(deny.answer.status, 403);
//! # Ok::<(), wicketgate_policy::Faults>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc)]

extern crate alloc;

#[cfg(not(wicketgate_without))]
mod ablate;
#[cfg(wicketgate_without)]
pub mod ablate;
mod abuse;
mod address;
mod answer;
mod audit;
mod choose;
mod clock;
mod config;
mod credential;
mod decide;
#[cfg(feature = "explain")]
pub mod explain;
mod header;
mod ids;
mod index;
pub mod jwt;
mod path;
mod policy;
mod reason;
mod request;
mod stack;
mod time;

pub use abuse::{Counts, Limit, MemoryCounts, Over};
pub use answer::Answer;
pub use audit::{AuditEvent, AuditKind, MAX_LINE, Mode};
pub use clock::Clock;
pub use config::{Document, Environment, Fault, Faults, Host, schema};
pub use credential::certificate::{Certificate, Names};
pub use decide::{
    Admission, Allow, Begun, Decision, Demand, Deny, Outcome, Pending, Response, ResponseDecision,
    Served, Verdict,
};
pub use header::{Edit, HeaderName, HeaderValue};
pub use policy::Policy;
pub use reason::Reason;
pub use request::{Header, Peer, Request};
pub use stack::Stack;
pub use time::Time;
