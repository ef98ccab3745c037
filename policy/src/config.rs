//! Makes a policy from a document, which is read and checked once.

mod compile;
mod document;
mod environment;
mod fault;
pub(crate) mod node;
mod read;
mod schema;
mod wire;

pub use document::Document;
pub use environment::{Environment, Host};
pub use fault::{Fault, Faults};
pub use schema::schema;
