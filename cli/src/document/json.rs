//! JSON with places.

use std::ops::Range;

use jsonc_parser::ast::{ObjectPropName, Value as Ast};
use jsonc_parser::{CollectOptions, ParseOptions, common::Ranged, parse_to_ast};
use serde::de::IgnoredAny;
use wicketgate_policy::{Document, Fault};

use super::tree::{Member, Tree, Value};

/// A document that was read.
pub(super) struct Read {
    pub(super) tree: Tree,
    /// `true` if it has comments or commas at an end, which no host takes.
    pub(super) has_extras: bool,
}

/// Reads a document, with comments and commas at the end of a list as editors allow them. The gate's
/// own reader decides whether it is JSON; the other one only adds the places.
pub(super) fn read(bytes: &[u8], source: &str) -> Result<Read, (Fault, Range<usize>)> {
    if let Some(encoding) = encoding(bytes) {
        let expected = "a json document in utf-8, without a byte order mark".into();
        return Err((Fault { path: String::new(), found: encoding.into(), expected }, 0..0));
    }
    if let Err(faults) = Document::parse(bytes) {
        if let Some(tree) = parse(source, true).ok().flatten() {
            return Ok(Read { tree, has_extras: true });
        }
        let place = match serde_json::from_slice::<IgnoredAny>(bytes) {
            Err(error) => byte_at(bytes, error.line(), error.column()),
            Ok(_) => 0,
        };
        let found = faults.iter().next().map(|fault| fault.found.clone()).unwrap_or_default();
        // The place is reported separately.
        let found = found.split(" at line ").next().unwrap_or_default().to_owned();
        return Err((fault(found), place..place));
    }
    let tree = parse(source, false)?;
    let tree = tree.ok_or_else(|| (fault("an end of the text too early".into()), 0..0))?;
    Ok(Read { tree, has_extras: false })
}

/// The encoding of a text that is not plain UTF-8, as Windows editors write it.
fn encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'{', 0, ..] | [0, b'{', ..] => {
            Some("text in utf-16")
        }
        [0xef, 0xbb, 0xbf, ..] => Some("a byte order mark before the text"),
        _ => None,
    }
}

fn parse(source: &str, with_extras: bool) -> Result<Option<Tree>, (Fault, Range<usize>)> {
    let options = ParseOptions {
        allow_comments: with_extras,
        allow_loose_object_property_names: false,
        allow_trailing_commas: with_extras,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
    };
    let ast = parse_to_ast(source, &CollectOptions::default(), &options).map_err(|error| {
        (fault("text that is not json".into()), error.range().start..error.range().end)
    })?;
    Ok(ast.value.map(|ast| tree(&ast)))
}

fn fault(found: String) -> Fault {
    Fault { path: String::new(), found, expected: "a json document".into() }
}

/// Neither reader follows more than a few hundred levels, so this recursion is bounded too.
fn tree(ast: &Ast<'_>) -> Tree {
    let span = |range: jsonc_parser::common::Range| range.start..range.end;
    let value = match ast {
        Ast::NullKeyword(_) => Value::Null,
        Ast::BooleanLit(literal) => Value::Bool(literal.value),
        Ast::NumberLit(literal) => Value::Number(literal.value.to_owned()),
        Ast::StringLit(literal) => Value::String(literal.value.clone().into_owned()),
        Ast::Array(array) => Value::Array(array.elements.iter().map(tree).collect()),
        Ast::Object(object) => {
            let members = object.properties.iter().map(|property| Member {
                name: match &property.name {
                    ObjectPropName::String(name) => name.value.clone().into_owned(),
                    ObjectPropName::Word(name) => name.value.to_owned(),
                },
                name_span: span(property.name.range()),
                value: tree(&property.value),
            });
            Value::Object(members.collect())
        }
    };
    Tree { value, span: span(ast.range()) }
}

/// The byte at a line (from 1) and a column (from 1, in bytes).
fn byte_at(bytes: &[u8], line: usize, column: usize) -> usize {
    let before: usize = bytes
        .split_inclusive(|&byte| byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + column.saturating_sub(1)).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bytes_of_the_source() {
        let source = "{\"é\": [1.50e3, \"x\\u00e9\\ud83d\\ude00\", {}],\n \"é\": null}";
        let tree = read(source.as_bytes(), source).unwrap().tree;
        assert_eq!(tree.to_json(), "{\"é\":[1.50e3,\"xé😀\",{}],\"é\":null}");
        let [first, second] = tree.members() else { panic!("two members") };
        assert_eq!(&source[first.name_span.clone()], "\"é\"");
        assert_eq!(&source[first.value.items()[0].span.clone()], "1.50e3");
        assert_eq!(&source[second.value.span.clone()], "null");
    }

    #[test]
    fn what_is_no_json_has_a_place() {
        for (source, place) in [("", 0), ("{\n \"a\": x}", 8), ("{} {}", 3), ("[1,,]", 3)] {
            let Err((_, span)) = read(source.as_bytes(), source) else { panic!("{source}") };
            assert_eq!(span.start, place, "{source}");
        }
        let deep = "[".repeat(100_000);
        assert!(read(deep.as_bytes(), &deep).is_err());
    }

    #[test]
    fn comments_are_left_out() {
        let source = "// who\n{ \"a\": [1, /* two */ 2,], } // end\n";
        let read = read(source.as_bytes(), source).unwrap();
        assert!(read.has_extras);
        assert_eq!(read.tree.to_json(), "{\"a\":[1,2]}");
        for source in ["{'a': 1}", "{a: 1}", "{\"a\" 1}", "{\"a\": 0x1}", "// nothing"] {
            assert!(super::read(source.as_bytes(), source).is_err(), "{source}");
        }
    }

    #[test]
    fn another_encoding_is_named() {
        for (bytes, found) in [
            (&b"\xff\xfe{\0}\0"[..], "text in utf-16"),
            (b"{\0}\0", "text in utf-16"),
            (b"\xef\xbb\xbf{}", "a byte order mark before the text"),
        ] {
            let Err((fault, _)) = read(bytes, &String::from_utf8_lossy(bytes)) else { panic!() };
            assert_eq!(fault.found, found);
        }
    }
}
