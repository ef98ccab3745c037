//! Bytes that some origin drops, or reads as others.

use alloc::vec::Vec;

/// Control characters as `_`: lighttpd maps those out that it has decoded
/// (`buffer_urldecode_path`).
pub(in crate::path) fn controls(path: &[u8]) -> Option<Vec<u8>> {
    path.iter().any(u8::is_ascii_control).then(|| {
        let name = |byte: &u8| if byte.is_ascii_control() { b'_' } else { *byte };
        path.iter().map(name).collect()
    })
}

/// Without the bytes that are not UTF-8: Bottle 0.13 decodes with `'ignore'`.
pub(in crate::path) fn valid_only(path: &[u8]) -> Option<Vec<u8>> {
    core::str::from_utf8(path).err()?;
    let mut valid = Vec::with_capacity(path.len());
    path.utf8_chunks().for_each(|chunk| valid.extend_from_slice(chunk.valid().as_bytes()));
    Some(valid)
}

/// Overlong sequences as the characters that they are longer forms of: `%c0%af` is `/` to decoders
/// that don't look (GlassFish 4.1, CVE-2017-1000028; Tomcat on old Java, CVE-2008-2938). The second
/// of two bytes need not be one of a sequence to some (IIS 5, MS00-078: `%c1%1c` is a backslash).
pub(in crate::path) fn overlong(path: &[u8]) -> Option<Vec<u8>> {
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

/// Without tabs, line feeds and carriage returns, as the WHATWG URL parser reads.
pub(in crate::path) fn drop_line_breaks(path: &[u8]) -> Option<Vec<u8>> {
    let is_break = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r');
    path.iter().any(is_break).then(|| path.iter().copied().filter(|byte| !is_break(byte)).collect())
}

/// `\` as `/`, as the WHATWG URL parser reads.
pub(in crate::path) fn backslashes(path: &[u8]) -> Option<Vec<u8>> {
    path.contains(&b'\\')
        .then(|| path.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect())
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
    fn line_breaks_and_backslashes() {
        check(backslashes, &[("/a\\b", Some("/a/b")), ("/a", None)]);
        check(drop_line_breaks, &[("/a\n/\tb\r", Some("/a/b")), ("/a", None)]);
    }
}
