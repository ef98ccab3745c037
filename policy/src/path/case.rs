//! Characters beyond ASCII that become ASCII when an origin ignores case.

use alloc::vec::Vec;

/// Replaces each of these characters. The case of ASCII letters stays as it is.
pub(crate) fn fold_wide(path: &[u8]) -> Vec<u8> {
    let mut folded = Vec::with_capacity(path.len() + 2);
    let mut rest = path;
    while let Some((&first, tail)) = rest.split_first() {
        let (to, len) = if first < 0x80 { (None, 1) } else { character(rest) };
        match to {
            Some(to) => folded.extend_from_slice(to),
            None => folded.push(first),
        }
        rest = tail.get(len - 1..).unwrap_or_default();
    }
    folded
}

/// The replacement of the character at the front, and its number of bytes.
///
/// These are all whose lower, upper, title or folded form is ASCII (Unicode 16; Python's and
/// JavaScript's functions; Python's `re.IGNORECASE` for U+0130 and U+0131), and the white space that
/// both languages strip from the ends of a text.
fn character(rest: &[u8]) -> (Option<&'static [u8]>, usize) {
    let (to, len): (&[u8], usize) = match rest {
        [0xC3, 0x9F, ..] => (b"ss", 2),
        [0xC4, 0xB0 | 0xB1, ..] => (b"i", 2),
        [0xC5, 0xBF, ..] => (b"s", 2),
        [0xE1, 0xBA, 0x9E, ..] => (b"ss", 3),
        [0xE2, 0x84, 0xAA, ..] => (b"k", 3),
        [0xEF, 0xAC, 0x80, ..] => (b"ff", 3),
        [0xEF, 0xAC, 0x81, ..] => (b"fi", 3),
        [0xEF, 0xAC, 0x82, ..] => (b"fl", 3),
        [0xEF, 0xAC, 0x83, ..] => (b"ffi", 3),
        [0xEF, 0xAC, 0x84, ..] => (b"ffl", 3),
        [0xEF, 0xAC, 0x85 | 0x86, ..] => (b"st", 3),
        [0xC2, 0x85 | 0xA0, ..] => (b" ", 2),
        [0xE1, 0x9A, 0x80, ..]
        | [0xE2, 0x80, 0x80..=0x8A | 0xA8 | 0xA9 | 0xAF, ..]
        | [0xE2, 0x81, 0x9F, ..]
        | [0xE3, 0x80, 0x80, ..]
        | [0xEF, 0xBB, 0xBF, ..] => (b" ", 3),
        // The sharp s as its one byte in Latin-1, because WSGI hands paths over in Latin-1.
        [0xDF, 0x80..=0xBF, ..] => return (None, 1),
        [0xDF, ..] => (b"ss", 1),
        _ => return (None, 1),
    };
    (Some(to), len)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard library knows lower and upper forms: none of them may be missing here.
    #[test]
    fn every_character_that_folds_into_ascii() {
        let mut count = 0;
        for c in ('\u{80}'..=char::MAX).filter(|c| {
            c.to_lowercase().all(|c| c.is_ascii()) || c.to_uppercase().all(|c| c.is_ascii())
        }) {
            let mut expected: alloc::string::String = c.to_uppercase().collect();
            if !expected.is_ascii() {
                expected = c.to_lowercase().collect();
            }
            let folded = fold_wide(c.encode_utf8(&mut [0; 4]).as_bytes()).to_ascii_uppercase();
            assert_eq!(folded, expected.to_uppercase().as_bytes(), "{c}");
            count += 1;
        }
        assert_eq!(count, 11);
    }

    #[test]
    fn further_forms_and_what_stays() {
        for (from, to) in [
            ("/\u{130}nternal", "/internal"),
            ("/cla\u{1e9e}", "/class"),
            ("/x\u{2003}\u{feff}", "/x  "),
            ("/\u{e9}\u{212b}\u{7c0}", "/\u{e9}\u{212b}\u{7c0}"),
            ("/A", "/A"),
        ] {
            assert_eq!(fold_wide(from.as_bytes()), to.as_bytes(), "{from}");
        }
        assert_eq!(fold_wide(b"/cla\xDF/\xDF"), b"/class/ss");
        assert_eq!(fold_wide(b"/\xE2\x84"), b"/\xE2\x84");
    }
}
