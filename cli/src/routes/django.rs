//! Reads routes as `manage.py show_urls` of django-extensions prints them, or patterns from
//! `urls.py`, one on each line.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::list::{List, Parameter, bracketed};
use super::regex;
use super::template::{Kind, Template};

/// Reads any of the forms of `show_urls`, or a plain list. Django's routes have every method.
///
/// # Errors
/// If JSON is not that of `show_urls`.
pub(super) fn read(name: &str, text: &str) -> Result<List> {
    let mut list = List::default();
    list.notes.push(
        "Django's list does not tell methods: a view takes all that it does not refuse".to_owned(),
    );
    if text.trim_start().starts_with('[') {
        let routes: Vec<Shown> = serde_json::from_str(text)
            .with_context(|| format!("`{name}` is no list of `show_urls --format json`"))?;
        for route in routes {
            list.add(&route.url, Vec::new(), pattern(&route.url));
        }
        return Ok(list);
    }
    for line in text.lines() {
        if let Some(route) = of_line(line) {
            list.add(route, Vec::new(), pattern(route));
        }
    }
    Ok(list)
}

#[derive(Deserialize)]
struct Shown {
    url: String,
}

/// The route in a line; `None` if it has none.
fn of_line(line: &str) -> Option<&str> {
    // `verbose` puts the details of a route on indented lines; a plain list has comments.
    if line.starts_with(['\t', ' ', '#']) || line.starts_with("URL ") || line.starts_with("---") {
        return None;
    }
    // `dense` has tabs; `aligned` and `table` have blanks, of which no route has two.
    let end = [line.find('\t'), line.find("  "), line.find(" | ")].into_iter().flatten().min();
    let route = end.and_then(|end| line.get(..end)).unwrap_or(line).trim_end();
    (!route.is_empty()).then_some(route)
}

fn pattern(route: &str) -> Result<Template, String> {
    // `re_path` has regular expressions, and so have routes that `show_urls` could not simplify.
    if route.contains(['^', '$', '\\', '(']) {
        return regex::read(route);
    }
    let route = format!("/{}", route.strip_prefix('/').unwrap_or(route));
    bracketed(&route, ['<', '>'], parameter)
}

/// A parameter of `path()`: `name`, `int:name`. A converter of the project's own may span segments.
fn parameter(text: &str) -> Parameter {
    let converter = text.split_once(':').map_or("str", |(converter, _)| converter.trim());
    Parameter::One(match converter {
        "str" | "slug" => Kind::Any,
        "int" => Kind::Number,
        "uuid" => Kind::Uuid,
        _ => return Parameter::Rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        for (line, route) in [
            ("/a/<int:id>/\tapp.views.a\tname\t", Some("/a/<int:id>/")),
            ("/a/   app.views.a   name", Some("/a/")),
            ("/a | app.views.a | | ", Some("/a")),
            ("\tController: app.views.a", None),
            ("URL   | Module | Name | Decorator", None),
            ("------+--------+--+-", None),
            ("# a comment", None),
            ("", None),
            ("^a/$", Some("^a/$")),
            ("polls/<int:id>/", Some("polls/<int:id>/")),
        ] {
            assert_eq!(of_line(line), route, "{line}");
        }
    }

    #[test]
    fn patterns() {
        let samples = |route| pattern(route).unwrap().samples("1");
        assert_eq!(samples("polls/<int:id>/"), ["/polls/1/"]);
        assert_eq!(samples("/files/<path:path>"), ["/files/1", "/files/1/1"]);
        assert_eq!(samples("^internal/run/$"), ["/internal/run/"]);
    }
}
