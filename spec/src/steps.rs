//! The steps that origins were seen to take between a target and the path they route by. Each
//! gives back what it makes of a path, which may be the path itself.

/// Percent-decoding, once. What is no escape stays, and so does what `keep` names.
fn decode(path: &str, keep: &str) -> String {
    let characters: Vec<char> = path.chars().collect();
    let mut decoded = String::new();
    let mut at = 0;
    while at < characters.len() {
        let digit = |offset: usize| characters.get(at + offset).and_then(|c| c.to_digit(16));
        let value = match (characters[at], digit(1), digit(2)) {
            ('%', Some(high), Some(low)) => char::from_u32(high * 16 + low),
            _ => None,
        };
        match value {
            Some(value) if !keep.contains(value) => {
                decoded.push(value);
                at += 3;
            }
            _ => {
                decoded.push(characters[at]);
                at += 1;
            }
        }
    }
    decoded
}

/// Percent-decoding of every escape.
pub(crate) fn decode_all(path: &str) -> String {
    decode(path, "")
}

/// Percent-decoding that leaves slashes and percent signs to the parameters, as Fastify's router
/// does, and as RFC 3986 calls normal (section 6.2.2).
pub(crate) fn decode_all_but_slashes(path: &str) -> String {
    decode(path, "/%")
}

/// A cut at the first `?`.
pub(crate) fn before_question_mark(path: &str) -> String {
    first_part(path, &['?'])
}

/// A cut at the first `#`.
pub(crate) fn before_hash(path: &str) -> String {
    first_part(path, &['#'])
}

/// A cut at the first NUL, where a C string ends.
pub(crate) fn before_nul(path: &str) -> String {
    first_part(path, &['\0'])
}

/// No tabs and line breaks (WHATWG URL, section 4.4).
pub(crate) fn no_line_breaks(path: &str) -> String {
    path.replace(['\t', '\n', '\r'], "")
}

/// `\` is `/` (WHATWG URL, section 4.4).
pub(crate) fn backslashes(path: &str) -> String {
    path.replace('\\', "/")
}

/// Each segment ends at its first `;` (RFC 3986, section 3.3, and servlet containers).
pub(crate) fn no_parameters(path: &str) -> String {
    let segments: Vec<String> =
        path.split('/').map(|segment| first_part(segment, &[';'])).collect();
    segments.join("/")
}

/// The path ends at its first `;` (`useSemicolonDelimiter`).
pub(crate) fn before_semicolon(path: &str) -> String {
    first_part(path, &[';'])
}

/// Slashes that follow each other are one.
pub(crate) fn merge(path: &str) -> String {
    let mut merged = path.to_owned();
    while merged.contains("//") {
        merged = merged.replace("//", "/");
    }
    merged
}

/// Dot segments are removed (RFC 3986, section 5.2.4).
pub(crate) fn no_dots(path: &str) -> String {
    remove_dots(path, |segment| segment.to_owned())
}

/// Dot segments are removed where `%2e` is a dot too (WHATWG URL, section 4.4).
pub(crate) fn no_encoded_dots(path: &str) -> String {
    remove_dots(path, |segment| segment.replace("%2e", ".").replace("%2E", "."))
}

fn remove_dots(path: &str, read: impl Fn(&str) -> String) -> String {
    let (root, rest) = match path.strip_prefix('/') {
        Some(rest) => ("/", rest),
        None => ("", path),
    };
    let mut kept: Vec<&str> = Vec::new();
    for segment in rest.split('/') {
        match read(segment).as_str() {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    // A dot segment in the last place leaves a slash there.
    let last = rest.split('/').next_back().unwrap_or_default();
    if matches!(read(last).as_str(), "." | "..") {
        kept.push("");
    }
    format!("{root}{}", kept.join("/"))
}

/// What follows the scheme of an absolute form, if it looks like one.
pub(crate) fn after_scheme(path: &str) -> Option<String> {
    let (scheme, rest) = path.split_once(':')?;
    let good = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    good.then(|| rest.to_owned())
}

/// What follows an authority, if two or more separators announce one. It ends at the first of
/// `/`, `\`, `?` and `#`, and to some not at `\`.
pub(crate) fn after_authority(path: &str) -> Vec<String> {
    let rest = path.trim_start_matches(['/', '\\']);
    if path.len() - rest.len() < 2 {
        return Vec::new();
    }
    let after = |ends: &[char]| match rest.find(ends) {
        Some(at) => rest[at..].to_owned(),
        None => "/".to_owned(),
    };
    vec![after(&['/', '\\', '?', '#']), after(&['/', '?', '#'])]
}

/// What becomes of a target that does not begin with `/`.
pub(crate) fn rooted(path: &str) -> Vec<String> {
    if path.starts_with('/') {
        return Vec::new();
    }
    let mut found = vec![format!("/{path}")];
    found.extend(path.strip_prefix('*').map(str::to_owned));
    // A parser that skips white space takes what follows for the target.
    found.extend(path.starts_with(' ').then(|| path.trim_start_matches(' ').to_owned()));
    // The first character itself is none of the separators that are looked for: a leading
    // backslash is part of a name to gunicorn.
    let separators = path.char_indices().skip(1).filter(|(_, c)| matches!(c, '/' | '\\'));
    found.extend(separators.map(|(at, _)| path[at..].to_owned()).next());
    found
}

fn first_part(path: &str, ends: &[char]) -> String {
    path.split(ends).next().unwrap_or_default().to_owned()
}
