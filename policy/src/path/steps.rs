//! The steps that origins take between a target and the path they route by.
//!
//! Some origin, proxy or framework was seen to take each of these steps. A step that changes
//! nothing returns `None`, so that the search over all orders of steps ends where nothing new comes
//! up.

use alloc::vec::Vec;

/// The parts of a path that some step would change, found in one pass.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Shape(u16);

impl Shape {
    /// A tab or line break.
    pub(super) const BREAK: Self = Self(1);
    pub(super) const BACKSLASH: Self = Self(1 << 1);
    pub(super) const SEMICOLON: Self = Self(1 << 2);
    /// Two slashes after each other.
    pub(super) const EMPTY: Self = Self(1 << 3);
    /// A segment that begins with a dot.
    pub(super) const DOT: Self = Self(1 << 4);
    pub(super) const PERCENT: Self = Self(1 << 5);
    pub(super) const CONTROL: Self = Self(1 << 6);
    /// A byte that is not ASCII.
    pub(super) const HIGH: Self = Self(1 << 7);
    /// A character at which some origin cuts.
    pub(super) const DELIMITER: Self = Self(1 << 8);
    /// A possible beginning of an absolute form.
    pub(super) const ABSOLUTE: Self = Self(1 << 9);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The shape of one byte.
    const fn of_byte(byte: u8) -> Self {
        match byte {
            b'\t' | b'\n' | b'\r' => Self::BREAK.with(Self::CONTROL),
            0 => Self::DELIMITER.with(Self::CONTROL),
            1..0x20 | 0x7F => Self::CONTROL,
            b'\\' => Self::BACKSLASH,
            b';' => Self::SEMICOLON.with(Self::DELIMITER),
            b'%' => Self::PERCENT,
            b'?' | b'#' => Self::DELIMITER,
            b':' => Self::ABSOLUTE,
            0x80.. => Self::HIGH,
            _ => Self(0),
        }
    }

    pub(super) fn of(path: &[u8]) -> Self {
        let mut shape = Self(0);
        // A path without a slash before it begins with a segment too.
        let mut last = b'/';
        for (index, &byte) in path.iter().enumerate() {
            shape = shape.with(Self::of_byte(byte));
            if last == b'/' && index > 0 && byte == b'/' {
                shape = shape.with(Self::EMPTY);
            }
            if last == b'/' && byte == b'.' {
                shape = shape.with(Self::DOT);
            }
            last = byte;
        }
        if path.iter().take_while(|byte| is_separator(**byte)).count() >= 2 {
            shape = shape.with(Self::ABSOLUTE);
        }
        shape
    }
}

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
    decode_by(path, |escape| match *escape {
        [high, low, ..] => match byte(high, low, nibble) {
            Some(byte) if !keep(byte) => Escape::Byte(byte, 2),
            _ => Escape::Kept,
        },
        _ => Escape::Kept,
    })
}

/// Percent-decoding by a state machine that drops faulty escapes, as nginx unescapes the value of a
/// header or a variable (`ngx_unescape_uri`): `%n` is `n`, and `%6n` is nothing.
pub(super) fn decode_dropping(path: &[u8]) -> Option<Vec<u8>> {
    has_bad_escape(path).then_some(())?;
    decode_by(path, |escape| match *escape {
        [high, low, ..] if nibble(high).is_some() => {
            byte(high, low, nibble).map_or(Escape::Nothing(2), |byte| Escape::Byte(byte, 2))
        }
        [other, ..] if nibble(other).is_none() => Escape::Byte(other, 1),
        _ => Escape::Nothing(1),
    })
}

/// Percent-decoding as uWSGI's HTTP router does it (`http_url_decode4`, 2.0): `%%` is `%`, two bytes
/// that are no digits are a NUL, and what has no second byte is nothing.
pub(super) fn decode_by_two(path: &[u8]) -> Option<Vec<u8>> {
    has_bad_escape(path).then_some(())?;
    decode_by(path, |escape| match *escape {
        [b'%', ..] => Escape::Byte(b'%', 1),
        [high, low, ..] => Escape::Byte(byte(high, low, nibble).unwrap_or_default(), 2),
        _ => Escape::Nothing(1),
    })
}

/// Percent-decoding where `%u` and four digits are a character: Jetty 9.4 (`URIUtil.decodePath`),
/// IIS (`PercentUAllowed` of http.sys), JavaScript's `unescape`. Jetty takes `:` to `?`, `@` and
/// `` ` `` for digits too (`TypeUtil.convertHexDigit`).
pub(super) fn decode_wide(path: &[u8]) -> Option<Vec<u8>> {
    has_bad_escape(path).then_some(())?;
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&first, tail)) = rest.split_first() {
        match (first, tail) {
            (b'%', [b'u' | b'U', a, b, c, d, after @ ..]) => {
                if let (Some(high), Some(low)) =
                    (byte(*a, *b, lax_nibble), byte(*c, *d, lax_nibble))
                {
                    let number = u32::from(high) << 8 | u32::from(low);
                    let character = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                    decoded.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = after;
                    continue;
                }
            }
            (b'%', [a, b, after @ ..]) => {
                if let Some(byte) = byte(*a, *b, lax_nibble) {
                    decoded.push(byte);
                    rest = after;
                    continue;
                }
            }
            _ => {}
        }
        decoded.push(first);
        rest = tail;
    }
    (decoded != path).then_some(decoded)
}

/// The result of decoding a `%`, and the number of bytes after it that belong to it.
enum Escape {
    Kept,
    Byte(u8, usize),
    Nothing(usize),
}

fn decode_by(path: &[u8], read: impl Fn(&[u8]) -> Escape) -> Option<Vec<u8>> {
    let mut at = path.iter().position(|&byte| byte == b'%')?;
    let mut decoded = Vec::new();
    let mut rest = path;
    loop {
        let (before, from) = rest.split_at_checked(at)?;
        let escape = from.get(1..).unwrap_or_default();
        let (byte, len) = match read(escape) {
            Escape::Kept => (Some(b'%'), 0),
            Escape::Byte(byte, len) => (Some(byte), len),
            Escape::Nothing(len) => (None, len),
        };
        if decoded.capacity() == 0 {
            decoded.reserve_exact(path.len());
        }
        decoded.extend_from_slice(before);
        decoded.extend(byte);
        rest = escape.get(len..).unwrap_or_default();
        match rest.iter().position(|&byte| byte == b'%') {
            Some(next) => at = next,
            None => break,
        }
    }
    decoded.extend_from_slice(rest);
    (decoded != path).then_some(decoded)
}

/// Returns `true` if some `%` is no escape of two digits.
fn has_bad_escape(path: &[u8]) -> bool {
    let mut parts = path.split(|&byte| byte == b'%');
    parts.next();
    parts.any(|part| match *part {
        [high, low, ..] => byte(high, low, nibble).is_none(),
        _ => true,
    })
}

/// Without an unfinished escape at the end (`/account%2`), which uWSGI drops.
pub(super) fn finished(path: &[u8]) -> Option<Vec<u8>> {
    match path {
        [rest @ .., b'%'] | [rest @ .., b'%', _] => Some(rest.to_vec()),
        _ => None,
    }
}

/// Control characters as `_`: lighttpd maps those out that it has decoded
/// (`buffer_urldecode_path`).
pub(super) fn controls(path: &[u8]) -> Option<Vec<u8>> {
    path.iter().any(u8::is_ascii_control).then(|| {
        let name = |byte: &u8| if byte.is_ascii_control() { b'_' } else { *byte };
        path.iter().map(name).collect()
    })
}

/// Without the bytes that are not UTF-8: Bottle 0.13 decodes with `'ignore'`.
pub(super) fn valid_only(path: &[u8]) -> Option<Vec<u8>> {
    core::str::from_utf8(path).err()?;
    let mut valid = Vec::with_capacity(path.len());
    path.utf8_chunks().for_each(|chunk| valid.extend_from_slice(chunk.valid().as_bytes()));
    Some(valid)
}

/// Overlong sequences as the characters that they are longer forms of: `%c0%af` is `/` to decoders
/// that don't look (GlassFish 4.1, CVE-2017-1000028; Tomcat on old Java, CVE-2008-2938). The second
/// of two bytes need not be one of a sequence to some (IIS 5, MS00-078: `%c1%1c` is a backslash).
pub(super) fn overlong(path: &[u8]) -> Option<Vec<u8>> {
    let mut read = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, after) = match rest {
            [lead @ (0xC0 | 0xC1), low, after @ ..] => ((lead & 1) << 6 | low & 0x3F, after),
            [0xE0, mid @ (0x80 | 0x81), low @ 0x80..=0xBF, after @ ..]
            | [0xF0, 0x80, mid @ (0x80 | 0x81), low @ 0x80..=0xBF, after @ ..] => {
                ((mid & 1) << 6 | low & 0x3F, after)
            }
            _ => (first, tail),
        };
        read.push(byte);
        rest = after;
    }
    (read.len() != path.len()).then_some(read)
}

/// A cut at the first `?`, at the first `#` and at the first NUL, each of which decoding may have
/// brought out and is a delimiter to some, and at the first `;` (`useSemicolonDelimiter`).
pub(super) fn cuts(path: &[u8]) -> Vec<Vec<u8>> {
    let end = |delimiter: u8| path.iter().position(|byte| *byte == delimiter);
    let ends = [b'?', b'#', 0, b';'].into_iter().filter_map(end);
    ends.filter_map(|end| path.get(..end)).map(<[u8]>::to_vec).collect()
}

/// The paths that a proxy asks for if it writes a path with a line break into a request line
/// unchanged: the path up to the first blank, and the target of each further request. nginx does so
/// with `proxy_pass http://app$uri`, which is decoded: `/a%20HTTP/1.1%0d%0a…` asks for `/a`.
pub(super) fn requests(path: &[u8]) -> Vec<Vec<u8>> {
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

/// The text after a scheme or an authority: the absolute forms of a target. An authority comes
/// after two or more separators, and after a special scheme whatever separators there are (WHATWG
/// URL, section 4.4: `http:/host/x` and `http:host/x` name `host`). It ends at `/`, `\`, `?` or
/// `#`, and to some (gunicorn) not at `\`.
///
/// Each authority is shown to `names`.
pub(super) fn after_authority(path: &[u8], mut names: impl FnMut(&[u8])) -> Vec<Vec<u8>> {
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
pub(super) fn rooted(path: &[u8]) -> Vec<Vec<u8>> {
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

/// The value of two digits.
fn byte(high: u8, low: u8, digit: impl Fn(u8) -> Option<u8>) -> Option<u8> {
    Some(digit(high)? << 4 | digit(low)?)
}

/// A digit as Jetty 9.4 computes it, without a look at which character it is.
fn lax_nibble(byte: u8) -> Option<u8> {
    let value = u32::from(byte & 0x1F) + u32::from(byte >> 6) * 25;
    u8::try_from(value.checked_sub(16)?).ok().filter(|value| *value < 16)
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
    fn escapes_that_are_none() {
        check(
            decode_dropping,
            &[
                ("/inter%nal%6", Some("/internal")),
                ("/a%6zb%%41", Some("/ab%41")),
                ("/a%4", Some("/a")),
                ("/%41", None),
            ],
        );
        check(
            decode_by_two,
            &[
                ("/a%", Some("/a")),
                ("/a%2", Some("/a")),
                ("/a%%41%62", Some("/a%41b")),
                ("/a%zzb%4z", Some("/a\0b\0")),
                ("/%41", None),
            ],
        );
        check(
            decode_wide,
            &[
                ("/%u0069nternal%41", Some("/internalA")),
                ("/%U212a%uD800", Some("/\u{212a}\u{fffd}")),
                // Digits as Jetty computes them.
                ("/%6@nternal", Some("/internal")),
                ("/%u006", None),
                ("/%zz%41", Some("/%zzA")),
                ("/%41", None),
            ],
        );
        check(finished, &[("/a%", Some("/a")), ("/a%z", Some("/a")), ("/a%41", None)]);
    }

    #[test]
    fn bytes_that_are_no_characters() {
        let check = |step: fn(&[u8]) -> Option<Vec<u8>>, path: &[u8], expected: Option<&[u8]>| {
            assert_eq!(step(path).as_deref(), expected, "{}", path.escape_ascii());
        };
        check(valid_only, b"/in\xffter\xe2\x84nal", Some(b"/internal"));
        check(valid_only, "/\u{212a}".as_bytes(), None);
        check(overlong, b"/a\xc0\xafb\xc1\xa9\xc1\x1c", Some(b"/a/bi\\"));
        check(overlong, b"\xe0\x80\xaf\xf0\x80\x81\xa9", Some(b"/i"));
        check(overlong, "/\u{e9}\u{212a}".as_bytes(), None);
        check(controls, b"/a\x01b\x7f", Some(b"/a_b_"));
        check(controls, b"/a", None);
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
