//! Reads regular expressions of Django's `re_path`, if they are paths with groups.

use super::list::{Parameter, Part};
use super::template::{Kind, Segment, Template};

/// Reads an expression such as `^balance/(?P<id>[^/]+)$`.
///
/// # Errors
/// If it is more than a path with groups: an alternative, a repetition outside a group.
pub(super) fn read(text: &str) -> Result<Template, String> {
    let text = text.strip_prefix('/').unwrap_or(text);
    let (begins, text) = text.strip_prefix('^').map_or((false, text), |text| (true, text));
    let end = ["$", r"\Z", r"\z"].into_iter().find_map(|end| text.strip_suffix(end));
    // An expression without an end matches longer paths too (an included list, or a forgotten `$`).
    let goes_on = begins && end.is_none() && !text.is_empty();
    let text = end.unwrap_or(text);
    let text = text.strip_prefix('/').unwrap_or(text);
    let mut segments: Vec<Segment> = Vec::new();
    let mut part = Part::default();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '/' if rest.peek() == Some(&'?') => {
                // Skip an optional slash at the end: the gate takes both forms for the same path.
                rest.next();
                if rest.peek().is_some() {
                    return Err("an optional `/` within".to_owned());
                }
            }
            '/' => segments.push(std::mem::take(&mut part).finish()),
            '(' => {
                let group = balanced(&mut rest, '(', ')')?;
                part.add(parameter(&group, &mut rest)?);
            }
            '[' => {
                let class = balanced(&mut rest, '[', ']')?;
                let repeated = repetition(&mut rest);
                part.add(spans(&format!("[{class}]{repeated}")));
            }
            '.' => {
                let repeated = repetition(&mut rest);
                part.add(spans(&format!(".{repeated}")));
            }
            '\\' => match rest.next() {
                Some(escaped @ ('d' | 'w' | 's' | 'D' | 'W' | 'S')) => {
                    let repeated = repetition(&mut rest);
                    part.add(spans(&format!("\\{escaped}{repeated}")));
                }
                Some(escaped) if !escaped.is_alphanumeric() => part.text(escaped),
                _ => return Err("an escape that is not read".to_owned()),
            },
            '|' | '?' | '*' | '+' | '{' | '}' | '^' | '$' | ')' | ']' => {
                return Err(format!("`{character}` outside a group is not read"));
            }
            other => part.text(other),
        }
    }
    if !goes_on || !part.is_empty() {
        segments.push(part.finish());
    }
    if goes_on {
        segments.push(Segment::Rest { least: 0 });
    }
    Template::new(segments)
}

type Rest<'t> = std::iter::Peekable<std::str::Chars<'t>>;

/// The text up to the closing bracket. The opening one was read.
fn balanced(rest: &mut Rest<'_>, open: char, close: char) -> Result<String, String> {
    let (mut depth, mut inner) = (1_usize, String::new());
    while let Some(character) = rest.next() {
        if character == '\\' {
            inner.push(character);
            inner.extend(rest.next());
            continue;
        }
        if character == open && open != '[' {
            depth += 1;
        } else if character == close && (close != ']' || !inner.is_empty() && inner != "^") {
            depth -= 1;
            if depth == 0 {
                return Ok(inner);
            }
        }
        inner.push(character);
    }
    Err(format!("a `{open}` without its `{close}`"))
}

/// The sign of repetition after a group.
fn repetition(rest: &mut Rest<'_>) -> String {
    let mut text = String::new();
    match rest.peek() {
        Some('*' | '+' | '?') => text.extend(rest.next()),
        Some('{') => {
            for character in rest.by_ref() {
                text.push(character);
                if character == '}' {
                    break;
                }
            }
        }
        _ => {}
    }
    text
}

fn parameter(group: &str, rest: &mut Rest<'_>) -> Result<Parameter, String> {
    let inner = match group.strip_prefix('?') {
        None => group,
        Some(named) => match named.strip_prefix("P<").and_then(|named| named.split_once('>')) {
            Some((_, inner)) => inner,
            None => named.strip_prefix(':').ok_or("a group that is not read")?,
        },
    };
    if !repetition(rest).is_empty() {
        return Err("a group that is repeated or optional is not read".to_owned());
    }
    let words: Vec<&str> = inner.split('|').collect();
    let plain = |word: &&str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if words.iter().all(plain) {
        return Ok(Parameter::One(Kind::OneOf(words.into_iter().map(str::to_owned).collect())));
    }
    Ok(spans(inner))
}

/// The kind of parameter that an expression matches: a number, a segment, or more if it may match
/// `/`.
fn spans(inner: &str) -> Parameter {
    let is_number = [r"\d", "[0-9]"].into_iter().any(|class| {
        inner.strip_prefix(class).is_some_and(|rest| !rest.contains(['\\', '[', '(', '.']))
    });
    if is_number {
        return Parameter::One(Kind::Number);
    }
    let no_slash = inner.replace("[^/", "");
    let any = no_slash.replace(r"\.", "");
    // These are a dot, a negated class, and a slash itself.
    if any.contains(['.', '/'])
        || any.contains("[^")
        || any.contains(r"\S")
        || any.contains(r"\D")
        || any.contains(r"\W")
    {
        return Parameter::Rest;
    }
    Parameter::One(Kind::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_that_are_paths() {
        for (text, samples) in [
            (r"^balance/(?P<id>[^/]+)$", &["/balance/1"][..]),
            (r"^api/dashboard/latest-runs/?$", &["/api/dashboard/latest-runs"]),
            (r"^articles/(?P<year>[0-9]{4})/$", &["/articles/1/"]),
            (r"^a/(\d+)/b\.json$", &["/a/1/b.json"]),
            (r"^(?P<path>.*)$", &["/1", "/1/1"]),
            (r"^files/(?P<path>[^?]+)\Z", &["/files/1", "/files/1/1"]),
            (r"^(en|de)/internal/$", &["/en/internal/", "/de/internal/"]),
            (r"^x/[a-z]+/y$", &["/x/1/y"]),
            (r"/internal/\w+", &["/internal/1"]),
            (r"^reports/", &["/reports/1", "/reports", "/reports/1/1"]),
            (r"^reports", &["/reports/1", "/reports", "/reports/1/1"]),
            ("", &["/"]),
        ] {
            assert_eq!(read(text).unwrap().samples("1"), samples, "{text}");
        }
    }

    #[test]
    fn others_are_not_guessed_at() {
        for text in ["^a|b$", "^a(b", "^(?:a/)?b$", "^a/?b$", "^ab*$", r"^a\b$", "^(?=x)a$", "^[a"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
