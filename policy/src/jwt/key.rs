//! A key, and the checks that it is good enough.

use super::algorithm::Algorithm;
use super::{der, verify};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A key for one algorithm.
#[derive(Clone)]
pub struct Key {
    id: Option<Box<str>>,
    material: Material,
    fingerprint: [u8; 32],
}

/// The bytes of a key. Its kind decides its algorithm (RFC 8725, section 3.1).
#[derive(Clone)]
pub(super) enum Material {
    /// A compressed point.
    Ed25519([u8; 32]),
    /// A secret.
    Hmac(Zeroizing<Vec<u8>>),
    /// An uncompressed point of P-256: 4, x, y.
    P256([u8; 65]),
    /// Modulus and public exponent, big-endian without leading zeros.
    Rsa { n: Box<[u8]>, e: Box<[u8]> },
}

/// A fault of a key or a set of keys.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyFault {
    /// Its place in the set, such as `keys[1].n`; empty for the whole.
    pub path: String,
    /// A description of the value that was found. It never contains a part of a key.
    pub found: &'static str,
    /// A description of the value that was expected.
    pub expected: &'static str,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "keys" } else { &self.path };
        write!(f, "{path}: found {}, expected {}", self.found, self.expected)
    }
}

impl core::error::Error for KeyFault {}

/// Names of faults that matter in sets from an address.
pub(super) mod found {
    /// A member that only private keys have.
    pub(in crate::jwt) const PRIVATE: &str = "a member of a private key";
    /// A secret where it can be read.
    pub(in crate::jwt) const SECRET: &str = "a secret in clear";
    /// An id for the second time.
    pub(in crate::jwt) const REPEATED_ID: &str = "an id that was there before";
    /// A set without any key that can be used.
    pub(in crate::jwt) const NO_KEY: &str = "no key that signatures of ours can be checked with";
}

/// Descriptions of the value that was found, and of the one that was expected.
pub(super) type Wrong = (&'static str, &'static str);

impl Material {
    /// A secret (RFC 7518, section 3.2: at least as long as the hash).
    pub(super) fn hmac(secret: Zeroizing<Vec<u8>>) -> Result<Self, Wrong> {
        if !(32..=1_024).contains(&secret.len()) {
            return Err(("a secret of another length", "32 to 1024 bytes"));
        }
        Ok(Self::Hmac(secret))
    }

    /// A modulus of 2048 to 8192 bits and an odd exponent from 3 (RFC 7518, section 3.3; NIST SP
    /// 800-131A). Larger exponents than 33 bits are refused: they only cost time.
    pub(super) fn rsa(n: &[u8], e: &[u8]) -> Result<Self, Wrong> {
        let minimal = |number: &[u8]| number.first().is_some_and(|&byte| byte != 0);
        if !minimal(n) || !minimal(e) {
            return Err(("a number with leading zeros", "the least number of bytes"));
        }
        let bits = n.len().saturating_mul(8).saturating_sub(
            usize::try_from(n.first().map_or(0, |byte| byte.leading_zeros())).unwrap_or(0),
        );
        if bits < 2_048 {
            return Err(("a modulus of fewer than 2048 bits", "at least 2048 bits"));
        }
        if bits > 8_192 {
            return Err(("a modulus of more than 8192 bits", "at most 8192 bits"));
        }
        if is_roca(n) {
            return Err(("a modulus that can be factored (CVE-2017-15361)", "another key"));
        }
        if n.last().is_none_or(|byte| byte % 2 == 0) {
            return Err(("an even modulus", "an odd one"));
        }
        let exponent = e.iter().try_fold(0_u64, |sum, &byte| {
            sum.checked_mul(256).and_then(|sum| sum.checked_add(byte.into()))
        });
        if !exponent.is_some_and(|e| (3..1 << 33).contains(&e) && e % 2 == 1) {
            return Err((
                "an exponent that is even, below 3 or too large",
                "an odd number such as 65537",
            ));
        }
        Self::Rsa { n: n.into(), e: e.into() }.checked("no rsa key")
    }

    /// A point of P-256.
    pub(super) fn p256(x: &[u8], y: &[u8]) -> Result<Self, Wrong> {
        let mut point = [4_u8; 65];
        if x.len() != 32 || y.len() != 32 {
            return Err(("coordinates of another length", "32 bytes each"));
        }
        for (to, from) in point.iter_mut().skip(1).zip(x.iter().chain(y)) {
            *to = *from;
        }
        Self::P256(point).checked("a point that is not on the curve")
    }

    /// A point of Ed25519.
    pub(super) fn ed25519(point: &[u8]) -> Result<Self, Wrong> {
        let point = point.try_into().map_err(|_| ("a key of another length", "32 bytes"))?;
        Self::Ed25519(point).checked("no point of the curve, or one of small order")
    }

    fn checked(self, found: &'static str) -> Result<Self, Wrong> {
        if verify::is_key(&self) { Ok(self) } else { Err((found, "a public key")) }
    }
}

/// Returns `true` if a modulus comes from the library whose primes are powers of 65537 modulo many
/// small primes (Nemec and others, "The Return of Coppersmith's Attack", 2017). By chance this
/// holds for one other modulus in 2^27.
fn is_roca(n: &[u8]) -> bool {
    const SMALL: [u32; 17] =
        [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
    let is_power = |prime: u32| {
        let digit = |rest: u32, &byte: &u8| (rest * 256 + u32::from(byte)) % prime;
        let rest = n.iter().fold(0, digit);
        let next = |power: &u32| Some(power * (65_537 % prime) % prime);
        let order = usize::try_from(prime).unwrap_or(0);
        core::iter::successors(Some(1), next).take(order).any(|power| power == rest)
    };
    SMALL.into_iter().all(is_power)
}

impl Key {
    pub(super) fn new(id: Option<&str>, material: Material) -> Self {
        let mut digest = Sha256::new();
        digest.update([match &material {
            Material::Ed25519(_) => 1_u8,
            Material::Hmac(_) => 2,
            Material::P256(_) => 3,
            Material::Rsa { .. } => 4,
        }]);
        match &material {
            Material::Ed25519(point) => digest.update(point),
            Material::Hmac(secret) => digest.update(secret.as_slice()),
            Material::P256(point) => digest.update(point),
            Material::Rsa { n, e } => {
                digest.update(u64::try_from(n.len()).unwrap_or(u64::MAX).to_be_bytes());
                digest.update(n);
                digest.update(e);
            }
        }
        Self { id: id.map(Into::into), material, fingerprint: digest.finalize().into() }
    }

    /// Its `kid`: a name within its set.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The one algorithm that it is for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Ed25519(_) => Algorithm::EdDsa,
            Material::Hmac(_) => Algorithm::Hs256,
            Material::P256(_) => Algorithm::Es256,
            Material::Rsa { .. } => Algorithm::Rs256,
        }
    }

    /// The public key as a `SubjectPublicKeyInfo` in DER (RFC 5280, section 4.1.2.7). `None` for a
    /// secret.
    #[must_use]
    pub fn spki_der(&self) -> Option<Vec<u8>> {
        der::spki(&self.material)
    }

    pub(super) fn material(&self) -> &Material {
        &self.material
    }

    /// A value that differs for every key. It is made from secrets too, so it must not leave the
    /// core.
    pub(super) fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }
}

/// Shows its name and algorithm only.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}
