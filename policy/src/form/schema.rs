//! The JSON Schema of what documents hold, made from the tables that also read it.
//!
//! The schema has members, kinds of values, and words. It describes in prose how a pattern, an
//! address or a digest must look. It says nothing about rules between members.

use super::node::Node;
use super::read::{List, Map};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// A type that has a schema.
pub(crate) trait Describe {
    /// Its schema.
    fn describe() -> Node;
}

impl Describe for String {
    fn describe() -> Node {
        kind("string")
    }
}

impl Describe for bool {
    fn describe() -> Node {
        kind("boolean")
    }
}

/// Any JSON at all.
impl Describe for Node {
    fn describe() -> Node {
        Node::Object(Vec::new())
    }
}

impl<T: Describe> Describe for List<T> {
    fn describe() -> Node {
        list(T::describe())
    }
}

impl<T: Describe> Describe for Map<T> {
    fn describe() -> Node {
        let members =
            [member("type", string("object")), member("additionalProperties", T::describe())];
        Node::Object(members.into())
    }
}

/// A member of an object.
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: &'static str,
    /// `true` if the member is required.
    pub(crate) required: bool,
    /// The description, line by line.
    pub(crate) doc: &'static [&'static str],
    /// The schema of its value.
    pub(crate) describe: fn() -> Node,
}

impl Member {
    /// The schema of the value, with the description. If the value is a text of some form, the form
    /// follows in a paragraph of its own.
    fn schema(&self) -> Node {
        let doc: Vec<&str> = self.doc.iter().map(|line| line.trim()).collect();
        let doc = doc.join(" ");
        let Node::Object(mut members) = (self.describe)() else { return Node::Object(Vec::new()) };
        match members.iter_mut().find(|(name, _)| name == "description") {
            Some((_, Node::String(form))) => *form = [&doc, "\n\n", form].concat(),
            _ => members.push(member("description", string(&doc))),
        }
        Node::Object(members)
    }
}

/// An object of these members.
pub(crate) fn object(members: &[Member]) -> Node {
    let properties = members.iter().map(|of| member(of.name, of.schema()));
    let required = members.iter().filter(|of| of.required);
    let required: Vec<Node> = required.map(|of| string(of.name)).collect();
    let mut object = Vec::from([
        member("type", string("object")),
        member("properties", Node::Object(properties.collect())),
        member("additionalProperties", Node::Bool(false)),
    ]);
    if !required.is_empty() {
        object.push(member("required", Node::Array(required)));
    }
    Node::Object(object)
}

/// An array of items of one schema.
pub(crate) fn list(items: Node) -> Node {
    Node::Object([member("type", string("array")), member("items", items)].into())
}

/// A value that one or more of these schemas accept.
pub(crate) fn any_of<const N: usize>(schemas: [Node; N]) -> Node {
    Node::Object([member("anyOf", Node::Array(schemas.into()))].into())
}

/// A whole number from zero.
pub(crate) fn natural() -> Node {
    let bound = member("minimum", Node::Number("0".to_owned()));
    Node::Object([member("type", string("integer")), bound].into())
}

/// One of a few words.
pub(crate) fn words(words: &[&str]) -> Node {
    Node::Object(
        [member("enum", Node::Array(words.iter().map(|word| string(word)).collect()))].into(),
    )
}

/// A text that is read into something stricter.
pub(crate) fn text(expected: &str) -> Node {
    Node::Object([member("type", string("string")), member("description", string(expected))].into())
}

/// A whole number within bounds.
pub(crate) fn number(from: u32, to: u32) -> Node {
    use alloc::string::ToString;
    let bound = |name, bound: u32| member(name, Node::Number(bound.to_string()));
    let members = [member("type", string("integer")), bound("minimum", from), bound("maximum", to)];
    Node::Object(members.into())
}

fn kind(name: &str) -> Node {
    Node::Object([member("type", string(name))].into())
}

/// A member of a schema.
pub(crate) fn member(name: &str, value: Node) -> (String, Node) {
    (name.to_owned(), value)
}

/// A text of a schema.
pub(crate) fn string(text: &str) -> Node {
    Node::String(text.to_owned())
}
