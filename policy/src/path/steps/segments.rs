//! Steps that change segments: parameters, empty segments, dot segments.

use alloc::vec::Vec;

/// Each segment cut at its first `;`, as servlet-like stacks and semicolon query delimiters do.
pub(in crate::path) fn parameters(path: &[u8]) -> Option<Vec<u8>> {
    path.contains(&b';').then(|| {
        join(
            path.split(|&byte| byte == b'/')
                .map(|segment| segment.split(|&byte| byte == b';').next().unwrap_or(segment)),
        )
    })
}

/// Empty segments dropped, a trailing slash kept.
pub(in crate::path) fn merge(path: &[u8]) -> Option<Vec<u8>> {
    if !path.windows(2).any(|pair| pair == b"//") {
        return None;
    }
    let mut merged = path.to_vec();
    merged.dedup_by(|a, b| *a == b'/' && *b == b'/');
    Some(merged)
}

/// Dot segments removed (RFC 3986, section 5.2.4).
pub(in crate::path) fn dots(path: &[u8]) -> Option<Vec<u8>> {
    remove_dots(path, |segment| match segment {
        b"." => Some(Dots::Here),
        b".." => Some(Dots::Up),
        _ => None,
    })
}

/// Dot segments removed where `%2e` is a dot too, as the WHATWG URL parser reads.
pub(in crate::path) fn encoded_dots(path: &[u8]) -> Option<Vec<u8>> {
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
    fn empty_segments_and_parameters() {
        check(merge, &[("//a///b/", Some("/a/b/")), ("/a/b", None)]);
        check(parameters, &[("/a;x=1/b;y", Some("/a/b")), ("/..;/b", Some("/../b"))]);
    }
}
