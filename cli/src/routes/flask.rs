//! Reads routes as `flask routes` prints them.

use anyhow::{Result, bail};

use super::list::{List, Parameter, bracketed};
use super::template::Kind;

/// Reads the table. The heading tells where its columns are.
///
/// # Errors
/// If there is no such table.
pub(super) fn read(name: &str, text: &str) -> Result<List> {
    let mut list = List::default();
    let mut columns: Option<(usize, usize, usize)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let Some((methods, methods_end, rule)) = columns else {
            columns = heading(line);
            continue;
        };
        if line.trim().is_empty() || line.starts_with("---") {
            continue;
        }
        let (Some(path), Some(methods)) = (line.get(rule..), line.get(methods..methods_end)) else {
            bail!("`{name}`: line {number} has fewer columns than the heading");
        };
        let path = path.trim_end();
        let methods = methods.split(',').map(|method| method.trim().to_owned());
        let methods = methods.filter(|method| !method.is_empty()).collect();
        list.add(path, methods, bracketed(path, ['<', '>'], parameter));
    }
    if columns.is_none() {
        bail!(
            "`{name}` has no heading `Endpoint  Methods  Rule`: is it what `flask routes` prints?"
        );
    }
    Ok(list)
}

/// The columns at which methods begin, methods end, and rules begin.
fn heading(line: &str) -> Option<(usize, usize, usize)> {
    let (methods, rule) = (line.find("Methods")?, line.find("Rule")?);
    if !line.starts_with("Endpoint") || rule < methods {
        return None;
    }
    // `Host` or `Subdomain` may be between them.
    let after = line.get(methods + "Methods".len()..)?;
    let next = after.find(|character: char| !character.is_whitespace())?;
    Some((methods, methods + "Methods".len() + next, rule))
}

/// A parameter of Werkzeug's rules: `name`, `int:name`, `any(a, b):name`. A converter of the
/// application's own may span segments.
fn parameter(text: &str) -> Parameter {
    let converter = text.rsplit_once(':').map_or("string", |(converter, _)| converter.trim());
    let (name, arguments) = converter.split_once('(').unwrap_or((converter, ""));
    Parameter::One(match name {
        "string" | "default" => Kind::Any,
        "int" => Kind::Number,
        "float" => Kind::Float,
        "uuid" => Kind::Uuid,
        "any" => {
            let words = arguments.trim_end_matches(')').split(',');
            let word = |word: &str| word.trim().trim_matches(['"', '\'']).to_owned();
            Kind::OneOf(words.map(word).filter(|word| !word.is_empty()).collect())
        }
        _ => return Parameter::Rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converters() {
        let samples = |path| bracketed(path, ['<', '>'], parameter).unwrap().samples("1");
        assert_eq!(samples("/a/<string(length=2):x>"), ["/a/1"]);
        assert_eq!(samples("/<any(about, \"help\"):page>"), ["/about", "/help"]);
        assert_eq!(samples("/<float:x>"), ["/1.5"]);
        assert_eq!(samples("/<path:x>/edit"), ["/1/edit", "/1/1/edit"]);
        assert_eq!(samples("/<own:x>"), ["/1", "/1/1"]);
    }

    #[test]
    fn a_column_between_and_rules_with_blanks() {
        let text = "Endpoint  Methods    Subdomain  Rule\n--------  ---------  ---------  ----\n\
            a         GET, POST  api        /<any(x, y):z>\n";
        let list = read("-", text).unwrap();
        assert_eq!(list.routes[0].methods, ["GET", "POST"]);
        assert_eq!(list.routes[0].shown, "/<any(x, y):z>");
        assert!(read("-", "no table").is_err());
        assert!(read("-", "Endpoint  Methods  Rule\nshort\n").is_err());
    }
}
