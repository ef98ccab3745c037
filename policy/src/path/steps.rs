//! The steps that origins take between a target and the path they route by.
//!
//! Each step is what some origin, proxy or framework was seen to do (facts on origins in
//! ARCHITECTURE.md). A step that changes nothing returns `None`, so that the search over all
//! orders of steps ends where nothing new comes up.

use alloc::vec::Vec;

/// Percent-decoding, once, of every well-formed escape; the others stay as they are.
pub(super) fn decode(path: &[u8]) -> Option<Vec<u8>> {
    decode_but(path, |_| false)
}

/// Percent-decoding of everything but `/` and `%`, as routers do that decode before they match and
/// leave slashes to the parameters (Fastify's find-my-way), and as RFC 3986 normalisation does.
pub(super) fn decode_but_slashes(path: &[u8]) -> Option<Vec<u8>> {
    decode_but(path, |byte| matches!(byte, b'/' | b'%'))
}

fn decode_but(path: &[u8], keep: impl Fn(u8) -> bool) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path;
    let mut changed = false;
    while let Some((&byte, tail)) = rest.split_first() {
        if let ([b'%', high, low, ..], Some(after)) = (rest, rest.get(3..))
            && let (Some(high), Some(low)) = (nibble(*high), nibble(*low))
            && !keep(high << 4 | low)
        {
            decoded.push(high << 4 | low);
            rest = after;
            changed = true;
            continue;
        }
        decoded.push(byte);
        rest = tail;
    }
    changed.then_some(decoded)
}

/// A cut at the first `?`, at the first `#` and at the first NUL, each of which decoding may have
/// brought out and is a delimiter to some, and at the first `;` (`useSemicolonDelimiter`).
pub(super) fn cuts(path: &[u8]) -> Vec<Vec<u8>> {
    let end = |delimiter: u8| path.iter().position(|byte| *byte == delimiter);
    let ends = [b'?', b'#', 0, b';'].into_iter().filter_map(end);
    ends.filter_map(|end| path.get(..end)).map(<[u8]>::to_vec).collect()
}

/// Without tabs, line feeds and carriage returns, as the WHATWG URL parser reads.
pub(super) fn drop_line_breaks(path: &[u8]) -> Option<Vec<u8>> {
    let is_break = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r');
    path.iter().any(is_break).then(|| path.iter().copied().filter(|byte| !is_break(byte)).collect())
}

/// `\` as `/`, as the WHATWG URL parser reads.
pub(super) fn backslashes(path: &[u8]) -> Option<Vec<u8>> {
    path.contains(&b'\\')
        .then(|| path.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect())
}

/// Each segment cut at its first `;`, as servlet-like stacks and semicolon query delimiters do.
pub(super) fn parameters(path: &[u8]) -> Option<Vec<u8>> {
    path.contains(&b';').then(|| {
        join(
            path.split(|&byte| byte == b'/')
                .map(|segment| segment.split(|&byte| byte == b';').next().unwrap_or(segment)),
        )
    })
}

/// Empty segments dropped, a trailing slash kept.
pub(super) fn merge(path: &[u8]) -> Option<Vec<u8>> {
    if !path.windows(2).any(|pair| pair == b"//") {
        return None;
    }
    let mut merged = path.to_vec();
    merged.dedup_by(|a, b| *a == b'/' && *b == b'/');
    Some(merged)
}

/// Dot segments removed (RFC 3986, section 5.2.4).
pub(super) fn dots(path: &[u8]) -> Option<Vec<u8>> {
    remove_dots(path, |segment| match segment {
        b"." => Some(Dots::Here),
        b".." => Some(Dots::Up),
        _ => None,
    })
}

/// Dot segments removed where `%2e` is a dot too, as the WHATWG URL parser reads.
pub(super) fn encoded_dots(path: &[u8]) -> Option<Vec<u8>> {
    if !path.contains(&b'%') {
        return None;
    }
    remove_dots(path, |segment| {
        let mut count = 0_u8;
        let mut rest = segment;
        while !rest.is_empty() {
            rest = match rest {
                [b'.', tail @ ..] | [b'%', b'2', b'e' | b'E', tail @ ..] => tail,
                _ => return None,
            };
            count += 1;
            if count > 2 {
                return None;
            }
        }
        match count {
            1 => Some(Dots::Here),
            2 => Some(Dots::Up),
            _ => None,
        }
    })
}

/// What follows a scheme, or an authority after two or more separators: the absolute forms of
/// a target. An authority ends at `/`, `\`, `?` or `#`, and to some (gunicorn) not at `\`.
pub(super) fn after_authority(path: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let rest = match scheme_end(path) {
        Some(rest) => {
            found.push(rest.to_vec());
            rest
        }
        None => path,
    };
    let separators = rest.iter().take_while(|byte| is_separator(**byte)).count();
    if separators >= 2 {
        let authority = rest.get(separators..).unwrap_or_default();
        for ends in [&b"/\\?#"[..], b"/?#"] {
            let end = authority.iter().position(|byte| ends.contains(byte));
            let path = end.and_then(|end| authority.get(end..)).unwrap_or_default();
            // An absolute form without a path means the root.
            found.push(if path.is_empty() { b"/".to_vec() } else { path.to_vec() });
        }
    }
    found
}

/// What to make of a target that does not start with `/`: without the spaces
/// before it, which Node's parser skips, without its leading `*`, with a `/` put before it, and from
/// its first separator on.
pub(super) fn rooted(path: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    match path.first() {
        None => found.push(b"/".to_vec()),
        Some(b'/') => {}
        Some(&byte) => {
            if byte == b' ' {
                let start = path.iter().position(|byte| *byte != b' ').unwrap_or(path.len());
                found.push(path.get(start..).unwrap_or_default().to_vec());
            }
            if byte == b'*' {
                found.push(path.get(1..).unwrap_or_default().to_vec());
            }
            let mut with_slash = Vec::with_capacity(path.len() + 1);
            with_slash.push(b'/');
            with_slash.extend_from_slice(path);
            found.push(with_slash);
            // A backslash is no separator to gunicorn, which runs `/x` for `\y:///x`.
            let rest = path.get(1..).unwrap_or_default();
            if let Some(at) = rest.iter().position(|byte| is_separator(*byte)) {
                found.push(rest.get(at..).unwrap_or_default().to_vec());
            }
        }
    }
    found
}

enum Dots {
    Here,
    Up,
}

fn remove_dots(path: &[u8], classify: impl Fn(&[u8]) -> Option<Dots>) -> Option<Vec<u8>> {
    if !path.split(|&byte| byte == b'/').any(|segment| classify(segment).is_some()) {
        return None;
    }
    let rooted = path.first() == Some(&b'/');
    let body = if rooted { path.get(1..).unwrap_or_default() } else { path };
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut segments = body.split(|&byte| byte == b'/').peekable();
    while let Some(segment) = segments.next() {
        let dots = classify(segment);
        match dots {
            None => kept.push(segment),
            Some(Dots::Here) => {}
            Some(Dots::Up) => {
                kept.pop();
            }
        }
        if dots.is_some() && segments.peek().is_none() {
            kept.push(b"");
        }
    }
    let mut removed = Vec::with_capacity(path.len());
    if rooted {
        removed.push(b'/');
    }
    removed.extend(join(kept.into_iter()));
    Some(removed)
}

fn join<'a>(segments: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut joined = Vec::new();
    for (index, segment) in segments.enumerate() {
        if index > 0 {
            joined.push(b'/');
        }
        joined.extend_from_slice(segment);
    }
    joined
}

fn scheme_end(path: &[u8]) -> Option<&[u8]> {
    let colon = path.iter().position(|&byte| byte == b':')?;
    let (scheme, rest) = (path.get(..colon)?, path.get(colon + 1..)?);
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    is_scheme.then_some(rest)
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

const fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(step: impl Fn(&[u8]) -> Option<Vec<u8>>, cases: &[(&str, Option<&str>)]) {
        for (path, expected) in cases {
            let found = step(path.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{path}");
        }
    }

    #[test]
    fn decoding_keeps_what_is_no_escape() {
        check(
            decode,
            &[
                ("/%69", Some("/i")),
                ("/%2569", Some("/%69")),
                ("/%", None),
                ("/%6", None),
                ("/%zz%41", Some("/%zzA")),
                ("/a", None),
                ("/%%41", Some("/%A")),
            ],
        );
    }

    #[test]
    fn dot_segments() {
        check(
            dots,
            &[
                ("/a/../b", Some("/b")),
                ("/a/./b", Some("/a/b")),
                ("/../../b", Some("/b")),
                ("/a/..", Some("/")),
                ("/a/.", Some("/a/")),
                ("/x//../b", Some("/x/b")),
                ("/a/%2e%2e/b", None),
                ("/a", None),
                ("a/../b", Some("b")),
                ("/..;/b", None),
            ],
        );
        check(
            encoded_dots,
            &[
                ("/a/%2e%2E/b", Some("/b")),
                ("/a/.%2e/b%2f", Some("/b%2f")),
                ("/a/%2e", Some("/a/")),
                ("/a/../b", None),
                ("/%2e%2e%2e/b", None),
                ("/%41/../b", Some("/b")),
            ],
        );
    }

    #[test]
    fn other_steps() {
        check(merge, &[("//a///b/", Some("/a/b/")), ("/a/b", None)]);
        check(backslashes, &[("/a\\b", Some("/a/b")), ("/a", None)]);
        check(parameters, &[("/a;x=1/b;y", Some("/a/b")), ("/..;/b", Some("/../b"))]);
        check(drop_line_breaks, &[("/a\n/\tb\r", Some("/a/b")), ("/a", None)]);
    }

    fn strings(found: Vec<Vec<u8>>) -> Vec<alloc::string::String> {
        found.into_iter().map(|path| alloc::string::String::from_utf8(path).unwrap()).collect()
    }

    #[test]
    fn cuts_at_each_delimiter_alone() {
        let cuts = |path: &str| strings(cuts(path.as_bytes()));
        assert_eq!(cuts("/a#b?c\0d;e"), ["/a#b", "/a", "/a#b?c", "/a#b?c\0d"]);
        assert_eq!(cuts("/a;x/../b"), ["/a"]);
        assert_eq!(cuts("/a"), Vec::<alloc::string::String>::new());
    }

    #[test]
    fn absolute_forms() {
        let after = |path: &str| strings(after_authority(path.as_bytes()));
        assert_eq!(after("http://host/internal"), ["//host/internal", "/internal", "/internal"]);
        assert_eq!(
            after("http://host\\a/internal"),
            ["//host\\a/internal", "\\a/internal", "/internal"]
        );
        assert_eq!(after("//host"), ["/", "/"]);
        assert_eq!(after("http:/internal"), ["/internal"]);
        assert_eq!(after("/\\host/x"), ["/x", "/x"]);
        assert_eq!(after("/a:b"), Vec::<alloc::string::String>::new());
    }

    #[test]
    fn targets_without_a_leading_slash() {
        let rooted = |path: &str| strings(rooted(path.as_bytes()));
        assert_eq!(rooted("*/internal"), ["/internal", "/*/internal", "/internal"]);
        assert_eq!(rooted("internal"), ["/internal"]);
        assert_eq!(rooted("x/internal"), ["/x/internal", "/internal"]);
        assert_eq!(rooted("\\x:///internal"), ["/\\x:///internal", "///internal"]);
        assert_eq!(rooted(""), ["/"]);
        assert_eq!(rooted("\\x/y"), ["/\\x/y", "/y"]);
        assert_eq!(rooted("/x"), Vec::<alloc::string::String>::new());
    }
}
