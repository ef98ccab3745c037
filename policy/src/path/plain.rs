//! Plain targets, which have one reading: nearly all traffic, judged in one pass.

use super::case::fold_wide;
use crate::ablate::{Piece, off};
use alloc::vec::Vec;

/// The part of a target before its first raw `?`: no origin reads a path beyond it.
pub(crate) fn before_query(target: &[u8]) -> &[u8] {
    target.split(|&byte| byte == b'?').next().unwrap_or(target)
}

/// Returns `true` if every origin reads this path as the same string: it starts with `/`, holds
/// only unreserved characters and sub-delims without `;`, plus `:` and `@` (RFC 3986, section 3.3),
/// no dot segment, and no empty segment but the last.
pub(crate) fn is_plain(path: &[u8]) -> bool {
    let Some((b'/', rest)) = path.split_first() else { return false };
    let mut segment_len = 0_usize;
    let mut only_dots = true;
    for &byte in rest {
        if byte == b'/' {
            if segment_len == 0 || (only_dots && segment_len <= 2) {
                return false;
            }
            segment_len = 0;
            only_dots = true;
            continue;
        }
        if !PATH_BYTE.contains(byte) {
            return false;
        }
        segment_len += 1;
        only_dots &= byte == b'.';
    }
    segment_len == 0 || !only_dots || segment_len > 2
}

/// Returns `true` if folding leaves a plain path as it is, so that one look serves for both.
pub(crate) fn is_folded(path: &[u8]) -> bool {
    path.len() <= 1 || (path.last() != Some(&b'/') && !path.iter().any(u8::is_ascii_uppercase))
}

/// The form in which lax origins compare paths: case folded, empty segments dropped (so also a
/// trailing slash), white space and control characters trimmed from segment ends.
///
/// Characters that fold into ASCII are folded too. Rules name ASCII only, so all other characters
/// stay as they are.
pub(crate) fn fold(path: &[u8]) -> Vec<u8> {
    let wide;
    let path = if path.is_ascii() || off(Piece::FoldWide) {
        path
    } else {
        wide = fold_wide(path);
        &wide
    };
    let mut folded = Vec::with_capacity(path.len() + 1);
    for segment in path.split(|&byte| byte == b'/') {
        let segment = if off(Piece::FoldBlanks) { segment } else { trim(segment) };
        if !segment.is_empty() {
            folded.push(b'/');
            folded.extend_from_slice(segment);
        }
    }
    if folded.is_empty() && path.first() == Some(&b'/') {
        folded.push(b'/');
    }
    if !off(Piece::FoldCase) {
        folded.make_ascii_lowercase();
    }
    folded
}

/// [`fold`] for a part of a folded path. Only its end can need folding.
pub(crate) fn fold_end(mut path: &[u8]) -> &[u8] {
    while let [rest @ .., last] = path
        && (is_blank(*last) || *last == b'/')
    {
        path = rest;
    }
    if path.is_empty() { b"/" } else { path }
}

/// [`fold`] for a plain path, without allocating: into `buffer`, when it is long enough.
pub(crate) fn fold_plain<'b>(path: &[u8], buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let path = match path {
        [head @ .., b'/'] if !head.is_empty() => head,
        path => path,
    };
    let folded = buffer.get_mut(..path.len())?;
    folded.copy_from_slice(path);
    if !off(Piece::FoldCase) {
        folded.make_ascii_lowercase();
    }
    Some(folded)
}

fn trim(mut segment: &[u8]) -> &[u8] {
    while let Some((&first, rest)) = segment.split_first() {
        if !is_blank(first) {
            break;
        }
        segment = rest;
    }
    while let Some((&last, rest)) = segment.split_last() {
        if !is_blank(last) {
            break;
        }
        segment = rest;
    }
    segment
}

/// 0x85 and 0xA0 are white space to Python's `str.strip` once decoded as Latin-1, as WSGI does.
const fn is_blank(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7F || byte == 0x85 || byte == 0xA0
}

/// A set of bytes as a bit map: one load and one shift a byte.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(crate) const fn of(bytes: &[u8]) -> Self {
        let mut words = [0_u64; 4];
        let mut rest = bytes;
        while let [byte, tail @ ..] = rest {
            let bit = 1_u64 << (*byte & 63);
            match *byte >> 6 {
                0 => words[0] |= bit,
                1 => words[1] |= bit,
                2 => words[2] |= bit,
                _ => words[3] |= bit,
            }
            rest = tail;
        }
        Self(words)
    }

    /// Those that are not in the other.
    pub(crate) const fn without(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([a & !e, b & !f, c & !g, d & !h])
    }

    /// Returns `true` if the byte is in the set.
    pub(crate) const fn contains(&self, byte: u8) -> bool {
        let [a, b, c, d] = self.0;
        let word = match byte >> 6 {
            0 => a,
            1 => b,
            2 => c,
            _ => d,
        };
        word >> (byte & 63) & 1 == 1
    }
}

/// The bytes of a plain segment.
pub(crate) const PATH_BYTE: ByteSet =
    ByteSet::of(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,=:@");

/// Those of a plain segment that stay as they are when it is folded, and make it no dot segment.
pub(crate) const FOLDED_BYTE: ByteSet =
    PATH_BYTE.without(ByteSet::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ."));

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn plain_targets() {
        for path in ["/", "/a", "/a/b/", "/a.b/..c/...", "/a:b@c/$&'()*+,=", "/A~_-/x!", "/.a"] {
            assert!(is_plain(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn targets_that_are_not_plain() {
        for path in [
            "",
            "a",
            "*",
            "//",
            "//a",
            "/a//b",
            "/.",
            "/..",
            "/./a",
            "/a/..",
            "/a/../b",
            "/a/.",
            "/%61",
            "/a;b",
            "/a\\b",
            "/a b",
            "/a#b",
            "/\u{7f}",
            "/é",
            "/a?b",
            "http://h/a",
            "/a\"",
            "/a<b",
            "/a|b",
            "/a^b",
            "/a`b",
            "/a{b}",
            "/a[b]",
            "/a\n",
        ] {
            assert!(!is_plain(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn folding() {
        for (path, folded) in [
            ("/", "/"),
            ("//", "/"),
            ("", ""),
            ("*", "/*"),
            ("/A//b/", "/a/b"),
            ("/x \n/ y", "/x/y"),
            ("/É", "/É"),
            ("a", "/a"),
            ("/ /x", "/x"),
            ("/tas\u{212a}s\u{a0}/\u{130}\u{fb05}", "/tasks/ist"),
        ] {
            assert_eq!(fold(path.as_bytes()), folded.as_bytes(), "{path}");
        }
        for path in ["/a/", "/a ", "/a/ /", "/", "", "/a", "/a/b"] {
            assert_eq!(fold_end(path.as_bytes()), fold(format!("{path}/").as_bytes()), "{path}");
        }
    }

    #[test]
    fn a_folded_plain_path_is_its_own_fold() {
        for path in ["/", "/a", "/a/b.c", "/A", "/a/"] {
            assert_eq!(is_folded(path.as_bytes()), fold(path.as_bytes()) == path.as_bytes());
            let mut buffer = [0; 8];
            assert_eq!(fold_plain(path.as_bytes(), &mut buffer), Some(&*fold(path.as_bytes())));
            assert_eq!(fold_plain(path.as_bytes(), &mut []), None);
        }
    }

    #[test]
    fn the_query_begins_at_the_first_question_mark() {
        assert_eq!(before_query(b"/a?b?c"), b"/a");
        assert_eq!(before_query(b"?x"), b"");
        assert_eq!(before_query(b"/a%3fb"), b"/a%3fb");
    }
}
