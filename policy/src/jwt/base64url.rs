//! Strict base64url (RFC 7515, section 2).

use alloc::vec::Vec;
use base64ct::{Base64UrlUnpadded, Encoding};

/// Decodes. Returns `None` for padding, white space, a character of another alphabet, a length that
/// no encoder makes, and unused bits that are not zero. Otherwise one token would have several
/// spellings.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(core::str::from_utf8(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        for (text, bytes) in [
            ("", Some(&b""[..])),
            ("Zg", Some(b"f")),
            ("Zm8", Some(b"fo")),
            ("Zm9v", Some(b"foo")),
            ("-_-_", Some(b"\xfb\xff\xbf")),
            ("Zg==", None),
            ("Zm8=", None),
            ("Zm9v=", None),
            ("+/+/", None),
            ("Zm9v ", None),
            (" Zm9v", None),
            ("Zm\n9v", None),
            ("Zm9v?", None),
            ("Zm9v\0", None),
            ("Z", None),
            ("Zm9vZ", None),
            // Stray bits.
            ("Zh", None),
            ("Zm9", None),
            ("Zmé", None),
        ] {
            assert_eq!(decode(text.as_bytes()).as_deref(), bytes, "{text}");
        }
        assert_eq!(decode(b"Zm9v\xff"), None);
    }

    #[test]
    fn every_byte_and_every_last_character() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for byte in 0..=u8::MAX {
            let known = alphabet.iter().position(|&other| other == byte);
            // The second of two characters has four unused bits, the third of three has two.
            assert_eq!(decode(&[b'A', byte]).is_some(), known.is_some_and(|v| v % 16 == 0));
            assert_eq!(decode(&[b'A', b'A', byte]).is_some(), known.is_some_and(|v| v % 4 == 0));
            assert_eq!(decode(&[b'A', b'A', b'A', byte]).is_some(), known.is_some());
        }
    }
}
