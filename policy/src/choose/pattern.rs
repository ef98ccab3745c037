//! Path patterns: `/account`, `/balance/{user_id}`, `/internal/*`.

use super::foreign;
use crate::path::PATH_BYTE;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A path pattern of a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pattern {
    pub(super) segments: Vec<Segment>,
    /// `true` if it also covers everything below (`/*`).
    pub(super) below: bool,
}

/// One segment of a pattern.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Segment {
    /// These bytes. Empty only in the last place: a trailing slash.
    Literal(Box<[u8]>),
    /// Any one segment that is not empty.
    Any,
}

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PatternFault {
    /// It does not start with `/`.
    NoLeadingSlash,
    /// A segment is empty, and not the last.
    EmptySegment,
    /// A segment is `.` or `..`.
    DotSegment,
    /// A character that a plain path can't have, or a `{`, `}` or `*` in the wrong place.
    Character(char),
    /// A segment of over 255 bytes, or more than 64 segments.
    TooLong,
    /// It is written in another tool's language. The text says what it means there, and how to
    /// write it here.
    Foreign(&'static str),
}

impl PatternFault {
    /// Describes the fault, as the `found` of its text.
    pub(crate) fn text(self) -> alloc::string::String {
        use alloc::format;
        match self {
            Self::NoLeadingSlash => "no leading `/`".into(),
            Self::EmptySegment => "an empty segment".into(),
            Self::DotSegment => "a dot segment".into(),
            Self::Character(c) => format!("the character `{}`", c.escape_default()),
            Self::TooLong => "more than 64 segments or 255 bytes in one".into(),
            Self::Foreign(told) => told.into(),
        }
    }
}

/// The longest literal segment. Folding a path's segment needs a buffer of this size on the stack.
pub(super) const MAX_SEGMENT: usize = 255;
const MAX_SEGMENTS: usize = 64;

impl Pattern {
    /// Reads a pattern as it stands in a policy.
    pub(crate) fn parse(text: &str) -> Result<Self, PatternFault> {
        let Some(rest) = text.strip_prefix('/') else {
            let told = foreign::before_a_path(text).map(PatternFault::Foreign);
            return Err(told.unwrap_or(PatternFault::NoLeadingSlash));
        };
        let (rest, below) = match rest {
            "*" => return Ok(Self { segments: Vec::new(), below: true }),
            rest => rest.strip_suffix("/*").map_or((rest, false), |rest| (rest, true)),
        };
        let mut segments = Vec::new();
        let mut texts = rest.split('/').peekable();
        while let Some(text) = texts.next() {
            let last = texts.peek().is_none();
            segments.push(segment(text, last && !below)?);
        }
        if segments.len() > MAX_SEGMENTS {
            return Err(PatternFault::TooLong);
        }
        Ok(Self { segments, below })
    }

    /// The same pattern for folded paths: literals in lower case, no trailing slash.
    pub(super) fn folded(&self) -> Self {
        let segments = self.segments.iter().filter_map(|segment| match segment {
            Segment::Literal(text) if text.is_empty() => None,
            Segment::Literal(text) => Some(Segment::Literal(text.to_ascii_lowercase().into())),
            Segment::Any => Some(Segment::Any),
        });
        Self { segments: segments.collect(), below: self.below }
    }

    /// Returns `true` if its last segment is a literal, and it covers nothing below.
    pub(super) fn ends_in_a_literal(&self) -> bool {
        !self.below && matches!(self.segments.last(), Some(Segment::Literal(_)))
    }

    /// Returns `true` if every path that `self` covers is covered by `other` too.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let depth = other.segments.len();
        let deep_enough = if other.below {
            self.segments.len() >= depth
        } else {
            !self.below && self.segments.len() == depth
        };
        deep_enough
            && self.segments.iter().zip(&other.segments).all(|(mine, theirs)| match theirs {
                Segment::Any => !matches!(mine, Segment::Literal(text) if text.is_empty()),
                Segment::Literal(_) => mine == theirs,
            })
    }
}

fn segment(text: &str, may_be_empty: bool) -> Result<Segment, PatternFault> {
    if let Some(name) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        if let Some(told) = foreign::in_braces(name) {
            return Err(PatternFault::Foreign(told));
        }
        let bad = name.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '_');
        return match bad {
            Some(c) => Err(PatternFault::Character(c)),
            None if name.is_empty() => Err(PatternFault::Character('{')),
            None => Ok(Segment::Any),
        };
    }
    if text.is_empty() && !may_be_empty {
        return Err(PatternFault::EmptySegment);
    }
    if matches!(text, "." | "..") {
        return Err(PatternFault::DotSegment);
    }
    // A segment that another tool takes for a parameter must not become a literal, which would
    // guard nothing. A doubled sign is meant literally: OData has `$metadata`, FHIR `$everything`.
    let text = match text.strip_prefix("$$").or_else(|| text.strip_prefix("::")) {
        Some(_) => text.get(1..).unwrap_or_default(),
        None => match foreign::in_a_segment(text, may_be_empty) {
            Some(told) => return Err(PatternFault::Foreign(told)),
            None => text,
        },
    };
    // `*` is a lawful path character, but in a pattern it would read as a wildcard.
    let is_plain = |c: char| c != '*' && u8::try_from(c).is_ok_and(|byte| PATH_BYTE.contains(byte));
    if let Some(c) = text.chars().find(|c| !is_plain(*c)) {
        return Err(PatternFault::Character(c));
    }
    if text.len() > MAX_SEGMENT {
        return Err(PatternFault::TooLong);
    }
    Ok(Segment::Literal(text.as_bytes().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(a: &str, b: &str) -> bool {
        Pattern::parse(a).unwrap().is_within(&Pattern::parse(b).unwrap())
    }

    #[test]
    fn containment() {
        for (a, b) in [
            ("/internal/jobs/{id}/status", "/internal/*"),
            ("/internal", "/internal/*"),
            ("/balance/admin", "/balance/{id}"),
            ("/a/b/*", "/a/{x}/*"),
            ("/internal/*", "/*"),
            ("/", "/*"),
            ("/a/", "/a/*"),
            ("/a", "/a"),
        ] {
            assert!(within(a, b), "{a} in {b}");
        }
        for (a, b) in [
            ("/internal/*", "/internal"),
            ("/a/{x}", "/{y}/b"),
            ("/{y}/b", "/a/{x}"),
            ("/a/", "/a/{x}"),
            ("/a/*", "/a/{x}"),
            ("/a", "/a/"),
            ("/ab", "/a/*"),
            ("/a/{x}/*", "/a/b/*"),
        ] {
            assert!(!within(a, b), "{a} not in {b}");
        }
    }

    #[test]
    fn texts_that_are_no_patterns() {
        use PatternFault as F;
        for (text, fault) in [
            ("", F::NoLeadingSlash),
            ("a", F::NoLeadingSlash),
            ("/a//b", F::EmptySegment),
            ("//", F::EmptySegment),
            ("//*", F::EmptySegment),
            ("/a/../b", F::DotSegment),
            ("/.", F::DotSegment),
            ("/a%20b", F::Character('%')),
            ("/{}", F::Character('{')),
            ("/{a-b}", F::Character('-')),
            ("/a;b", F::Character(';')),
            ("/é", F::Character('é')),
            ("/a b", F::Character(' ')),
            ("/$$a*", F::Character('*')),
        ] {
            assert_eq!(Pattern::parse(text), Err(fault), "{text}");
        }
        assert_eq!(Pattern::parse(&alloc::format!("/{}", "a".repeat(256))), Err(F::TooLong));
        assert_eq!(Pattern::parse(&"/a".repeat(65)), Err(F::TooLong));
    }

    #[test]
    fn a_doubled_sign_is_meant_as_it_stands() {
        let literal = |text: &str| Segment::Literal(text.as_bytes().into());
        for (pattern, segment) in [
            ("/$$metadata", "$metadata"),
            ("/::id", ":id"),
            ("/x:cancel", "x:cancel"),
            ("/Products(1)", "Products(1)"),
            ("/a$b", "a$b"),
            ("/@vite", "@vite"),
            ("/.json", ".json"),
            ("/:", ":"),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().segments, [literal(segment)], "{pattern}");
        }
    }

    #[test]
    fn a_trailing_slash_is_a_pattern_of_its_own() {
        assert_ne!(Pattern::parse("/a/"), Pattern::parse("/a"));
        assert_eq!(Pattern::parse("/A/").unwrap().folded(), Pattern::parse("/a").unwrap());
        assert_eq!(Pattern::parse("/").unwrap().folded().segments, []);
    }
}
