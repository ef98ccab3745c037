//! SHA-256 digests that are compared in constant time and never printed.

use core::fmt;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The SHA-256 of a token. Tokens are compared by their digests, so every comparison is of 32 bytes
/// whatever a client sends, and a policy in memory holds no token.
#[derive(Clone)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// The digest of a token.
    pub(crate) fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Reads 64 hexadecimal digits in lower or upper case.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The same bytes in four numbers: `subtle` hides each item that it compares from the compiler,
    /// which costs more than comparing it.
    #[cfg(not(wicketgate_early_exit))]
    fn words(&self) -> [u64; 4] {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(self.0.as_chunks().0) {
            *word = u64::from_ne_bytes(*bytes);
        }
        words
    }

    /// Returns `true` for the digest of the empty text, which somebody gets who hashes a secret
    /// that is absent.
    pub(crate) fn is_of_nothing(&self) -> bool {
        self.ct_eq(&Self::of(b"")).into()
    }
}

impl ConstantTimeEq for Digest {
    #[cfg(not(wicketgate_early_exit))]
    fn ct_eq(&self, other: &Self) -> Choice {
        self.words().ct_eq(&other.words())
    }

    /// A comparison that stops early, as must never ship. The tests of constant time plant it, and
    /// have to see it.
    #[cfg(wicketgate_early_exit)]
    fn ct_eq(&self, other: &Self) -> Choice {
        for (mine, theirs) in self.0.iter().zip(&other.0) {
            if mine != theirs {
                return Choice::from(0);
            }
        }
        Choice::from(1)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_sha_256() {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let same = |a: &Digest, b: &Digest| bool::from(a.ct_eq(b));
        assert!(same(&Digest::of(b"abc"), &Digest::from_hex(abc).unwrap()));
        assert!(same(&Digest::of(b"abc"), &Digest::from_hex(&abc.to_uppercase()).unwrap()));
        assert!(!same(&Digest::of(b"abd"), &Digest::from_hex(abc).unwrap()));
        for bad in
            ["", abc.trim_start_matches('b'), &abc.replace('b', "g"), &abc.replace("ba", "+a")]
        {
            assert!(Digest::from_hex(bad).is_none(), "{bad}");
        }
        assert!(Digest::of(b"").is_of_nothing());
        assert!(!Digest::of(b" ").is_of_nothing());
    }
}
