//! Reads wire types from JSON, and reports all faults at once.

use super::fault::Faults;
use super::node::Node;
use crate::index::Index;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A type that can be read from a document.
pub(crate) trait Read: Sized {
    /// Reads a value. Returns `None` if a fault at this very place leaves nothing to go on with.
    /// All faults, here or deeper, are in `faults`.
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self>;
}

/// The items of an array that could be read, each with its index.
pub(crate) type List<T> = Vec<(usize, T)>;
/// The members of an object that could be read, by name.
pub(crate) type Map<T> = Vec<(String, T)>;

impl Read for String {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        match node {
            Node::String(text) => Some(text.clone()),
            other => wrong(other, "a string", at, faults),
        }
    }
}

impl Read for bool {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        match node {
            Node::Bool(value) => Some(*value),
            other => wrong(other, "`true` or `false`", at, faults),
        }
    }
}

impl Read for Node {
    fn read(node: &Node, _: &str, _: &mut Faults) -> Option<Self> {
        Some(node.clone())
    }
}

impl<T: Read> Read for List<T> {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        let Node::Array(items) = node else { return wrong(node, "an array", at, faults) };
        let read = |(index, item)| Some((index, T::read(item, &format!("{at}[{index}]"), faults)?));
        Some(items.iter().enumerate().filter_map(read).collect())
    }
}

impl<T: Read> Read for Map<T> {
    fn read(node: &Node, at: &str, faults: &mut Faults) -> Option<Self> {
        let Node::Object(members) = node else { return wrong(node, "an object", at, faults) };
        duplicates(members, at, faults);
        let read = |(name, value): &(String, Node)| {
            Some((name.clone(), T::read(value, &join(at, name), faults)?))
        };
        Some(members.iter().filter_map(read).collect())
    }
}

/// Adds a fault for a value of the wrong kind.
pub(crate) fn wrong<T>(node: &Node, expected: &str, at: &str, faults: &mut Faults) -> Option<T> {
    faults.add(at, node.kind(), expected);
    None
}

/// The path of a member.
pub(crate) fn join(at: &str, name: &str) -> String {
    let shown = shorten(name);
    let bare = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    match (bare && !name.is_empty(), at.is_empty()) {
        (false, _) => format!("{at}[\"{shown}\"]"),
        (true, true) => shown,
        (true, false) => format!("{at}.{shown}"),
    }
}

/// Quotes a text of the document in a fault: bounded, and without control characters.
pub(crate) fn quote(text: &str) -> String {
    format!("`{}`", shorten(text))
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(48).flat_map(escape).collect();
    if text.chars().count() > 48 {
        short.push('…');
    }
    short
}

/// A character, escaped if it could break a log line or be invisible.
fn escape(c: char) -> impl Iterator<Item = char> {
    let shown = matches!(c, ' '..='~');
    let escaped = (!shown).then(|| c.escape_unicode());
    let itself = shown.then_some(c);
    escaped.into_iter().flatten().chain(itself)
}

/// The members of an object that is being read, with a record of those that were asked for.
pub(crate) struct Members<'n> {
    members: &'n [(String, Node)],
    at: &'n str,
    known: Vec<&'static str>,
}

impl<'n> Members<'n> {
    pub(crate) fn new(node: &'n Node, at: &'n str, faults: &mut Faults) -> Option<Self> {
        let Node::Object(members) = node else { return wrong(node, "an object", at, faults) };
        duplicates(members, at, faults);
        Some(Self { members, at, known: Vec::new() })
    }

    /// An optional member.
    pub(crate) fn optional<T: Read>(
        &mut self,
        name: &'static str,
        faults: &mut Faults,
    ) -> Option<T> {
        self.known.push(name);
        let (_, node) = self.members.iter().find(|(member, _)| member == name)?;
        T::read(node, &join(self.at, name), faults)
    }

    /// A required member.
    pub(crate) fn required<T: Read>(
        &mut self,
        name: &'static str,
        faults: &mut Faults,
    ) -> Option<T> {
        if !self.members.iter().any(|(member, _)| member == name) {
            self.known.push(name);
            faults.add(join(self.at, name), "nothing", "this member");
            return None;
        }
        self.optional(name, faults)
    }

    /// Adds a fault for every member that nobody asked for.
    pub(crate) fn finish(self, faults: &mut Faults) {
        for (name, _) in self.members {
            if !self.known.contains(&name.as_str()) {
                let known: Vec<String> = self.known.iter().map(|name| quote(name)).collect();
                faults.add(
                    join(self.at, name),
                    "an unknown member",
                    format!("one of {}", known.join(", ")),
                );
            }
        }
    }
}

fn duplicates(members: &[(String, Node)], at: &str, faults: &mut Faults) {
    let mut seen = Index::default();
    for (name, _) in members {
        if !seen.insert(name.as_bytes(), 0) {
            faults.add(join(at, name), "a member that was there before", "each member once");
        }
    }
}
