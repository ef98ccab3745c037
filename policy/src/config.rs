//! Makes a policy from a document, which is read and checked once.

pub(crate) mod compile;
mod document;
mod schema;
mod wire;

pub use document::Document;
pub use schema::schema;
