//! JSON as it stands in a document. Members keep their order, and duplicates are kept, so that they
//! can be reported.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Returns `true` if a text begins as JSON in UTF-16 does.
fn is_utf_16(json: &[u8]) -> bool {
    matches!(json, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..])
}

/// The byte at a line and a column, both from 1.
fn byte_at(text: &[u8], line: usize, column: usize) -> Option<u8> {
    let line = text.split(|&byte| byte == b'\n').nth(line.checked_sub(1)?)?;
    line.get(column.checked_sub(1)?).copied()
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    /// As it is written. The few members that take a number read it from this text.
    Number(String),
    String(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
    /// The text of a number while it is being read. A finished document has none.
    Given(String),
}

impl Node {
    /// Reads a document. The error names the fault and its place, and quotes nothing from the
    /// document.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(json).map_err(|error| {
            let what = match error.classify() {
                _ if is_utf_16(json) => "text in utf-16",
                _ if json.starts_with(b"\xef\xbb\xbf") => "a byte order mark",
                _ if byte_at(json, error.line(), error.column()) == Some(b'/') => "a comment",
                serde_json::error::Category::Eof => "an end of the text too early",
                _ => "text that is not json",
            };
            format!("{what} at line {}, column {}", error.line(), error.column())
        })
    }

    /// The kind of value, for the text of a fault. It never quotes the value.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(true) => "`true`",
            Self::Bool(false) => "`false`",
            Self::Number(_) | Self::Given(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// Compact JSON.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut json = Vec::new();
        write(self, &mut json);
        json
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("json")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::String(value.to_owned()))
    }

    /// The `arbitrary_precision` feature hands over the text of a number by this method. Strings of
    /// the document come by `visit_str`, so an object that is spelt like a number stays an object.
    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Given(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Node::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some((name, value)) = members.next_entry::<String, Node>()? {
            match (name.as_str(), value) {
                (NUMBER, Node::Given(text)) => return Ok(Node::Number(text)),
                (_, value) => object.push((name, value)),
            }
        }
        Ok(Node::Object(object))
    }
}

const NUMBER: &str = "$serde_json::private::Number";

fn write(node: &Node, json: &mut Vec<u8>) {
    match node {
        Node::Null => json.extend_from_slice(b"null"),
        Node::Bool(true) => json.extend_from_slice(b"true"),
        Node::Bool(false) => json.extend_from_slice(b"false"),
        Node::Number(text) | Node::Given(text) => json.extend_from_slice(text.as_bytes()),
        Node::String(text) => write_string(text, json),
        Node::Array(items) => {
            json.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                write(item, json);
            }
            json.push(b']');
        }
        Node::Object(members) => {
            json.push(b'{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                write_string(name, json);
                json.push(b':');
                write(value, json);
            }
            json.push(b'}');
        }
    }
}

/// A string with the escapes that RFC 8259, section 7, demands.
fn write_string(text: &str, json: &mut Vec<u8>) {
    json.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => json.extend_from_slice(b"\\\""),
            b'\\' => json.extend_from_slice(b"\\\\"),
            b'\n' => json.extend_from_slice(b"\\n"),
            0..=0x1F => {
                json.extend_from_slice(b"\\u00");
                json.push(b'0' + (byte >> 4));
                json.push(b"0123456789abcdef".get(usize::from(byte & 15)).copied().unwrap_or(b'0'));
            }
            byte => json.push(byte),
        }
    }
    json.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_duplicates_survive() {
        let text =
            r#"{"b":1,"a":[null,true,-2,1.50e+3,"é\n\\\"\u001f",{}],"b":18446744073709551616}"#;
        assert_eq!(Node::parse(text.as_bytes()).unwrap().to_json(), text.as_bytes());
    }

    #[test]
    fn an_object_is_never_taken_for_a_number() {
        for text in
            [r#"{"$serde_json::private::Number":"5"}"#, r#"{"$serde_json::private::Number":5}"#]
        {
            let node = Node::parse(text.as_bytes()).unwrap();
            assert_eq!((node.kind(), node.to_json()), ("an object", text.as_bytes().to_vec()));
        }
    }

    #[test]
    fn errors_name_the_place_and_quote_nothing() {
        for (text, error) in [
            ("", "an end of the text too early at line 1, column 0"),
            ("{\n  \"secret", "an end of the text too early at line 2, column 9"),
            ("{\"a\": hunter2}", "text that is not json at line 1, column 7"),
            ("{} {}", "text that is not json at line 1, column 4"),
            ("{\n  // why\n}", "a comment at line 2, column 3"),
            ("{\"a\": /* b */ 1}", "a comment at line 1, column 7"),
            ("\u{feff}{}", "a byte order mark at line 1, column 1"),
            ("{\0}\0", "text in utf-16 at line 1, column 2"),
        ] {
            assert_eq!(Node::parse(text.as_bytes()).unwrap_err(), error);
        }
        assert!(Node::parse(b"\xff\xfe{\0}\0").unwrap_err().starts_with("text in utf-16"));
        assert!(Node::parse("[".repeat(100_000).as_bytes()).is_err());
        assert!(Node::parse(b"\"\xff\"").is_err());
    }
}
