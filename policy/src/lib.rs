#![doc = include_str!("../README.md")]
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
mod compiling;
mod config;
mod credential;
mod decide;
mod environment;
#[cfg(feature = "explain")]
pub mod explain;
mod few;
mod form;
mod header;
mod ids;
mod index;
pub mod jwt;
mod path;
mod policy;
mod reason;
mod request;
mod session;
mod stack;
mod time;

pub use abuse::{Counts, MemoryCounts};
pub use answer::Answer;
pub use audit::{AuditEvent, AuditKind, MAX_LINE, Mode};
pub use config::{Document, schema};
pub use credential::certificate::{Certificate, Names};
pub use credential::{Demand, Kind as CredentialKind};
pub use decide::{
    Admission, Allow, Decision, Deny, Limit, Outcome, Over, Response, ResponseDecision, Verdict,
};
pub use environment::{Environment, Host};
pub use form::{Fault, Faults, Holds, Variable};
pub use header::{Edit, Edits, HeaderName, HeaderValue};
pub use policy::Policy;
pub use reason::Reason;
pub use request::{Header, Peer, Request};
pub use session::{Gate, Session, Step};
pub use stack::Stack;
pub use time::Time;
