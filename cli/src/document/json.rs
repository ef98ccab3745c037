//! JSON with places.

use std::ops::Range;

use jsonc_parser::ast::{ObjectPropName, Value as Ast};
use jsonc_parser::{CollectOptions, ParseOptions, common::Ranged, parse_to_ast};
use serde::de::IgnoredAny;
use wicketgate_policy::{Document, Fault};

use super::tree::{Member, Tree, Value};

/// Reads a document. The gate's own reader decides whether it is JSON; the other one only adds the
/// places.
pub(super) fn read(bytes: &[u8], source: &str) -> Result<Tree, (Fault, Range<usize>)> {
    if let Err(faults) = Document::parse(bytes) {
        let place = match serde_json::from_slice::<IgnoredAny>(bytes) {
            Err(error) => byte_at(bytes, error.line(), error.column()),
            Ok(_) => 0,
        };
        let found = faults.iter().next().map(|fault| fault.found.clone()).unwrap_or_default();
        // The place is reported separately.
        let found = found.split(" at line ").next().unwrap_or_default().to_owned();
        return Err((fault(found), place..place));
    }
    let options = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
    };
    let ast = parse_to_ast(source, &CollectOptions::default(), &options).map_err(|error| {
        (fault("text that is not json".into()), error.range().start..error.range().end)
    })?;
    let ast = ast.value.ok_or_else(|| (fault("an end of the text too early".into()), 0..0))?;
    Ok(tree(&ast))
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
        let tree = read(source.as_bytes(), source).unwrap();
        assert_eq!(tree.to_json(), "{\"é\":[1.50e3,\"xé😀\",{}],\"é\":null}");
        let [first, second] = tree.members() else { panic!("two members") };
        assert_eq!(&source[first.name_span.clone()], "\"é\"");
        assert_eq!(&source[first.value.items()[0].span.clone()], "1.50e3");
        assert_eq!(&source[second.value.span.clone()], "null");
    }

    #[test]
    fn what_is_no_json_has_a_place() {
        for (source, place) in [("", 0), ("{\n \"a\": x}", 8), ("{} {}", 3), ("[1,]", 3)] {
            let (_, span) = read(source.as_bytes(), source).unwrap_err();
            assert_eq!(span.start, place, "{source}");
        }
        let deep = "[".repeat(100_000);
        read(deep.as_bytes(), &deep).unwrap_err();
    }
}
