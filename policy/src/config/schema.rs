//! The JSON Schema of a policy document.

use super::wire;
use crate::form::node::Node;
use crate::form::schema::{Describe, member, string};
use alloc::string::String;
use alloc::vec::Vec;

/// The draft-07 schema of the whole document, as JSON.
#[must_use]
pub fn schema() -> String {
    let mut members = Vec::from([
        member("$schema", string("http://json-schema.org/draft-07/schema#")),
        member("title", string("A policy of wicketgate, version 1")),
    ]);
    if let Node::Object(described) = wire::Policy::describe() {
        members.extend(described);
    }
    String::from_utf8(Node::Object(members).to_json()).unwrap_or_default()
}
