//! The routes of an application, and those that could not be read.

use wicketgate_policy::Stack;

use super::template::{Kind, Segment, Template};

/// The routes of an application.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) routes: Vec<Route>,
    /// Routes that could not be read, each with the reason.
    pub(super) unread: Vec<(String, String)>,
    /// Notes about the list.
    pub(super) notes: Vec<String>,
    /// `true` if the list does not tell which parameters take more than one segment.
    pub(super) hides_spans: bool,
    /// Prefixes under which the application is served too.
    pub(super) mounts: Vec<String>,
    /// Locales that the application takes from the front of a path.
    pub(super) locales: Vec<String>,
    /// The segments at the front of each route that are a prefix of `mounts`.
    pub(super) base: usize,
    /// Files beside the routes, without a leading slash; `/*` for a folder.
    pub(super) files: Vec<String>,
    /// The framework, if the list shows it.
    pub(super) stack: Option<Stack>,
}

/// One route.
#[derive(Clone, Debug)]
pub(super) struct Route {
    /// Its path as the application writes it.
    pub(super) shown: String,
    /// Its methods in upper case; empty if the list does not tell.
    pub(super) methods: Vec<String>,
    /// The paths under which clients reach it.
    pub(super) templates: Vec<Template>,
    /// For a rewrite, the route that it leads to.
    pub(super) leads_to: Option<(String, Template)>,
}

impl List {
    /// Adds a route, or records why its path can't be read.
    pub(super) fn add(
        &mut self,
        shown: &str,
        methods: Vec<String>,
        template: Result<Template, String>,
    ) {
        match template {
            Ok(template) => self.routes.push(Route {
                shown: shown.to_owned(),
                methods,
                templates: vec![template],
                leads_to: None,
            }),
            Err(why) => self.unread.push((shown.to_owned(), why)),
        }
    }
}

/// A parameter in brackets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Parameter {
    /// One segment, or a part of one.
    One(Kind),
    /// Several segments, at least one.
    Rest,
}

/// Reads a path with parameters between brackets, which may be nested.
///
/// # Errors
/// The reason why it is no such path.
pub(super) fn bracketed(
    path: &str,
    brackets: [char; 2],
    read: impl Fn(&str) -> Parameter,
) -> Result<Template, String> {
    let [open, close] = brackets;
    let path = path.strip_prefix('/').ok_or("no leading `/`")?;
    let mut segments = Vec::new();
    let mut part = Part::default();
    let mut inner: Option<(usize, String)> = None;
    for character in path.chars() {
        match &mut inner {
            Some((1, text)) if character == close => {
                part.add(read(text));
                inner = None;
            }
            Some((depth, text)) => {
                *depth = match character {
                    c if c == open => *depth + 1,
                    c if c == close => *depth - 1,
                    _ => *depth,
                };
                text.push(character);
            }
            None if character == open => inner = Some((1, String::new())),
            None if character == close => return Err(format!("a `{close}` out of place")),
            None if character == '/' => segments.push(std::mem::take(&mut part).finish()),
            None => part.text(character),
        }
    }
    if inner.is_some() {
        return Err(format!("a `{open}` without its `{close}`"));
    }
    segments.push(part.finish());
    Template::new(segments)
}

/// A segment while it is read.
#[derive(Debug, Default)]
pub(super) struct Part {
    before: String,
    parameter: Option<Parameter>,
    after: String,
}

impl Part {
    /// Adds a character of text.
    pub(super) fn text(&mut self, character: char) {
        match self.parameter {
            None => self.before.push(character),
            Some(_) => self.after.push(character),
        }
    }

    /// Adds a parameter. Several in one segment count as one of any text.
    pub(super) fn add(&mut self, parameter: Parameter) {
        self.parameter = Some(match (&self.parameter, parameter) {
            (None, parameter) => parameter,
            (Some(Parameter::Rest), _) | (_, Parameter::Rest) => Parameter::Rest,
            _ => Parameter::One(Kind::Any),
        });
        self.after.clear();
    }

    /// Returns `true` if nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.parameter.is_none()
    }

    /// The segment.
    pub(super) fn finish(self) -> Segment {
        match self.parameter {
            None => Segment::Text(self.before),
            Some(Parameter::One(kind)) => {
                Segment::One { before: self.before, kind, after: self.after }
            }
            Some(Parameter::Rest) => Segment::Rest { least: 1 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_brackets() {
        let read = |path: &str| {
            bracketed(path, ['<', '>'], |inner| match inner {
                "rest" => Parameter::Rest,
                _ => Parameter::One(Kind::Any),
            })
            .map(|template| template.samples("1"))
        };
        assert_eq!(read("/").unwrap(), ["/"]);
        assert_eq!(read("/a/<b>/").unwrap(), ["/a/1/"]);
        assert_eq!(read("/v<a>.<b>.json").unwrap(), ["/v1.json"]);
        assert_eq!(read("/<x(</>)>/a").unwrap(), ["/1/a"]);
        assert_eq!(read("/a/<rest>").unwrap(), ["/a/1", "/a/1/1"]);
        for path in ["", "a", "/<", "/a>", "/<a/b"] {
            assert!(read(path).is_err(), "{path}");
        }
    }
}
