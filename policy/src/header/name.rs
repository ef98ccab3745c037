//! Header names that can be written safely.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// A header name in lower case: a token (RFC 9110, section 5.1), so no line break can be in it.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct HeaderName(Box<str>);

impl HeaderName {
    /// Reads a name, in any case. `None` when it is empty, longer than 64 bytes or no token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = !text.is_empty() && text.len() <= MAX_LEN && text.bytes().all(is_token);
        good.then(|| Self(text.to_ascii_lowercase().into()))
    }

    /// The name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` if a name from a request is this one, in any case.
    #[must_use]
    #[inline]
    pub fn is(&self, name: &[u8]) -> bool {
        self.0.len() == name.len() && self.is_of_its_length(name)
    }

    fn is_of_its_length(&self, name: &[u8]) -> bool {
        let own = self.0.as_bytes();
        is_same(own, name) || own.eq_ignore_ascii_case(name)
    }

    /// The name as origins fold it ([`fold_byte`]).
    pub(crate) fn folded(&self) -> Box<[u8]> {
        self.0.bytes().map(fold_byte).collect()
    }

    /// Returns `true` if a name from a request is one that an origin may fold into this one.
    #[inline]
    pub(crate) fn is_alias(&self, name: &[u8]) -> bool {
        self.0.len() == name.len() && self.folds_alike(name)
    }

    fn folds_alike(&self, name: &[u8]) -> bool {
        is_same(self.0.as_bytes(), name)
            || self.0.bytes().zip(name).all(|(mine, theirs)| fold_byte(mine) == fold_byte(*theirs))
    }
}

/// Returns `true` if two names of one length are the same, eight bytes at a time: hosts hand names
/// over in lower case.
fn is_same(one: &[u8], two: &[u8]) -> bool {
    let ((one, one_rest), (two, two_rest)) = (one.as_chunks::<8>(), two.as_chunks::<8>());
    one.iter().zip(two).all(|(one, two)| one == two)
        && one_rest.iter().zip(two_rest).all(|(one, two)| one == two)
}

/// Returns `true` if an origin may fold a name from a request into this one, given in folded form.
pub(crate) fn folds_into(name: &[u8], folded: &[u8]) -> bool {
    name.len() == folded.len() && name.iter().zip(folded).all(|(one, two)| fold_byte(*one) == *two)
}

/// The longest header name that a policy names.
pub(super) const MAX_LEN: usize = 64;

/// A byte of a name, folded as by the origins that fold most. Case never counts. WSGI, Rack and PHP
/// turn `-` into `_`, PHP `.` too (CVE-2025-64484, CVE-2026-39858), and lighttpd's CGI, FastCGI and
/// SCGI, Apache's CGI before 2.4 and others every byte that is no letter or digit. Only `:` stays:
/// no client's name has one, and the request line must not be taken for a header (`:path`,
/// `-path`).
pub(super) fn fold_byte(byte: u8) -> u8 {
    FOLDED.get(usize::from(byte)).copied().unwrap_or(b'-')
}

/// Every byte folded: one load a byte, as each name of each request is folded.
const FOLDED: [u8; 256] = {
    let mut folded = [b'-'; 256];
    let mut byte = 0;
    while byte < folded.len() {
        #[expect(clippy::indexing_slicing, reason = "below the length")]
        let to = &mut folded[byte];
        let from = byte as u8;
        if from.is_ascii_alphanumeric() || from == b':' {
            *to = from.to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

impl fmt::Debug for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<HeaderName> for String {
    fn from(name: HeaderName) -> Self {
        name.0.into()
    }
}

/// Returns `true` if a byte may stand in a token: a method, a header name.
pub(crate) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tokens_in_lower_case() {
        assert_eq!(HeaderName::parse("X-Caller").unwrap().as_str(), "x-caller");
        for bad in ["", "x caller", "x:caller", "x\r\n", "x\n", "é", ":path", &"x".repeat(65)] {
            assert_eq!(HeaderName::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn aliases() {
        let name = HeaderName::parse("x-user-id").unwrap();
        for alias in [
            "x-user-id",
            "X_User_ID",
            "x.user-id",
            "X!User!Id",
            "x+user~ID",
            "x'user`id",
            "x%user|id",
        ] {
            assert!(name.is_alias(alias.as_bytes()), "{alias}");
        }
        for other in
            ["x-user-idx", "xuserid", "x--user-id", "x-user-id-", "x:user:id", "-x-user-id"]
        {
            assert!(!name.is_alias(other.as_bytes()), "{other}");
        }
        assert!(!HeaderName::parse("-path").unwrap().is_alias(b":path"));
        assert!(name.is(b"X-User-Id"));
        assert!(!name.is(b"X_User_Id"));
    }
}
