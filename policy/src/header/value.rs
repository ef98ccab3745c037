//! Header values that can be written safely.

use alloc::boxed::Box;
use core::fmt;
use zeroize::Zeroize;

/// A header value of visible ASCII and inner spaces: no line break, no control character, nothing
/// that a host or an origin could trim or split. It may be a secret, so it is never printed, and
/// it is wiped when dropped.
#[derive(Clone)]
pub struct HeaderValue(Box<str>);

impl HeaderValue {
    /// `None` when the text is longer than 4,096 bytes, begins or ends with a space, or holds
    /// anything but visible ASCII and spaces.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = text.len() <= 4_096
            && text.trim_ascii().len() == text.len()
            && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        good.then(|| Self(text.into()))
    }

    /// The text to write into a header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The bytes to write into a header.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Drop for HeaderValue {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeaderValue({} bytes)", self.0.len())
    }
}

impl Eq for HeaderValue {}

/// For tests of edits. Proofs are not compared by the gate; the origin does that.
impl PartialEq for HeaderValue {
    fn eq(&self, other: &Self) -> bool {
        use subtle::ConstantTimeEq;
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn values_hold_no_line_break_and_are_not_printed() {
        for bad in ["a\r\nb", "a\nb", "a\0b", "\ta", " a", "a ", "é", "\u{7f}"] {
            assert!(HeaderValue::parse(bad).is_none(), "{bad}");
        }
        let value = HeaderValue::parse("proof value").unwrap();
        assert_eq!(value.as_bytes(), b"proof value");
        assert_eq!(format!("{value:?}"), "HeaderValue(11 bytes)");
        assert_eq!(value, value.clone());
        assert_ne!(value, HeaderValue::parse("").unwrap());
    }
}
