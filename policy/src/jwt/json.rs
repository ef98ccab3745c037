//! Reads JSON in tokens and keys like a policy, and then applies the stricter rules of RFC 8725.

use super::base64url;
use super::material::Wrong;
use crate::form::node::Node;
use crate::index::Index;
use alloc::vec::Vec;

/// The deepest nesting. A claim set is flat, or nearly.
const MAX_DEPTH: usize = 16;

/// Reads an object: UTF-8 without a byte order mark, nothing after it, no member twice at any
/// depth (RFC 7515, section 4; RFC 7519, section 4: "or return an error", not "the last one"), no
/// half of a surrogate pair, no deeper than sixteen levels.
pub(super) fn object(json: &[u8]) -> Option<Node> {
    let node = Node::parse(json).ok()?;
    (matches!(node, Node::Object(_)) && is_sound(&node)).then_some(node)
}

/// Returns `true` if no object, at any depth, has a member twice, and the depth is within the
/// bound.
pub(super) fn is_sound(node: &Node) -> bool {
    is_sound_from(node, 1)
}

fn is_sound_from(node: &Node, depth: usize) -> bool {
    let deeper = depth.saturating_add(1);
    match node {
        Node::Array(items) => {
            depth <= MAX_DEPTH && items.iter().all(|item| is_sound_from(item, deeper))
        }
        Node::Object(members) => {
            let mut seen = Index::default();
            depth <= MAX_DEPTH
                && members.iter().all(|(name, value)| {
                    seen.insert(name.as_bytes(), 0) && is_sound_from(value, deeper)
                })
        }
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::String(_) | Node::Given(_) => true,
    }
}

/// A member of an object. `null` counts as present, and as no string.
pub(super) fn member<'n>(object: &'n Node, name: &str) -> Option<&'n Node> {
    let Node::Object(members) = object else { return None };
    members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
}

/// A member that is a string. `Err` if it is something else.
pub(super) fn string<'n>(object: &'n Node, name: &str) -> Result<Option<&'n str>, ()> {
    match member(object, name) {
        None => Ok(None),
        Some(Node::String(text)) => Ok(Some(text)),
        Some(_) => Err(()),
    }
}

/// A member that is an array of strings. `Err` if it is something else.
pub(super) fn strings<'n>(object: &'n Node, name: &str) -> Result<Option<Vec<&'n str>>, ()> {
    let text = |item: &'n Node| match item {
        Node::String(text) => Ok(text.as_str()),
        _ => Err(()),
    };
    match member(object, name) {
        None => Ok(None),
        Some(Node::Array(items)) => items.iter().map(text).collect::<Result<_, ()>>().map(Some),
        Some(_) => Err(()),
    }
}

/// A faulty member: its name, and the fault.
pub(super) type Fault = (&'static str, Wrong);

const STRING: &str = "a string";

/// A member that is a string.
pub(super) fn text<'n>(object: &'n Node, name: &'static str) -> Result<Option<&'n str>, Fault> {
    string(object, name).map_err(|()| (name, ("another type", STRING)))
}

/// A member that must be there and be a string.
pub(super) fn required<'n>(object: &'n Node, name: &'static str) -> Result<&'n str, Fault> {
    text(object, name)?.ok_or((name, ("nothing", STRING)))
}

/// A member that must be there and have bytes in base64url.
pub(super) fn bytes(object: &Node, name: &'static str) -> Result<Vec<u8>, Fault> {
    let text = required(object, name)?;
    base64url::decode(text.as_bytes())
        .ok_or((name, ("text that is not base64url", "base64url without padding")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_object_of_ours() {
        for (text, good) in [
            (&br#"{}"#[..], true),
            (b" {\"a\":1}\r\n\t ", true),
            (br#"{"a":{"a":1},"b":{"a":1}}"#, true),
            (br#"{"a":"\ud83d\ude00"}"#, true),
            (b"", false),
            (b"null", false),
            (b"[]", false),
            (br#""{}""#, false),
            // A byte order mark (RFC 8259, section 8.1).
            (b"\xef\xbb\xbf{}", false),
            // UTF-16.
            (b"{\0}\0", false),
            (br#"{} {}"#, false),
            (br#"{}x"#, false),
            (b"{}\0", false),
            (br#"{"a":1,"a":1}"#, false),
            (br#"{"a":1,"\u0061":2}"#, false),
            (br#"{"a":{"b":1,"b":2}}"#, false),
            (br#"{"a":[{"b":1,"b":2}]}"#, false),
            // Half of a surrogate pair.
            (br#"{"a":"\ud83d"}"#, false),
            (br#"{"a":"\ude00"}"#, false),
            (br#"{"\ud83d":1}"#, false),
            (b"{\"a\":\"\xed\xa0\xbd\"}", false),
            (b"{\"a\":\"\xff\"}", false),
            (b"{\"a\":\"\n\"}", false),
            (br#"{"a":1,}"#, false),
            (br#"{'a':1}"#, false),
            (br#"{a:1}"#, false),
            (br#"{"a":01}"#, false),
            (br#"{"a":+1}"#, false),
            (br#"{"a":NaN}"#, false),
            (br#"{"a":.5}"#, false),
            (br#"{"a":1}//"#, false),
        ] {
            assert_eq!(
                object(text).is_some(),
                good,
                "{}",
                alloc::string::String::from_utf8_lossy(text)
            );
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| {
            let mut text = r#"{"a":"#.repeat(depth);
            text.push('1');
            text.push_str(&"}".repeat(depth));
            object(text.as_bytes()).is_some()
        };
        assert!(nested(16));
        assert!(!nested(17));
        assert!(!nested(100_000));
    }

    #[test]
    fn an_object_is_never_taken_for_a_number() {
        // The reader below hands over numbers in this form.
        let text = br#"{"exp":{"$serde_json::private::Number":"9999999999"}}"#;
        let read = object(text).unwrap();
        assert!(matches!(member(&read, "exp"), Some(Node::Object(_))));
    }
}
