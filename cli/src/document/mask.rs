//! Masks the text of a document before it is shown, because a secret may be anywhere in it.

use std::collections::HashMap;
use std::ops::Range;

use wicketgate_policy::Fault;

use super::Document;
use super::tree::{Tree, Value};

/// The source with everything masked that could be a secret: the values that the gate itself would
/// not quote, and all text outside values (comments, or a whole text that can't be read). The
/// length stays the same, so that places stay right.
pub fn masked<'f>(document: &Document, faults: impl Iterator<Item = &'f Fault>) -> String {
    // If a fault does not quote its value, the value must not be shown.
    let hidden = faults.filter(|fault| !fault.found.starts_with('`') && !fault.path.is_empty());
    let hidden: HashMap<&str, &str> =
        hidden.map(|fault| (fault.path.as_str(), fault.found.as_str())).collect();
    let mut shown: Vec<Range<usize>> = Vec::new();
    if let Some(tree) = &document.tree {
        show(tree, String::new(), &hidden, &mut shown);
    }
    shown.sort_by_key(|range| range.start);
    let mut ranges = shown.into_iter().peekable();
    let mut text = String::with_capacity(document.source.len());
    for (at, c) in document.source.char_indices() {
        while ranges.peek().is_some_and(|range| range.end <= at) {
            ranges.next();
        }
        let is_shown = ranges.peek().is_some_and(|range| range.contains(&at));
        // A terminal would act on some characters.
        let is_harmless = !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        if is_harmless && (is_shown || c.is_whitespace() || SIGNS.contains(c)) {
            text.push(c);
        } else {
            // Keep the number of bytes.
            (0..c.len_utf8()).for_each(|_| text.push('*'));
        }
    }
    text
}

/// The characters that give a document its shape.
const SIGNS: &str = "{}[]:,\"'#-";

/// Faults which say that an object or array was not read, so that nobody has judged its content.
const UNREAD: [&str; 4] =
    ["a member that was there before", "an array", "an object", "an unknown member"];

/// Faults of a value that was read, and is at odds with others.
const JUDGED: [&str; 5] =
    ["a method that", "a path that", "a prefix that", "a proxy inside", "a time that"];

fn show(tree: &Tree, path: String, hidden: &HashMap<&str, &str>, shown: &mut Vec<Range<usize>>) {
    if let Some(found) = hidden.get(path.as_str()) {
        match &tree.value {
            Value::Bool(_) | Value::Null => return shown.push(tree.span.clone()),
            Value::Array(_) | Value::Object(_) if !UNREAD.contains(found) => {}
            // The gate quotes only names.
            Value::String(text) if found.contains(&format!("`{text}`")) => {}
            Value::String(_) if JUDGED.iter().any(|known| found.starts_with(known)) => {}
            _ => return,
        }
    }
    match &tree.value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                show(item, format!("{path}[{index}]"), hidden, shown);
            }
        }
        Value::Object(members) => {
            for member in members {
                shown.push(member.name_span.clone());
                // A pasted private key has its parts beside each other, and a fault is about one of
                // them only: hide them all.
                let is_name = matches!(path.as_str(), "callers" | "networks");
                if matches!(member.name.as_str(), "jwk" | "jwks") && !is_name {
                    names(&member.value, shown);
                    continue;
                }
                show(&member.value, Fault::member(&path, &member.name), hidden, shown);
            }
        }
        _ => shown.push(tree.span.clone()),
    }
}

/// Shows the names of members, and no value.
fn names(tree: &Tree, shown: &mut Vec<Range<usize>>) {
    match &tree.value {
        Value::Array(items) => items.iter().for_each(|item| names(item, shown)),
        Value::Object(members) => {
            for member in members {
                shown.push(member.name_span.clone());
                names(&member.value, shown);
            }
        }
        _ => {}
    }
}
