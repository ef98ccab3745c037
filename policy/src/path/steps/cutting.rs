//! Targets that are cut, or begin elsewhere: delimiters, absolute forms, requests in a request.

use super::is_separator;
use alloc::vec::Vec;

/// A cut at the first `?`, at the first `#` and at the first NUL, each of which decoding may have
/// brought out and is a delimiter to some, and at the first `;` (`useSemicolonDelimiter`).
pub(in crate::path) fn cuts(path: &[u8]) -> Vec<Vec<u8>> {
    let end = |delimiter: u8| path.iter().position(|byte| *byte == delimiter);
    let ends = [b'?', b'#', 0, b';'].into_iter().filter_map(end);
    ends.filter_map(|end| path.get(..end)).map(<[u8]>::to_vec).collect()
}

/// The target up to its first space, where a server takes no more of a request line for it (uWSGI:
/// `/account /pub`).
pub(in crate::path) fn first_word(target: &[u8]) -> Option<Vec<u8>> {
    let end = target.iter().position(|byte| *byte == b' ').filter(|end| *end > 0)?;
    target.get(..end).map(<[u8]>::to_vec)
}

/// The paths that a proxy asks for if it writes a path with a line break into a request line
/// unchanged: the path up to the first blank, and the target of each further request. nginx does so
/// with `proxy_pass http://app$uri`, which is decoded: `/a%20HTTP/1.1%0d%0a…` asks for `/a`.
pub(in crate::path) fn requests(path: &[u8]) -> Vec<Vec<u8>> {
    let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    if !path.iter().any(is_break) {
        return Vec::new();
    }
    let first = |text: &[u8]| text.split(blank).next().map(<[u8]>::to_vec);
    let lines = path.split(is_break).skip(1);
    let targets = lines.filter_map(|line| {
        let mut words = line.splitn(2, |&byte| byte == b' ');
        words.next().filter(|method| !method.is_empty())?;
        words.next().and_then(first).filter(|target| !target.is_empty())
    });
    first(path).into_iter().chain(targets).collect()
}

/// The text after a scheme or an authority: the absolute forms of a target. An authority comes
/// after two or more separators, and after a special scheme whatever separators there are (WHATWG
/// URL, section 4.4: `http:/host/x` and `http:host/x` name `host`). It ends at `/`, `\`, `?` or
/// `#`, and to some (gunicorn) not at `\`.
///
/// Each authority is shown to `names`.
pub(in crate::path) fn after_authority(path: &[u8], mut names: impl FnMut(&[u8])) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let (rest, least) = match scheme_end(path) {
        Some((rest, special)) => {
            found.push(rest.to_vec());
            (rest, if special { 0 } else { 2 })
        }
        None => (path, 2),
    };
    let separators = rest.iter().take_while(|byte| is_separator(**byte)).count();
    if separators >= least {
        let authority = rest.get(separators..).unwrap_or_default();
        for ends in [&b"/\\?#"[..], b"/?#"] {
            let end = authority.iter().position(|byte| ends.contains(byte));
            let (name, path) =
                authority.split_at_checked(end.unwrap_or(authority.len())).unwrap_or_default();
            names(name);
            // An absolute form without a path means the root.
            found.push(if path.is_empty() { b"/".to_vec() } else { path.to_vec() });
        }
    }
    found
}

/// The readings of a target that does not start with `/`: without the blanks before it, which
/// Node's parser skips; without its leading `*`; with a `/` before it; with a `/` in place of its
/// first byte (older find-my-way takes any first byte for the slash); and from its first separator
/// on.
pub(in crate::path) fn rooted(path: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    match path.split_first() {
        None => found.push(b"/".to_vec()),
        Some((b'/', _)) => {}
        Some((&first, rest)) => {
            if first <= b' ' {
                let start = path.iter().position(|byte| *byte > b' ').unwrap_or(path.len());
                found.push(path.get(start..).unwrap_or_default().to_vec());
            }
            if first == b'*' {
                found.push(rest.to_vec());
            }
            found.push([b"/", path].concat());
            found.push([b"/", rest].concat());
            // A backslash is no separator to gunicorn, which runs `/x` for `\y:///x`.
            if let Some(at) = rest.iter().position(|byte| is_separator(*byte)) {
                found.push(rest.get(at..).unwrap_or_default().to_vec());
            }
        }
    }
    found
}

/// The text after a scheme, and `true` if the scheme is one of WHATWG URL's special ones.
fn scheme_end(path: &[u8]) -> Option<(&[u8], bool)> {
    let colon = path.iter().position(|&byte| byte == b':')?;
    let (scheme, rest) = (path.get(..colon)?, path.get(colon + 1..)?);
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    let special = || SPECIAL.iter().any(|special| scheme.eq_ignore_ascii_case(special));
    is_scheme.then(|| (rest, special()))
}

const SPECIAL: [&[u8]; 6] = [b"http", b"https", b"ws", b"wss", b"ftp", b"file"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_ends_a_target() {
        assert_eq!(first_word(b"/account /pub x"), Some(b"/account".to_vec()));
        assert_eq!(first_word(b" /account"), None);
        assert_eq!(first_word(b"/account%20x"), None);
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
    fn requests_in_a_path() {
        let requests = |path: &str| strings(requests(path.as_bytes()));
        assert_eq!(requests("/a HTTP/1.1\r\nX: y"), ["/a", "y"]);
        assert_eq!(requests("/p HTTP/1.1\r\n\r\nGET /x/y HTTP/1.1"), ["/p", "/x/y"]);
        assert_eq!(requests("/a\n"), ["/a"]);
        assert_eq!(requests("/a b"), [""; 0]);
    }

    #[test]
    fn absolute_forms() {
        let after = |path: &str| strings(after_authority(path.as_bytes(), |_| {}));
        assert_eq!(after("http://host/internal"), ["//host/internal", "/internal", "/internal"]);
        assert_eq!(
            after("http://host\\a/internal"),
            ["//host\\a/internal", "\\a/internal", "/internal"]
        );
        assert_eq!(after("//host"), ["/", "/"]);
        // With the scheme of the base it is a path, with another one an authority.
        assert_eq!(after("http:/host/x"), ["/host/x", "/x", "/x"]);
        assert_eq!(after("WSS:host/x"), ["host/x", "/x", "/x"]);
        assert_eq!(after("x:/host/x"), ["/host/x"]);
        assert_eq!(after("/\\host/x"), ["/x", "/x"]);
        assert_eq!(after("/a:b"), Vec::<alloc::string::String>::new());
    }

    #[test]
    fn targets_without_a_leading_slash() {
        let rooted = |path: &str| strings(rooted(path.as_bytes()));
        assert_eq!(rooted("*/in"), ["/in", "/*/in", "//in", "/in"]);
        assert_eq!(rooted("internal"), ["/internal", "/nternal"]);
        assert_eq!(rooted("x/in"), ["/x/in", "//in", "/in"]);
        assert_eq!(rooted("\\x:///in"), ["/\\x:///in", "/x:///in", "///in"]);
        assert_eq!(rooted(""), ["/"]);
        assert_eq!(rooted("\x01 a"), ["a", "/\x01 a", "/ a"]);
        assert_eq!(rooted("/x"), Vec::<alloc::string::String>::new());
    }
}
