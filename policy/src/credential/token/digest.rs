//! SHA-256 digests that are compared in constant time and never printed.

use core::fmt;
use sha2::block_api::compress256;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The SHA-256 of a token. Tokens are compared by their digests, so every comparison is of 32 bytes
/// whatever a client sends, and a policy in memory holds no token.
#[derive(Clone)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// The digest of a token.
    pub(crate) fn of(token: &[u8]) -> Self {
        Self(of_one_block(token).unwrap_or_else(|| Sha256::digest(token).into()))
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

    /// The same bytes in four numbers.
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

/// The digest of a text that has room in one block, as nearly all tokens have: only the compression
/// is a cost then, and no buffer is copied. `None` for a longer one. How long a token is the time may
/// tell.
fn of_one_block(text: &[u8]) -> Option<[u8; 32]> {
    // FIPS 180-4, section 5.1.1: the text, a bit, zeros, and the length of the text in bits.
    let mut block = [0_u8; 64];
    let (start, bits) = block.split_last_chunk_mut::<8>()?;
    *start.get_mut(text.len())? = 0x80;
    start.get_mut(..text.len())?.copy_from_slice(text);
    *bits = u64::try_from(text.len()).ok()?.checked_mul(8)?.to_be_bytes();
    let mut state = INITIAL;
    compress256(&mut state, &[block]);
    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    Some(digest)
}

/// The initial value of SHA-256 (FIPS 180-4, section 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

impl ConstantTimeEq for Digest {
    #[cfg(not(wicketgate_early_exit))]
    fn ct_eq(&self, other: &Self) -> Choice {
        // `subtle` hides each item that it compares from the compiler, which costs more than
        // comparing it. So it compares one: that which differs anywhere.
        let words = self.words().into_iter().zip(other.words());
        words.fold(0, |differs, (mine, theirs)| differs | (mine ^ theirs)).ct_eq(&0)
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
        // In one block, and in more.
        for length in 0..200 {
            let text = &[b'x'; 200][..length];
            assert_eq!(Digest::of(text).0, <[u8; 32]>::from(Sha256::digest(text)), "{length}");
        }
        assert!(Digest::of(b"").is_of_nothing());
        assert!(!Digest::of(b" ").is_of_nothing());
    }
}
