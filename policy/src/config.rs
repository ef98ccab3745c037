//! Makes a policy from a document, which is read and checked once.

pub(crate) mod compile;
mod document;
mod environment;
mod fault;
pub(crate) mod node;
pub(crate) mod read;
pub(crate) mod schema;
pub(crate) mod wire;

pub use document::Document;
pub use environment::{Environment, Host};
pub use fault::{Fault, Faults};
pub use schema::schema;
pub use wire::{Holds, Variable};
