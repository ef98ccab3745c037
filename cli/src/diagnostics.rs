//! Faults and warnings, each with its place in the text.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

/// The severity.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document is no policy.
    Error,
    /// It is a policy, but something in it should change.
    Warning,
    /// Something that the document can't tell and a person must know.
    Note,
}

/// A message about a document.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// The code by which `--accept` accepts a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// The JSON path, empty for the whole document.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// A description of the value that was found.
    pub found: String,
    /// A description of the value that was expected, or advice.
    pub expected: String,
    /// The bytes in the source.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl Diagnostic {
    /// With its place in the source.
    pub fn placed(mut self, source: &str) -> Self {
        (self.line, self.column) = place(source, self.span.start);
        self
    }
}

/// The line and the column of a byte, both from 1, columns in characters.
pub fn place(source: &str, at: usize) -> (usize, usize) {
    let before = source.get(..at).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// Diagnostics as text, one after the other. `source` is the text of the document with everything
/// masked that must not be shown.
pub fn render(diagnostics: &[Diagnostic], name: &str, source: &str) -> String {
    // `output::print` removes the colours if there is no terminal.
    let renderer = Renderer::styled();
    let mut text = String::new();
    for diagnostic in diagnostics {
        text += &renderer.render(&[group(diagnostic, name, source)]);
        text += "\n\n";
    }
    text
}

fn group<'a>(diagnostic: &'a Diagnostic, name: &'a str, source: &'a str) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let (line, span) = line_of(source, &diagnostic.span);
    let label = match diagnostic.severity {
        Severity::Error => format!("expected {}", diagnostic.expected),
        Severity::Warning | Severity::Note => diagnostic.expected.clone(),
    };
    let found = match diagnostic.severity {
        Severity::Error => format!("found {}", diagnostic.found),
        Severity::Warning | Severity::Note => diagnostic.found.clone(),
    };
    let title = match diagnostic.path.as_str() {
        "" => found,
        path => format!("{path}: {found}"),
    };
    let title = level.primary_title(title);
    let title = match diagnostic.code {
        Some(code) => title.id(code),
        None => title,
    };
    let snippet = Snippet::source(line)
        .line_start(diagnostic.line)
        .path(name)
        .annotation(AnnotationKind::Primary.span(span));
    title.element(snippet).element(Level::HELP.no_name().message(label))
}

/// The line that a span begins in, and the span within it.
fn line_of<'s>(source: &'s str, span: &Range<usize>) -> (&'s str, Range<usize>) {
    let at = span.start.min(source.len());
    let start = source.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let rest = source.get(start..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let end = span.end.saturating_sub(start).min(line.len()).max(at - start);
    (line, at - start..end)
}
