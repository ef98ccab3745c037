//! Rewrites: further paths of routes, in the language of path-to-regexp.

use super::Rewrite;
use crate::routes::list::{List, Parameter, Part, Route};
use crate::routes::template::{Kind, Segment, Template};

/// Adds a rewrite as a route. Conditions (`has`, `missing`) are taken to hold.
pub(super) fn add(rewrite: &Rewrite, locales: &[String], list: &mut List) {
    // The framework puts the locale before every source if there are locales.
    let source = plain(&rewrite.source, locales);
    let destination = plain(&rewrite.destination, locales);
    match read(&source) {
        Ok(template) => {
            let templates = if locales.is_empty() {
                vec![template]
            } else {
                let behind = super::behind_locale(&template, locales);
                vec![template, behind]
            };
            let target = destination.split('?').next().unwrap_or_default();
            let leads_to = read(target).ok().map(|template| (destination.clone(), template));
            list.routes.push(Route { shown: source, methods: Vec::new(), templates, leads_to });
        }
        Err(why) => list.unread.push((source, why)),
    }
}

fn plain(path: &str, locales: &[String]) -> String {
    if locales.is_empty() {
        return path.to_owned();
    }
    let rest = path.strip_prefix("/:nextInternalLocale").unwrap_or(path);
    let choice = format!("({})", locales.join("|"));
    rest.strip_prefix(choice.as_str()).unwrap_or(rest).to_owned()
}

/// Reads `/older/:path*`, `/:lang(en|de)/x`, `/post-:id(\\d+)`.
fn read(path: &str) -> Result<Template, String> {
    let path = path.strip_prefix('/').ok_or("no leading `/`")?;
    let mut segments = Vec::new();
    let mut part = Part::default();
    let mut rest = path.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '/' => segments.push(std::mem::take(&mut part).finish()),
            '\\' => rest.next().into_iter().for_each(|escaped| part.text(escaped)),
            '{' | '}' => return Err("a group in braces is not read".to_owned()),
            ':' | '(' => {
                if character == ':' {
                    while rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '_').is_some() {}
                }
                let expression = if character == '(' || rest.next_if_eq(&'(').is_some() {
                    Some(group(&mut rest)?)
                } else {
                    None
                };
                let least = match rest.peek() {
                    Some('*' | '?') => Some(0),
                    Some('+') => Some(1),
                    _ => None,
                };
                match least {
                    // An optional segment counts as one of several with at least none, so nothing
                    // is left unasked.
                    Some(least) => {
                        rest.next();
                        if !part.is_empty() || rest.peek().is_some_and(|next| *next != '/') {
                            return Err("a repeated part of a segment is not read".to_owned());
                        }
                        rest.next();
                        segments.push(Segment::Rest { least });
                        if rest.peek().is_none() {
                            return Template::new(segments);
                        }
                    }
                    None => part.add(parameter(expression.as_deref())),
                }
            }
            other => part.text(other),
        }
    }
    segments.push(part.finish());
    Template::new(segments)
}

fn group(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let (mut depth, mut inner) = (1_usize, String::new());
    while let Some(character) = rest.next() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(inner);
        }
        inner.push(character);
        if character == '\\' {
            inner.extend(rest.next());
        }
    }
    Err("a `(` without its `)`".to_owned())
}

fn parameter(expression: Option<&str>) -> Parameter {
    let Some(expression) = expression else { return Parameter::One(Kind::Any) };
    let words: Vec<String> = expression.split('|').map(str::to_owned).collect();
    let is_word = |word: &String| {
        word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    match expression {
        r"\d+" | r"\d{1,}" | "[0-9]+" => Parameter::One(Kind::Number),
        _ if words.iter().all(is_word) => Parameter::One(Kind::OneOf(words)),
        // The expression may match slashes.
        _ if may_hold_slash(expression) => Parameter::Rest,
        _ => Parameter::One(Kind::Any),
    }
}

/// Returns `true` if an expression may match a slash: a dot, a negated class, or a class or an
/// alternative with a slash.
fn may_hold_slash(expression: &str) -> bool {
    let classes = ["[^", r"\S", r"\D", r"\W", r"\/"];
    expression.contains(['.', '/']) || classes.iter().any(|class| expression.contains(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources() {
        for (source, samples) in [
            ("/old/runs", &["/old/runs"][..]),
            ("/older/:path*", &["/older/1", "/older", "/older/1/1"]),
            ("/a/:x+/b", &["/a/1/b", "/a/1/1/b"]),
            ("/post-:id(\\d+)", &["/post-1"]),
            ("/:lang(en|de)/x", &["/en/x", "/de/x"]),
            ("/(.*)", &["/1", "/1/1"]),
            ("/a/:x(\\S+)", &["/a/1", "/a/1/1"]),
            ("/a/:x([\\w\\/]+)", &["/a/1", "/a/1/1"]),
            ("/a\\(b", &["/a(b"]),
            ("/", &["/"]),
        ] {
            assert_eq!(read(source).unwrap().samples("1"), samples, "{source}");
        }
        for source in ["x", "/a{b}?", "/a:b*", "/:a(b"] {
            assert!(read(source).is_err(), "{source}");
        }
    }

    #[test]
    fn the_locale_that_the_framework_adds() {
        let locales = ["en".to_owned(), "de".to_owned()];
        assert_eq!(plain("/:nextInternalLocale(en|de)/old/runs", &locales), "/old/runs");
        assert_eq!(plain("/:nextInternalLocale/api/x", &locales), "/api/x");
        assert_eq!(plain("/old/runs", &[]), "/old/runs");
    }
}
