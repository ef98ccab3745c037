//! A key.

use super::algorithm::Algorithm;
use super::material::Material;
use super::spki;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use sha2::{Digest, Sha256};

/// A key for one algorithm.
#[derive(Clone)]
pub struct Key {
    id: Option<Box<str>>,
    algorithm: Algorithm,
    material: Material,
    fingerprint: [u8; 32],
    /// It checks JWT-SVIDs only.
    is_for_svids: bool,
}

/// A fault of a key or a set of keys.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyFault {
    /// Its place in the set, such as `keys[1].n`; empty for the whole.
    pub path: String,
    /// A description of the value that was found. It never contains a part of a key.
    pub found: &'static str,
    /// A description of the value that was expected.
    pub expected: Cow<'static, str>,
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

impl Key {
    pub(super) fn new(id: Option<&str>, algorithm: Algorithm, material: Material) -> Self {
        let mut digest = Sha256::new();
        // The same bytes may be a key for two algorithms, and those are two keys.
        digest.update(algorithm.name());
        digest.update([0]);
        match &material {
            Material::Point(point) => digest.update(point),
            Material::Rsa { n, e } => {
                digest.update(u64::try_from(n.len()).unwrap_or(u64::MAX).to_be_bytes());
                digest.update(n);
                digest.update(e);
            }
            Material::Secret(secret) => digest.update(secret.as_slice()),
        }
        let fingerprint = digest.finalize().into();
        let id = id.map(Into::into);
        Self { id, algorithm, material, fingerprint, is_for_svids: false }
    }

    pub(super) fn for_svids(self, is_for_svids: bool) -> Self {
        Self { is_for_svids, ..self }
    }

    /// Returns `true` if it checks JWT-SVIDs only (`use` is `jwt-svid`).
    #[must_use]
    pub fn is_for_svids(&self) -> bool {
        self.is_for_svids
    }

    /// Its `kid`: a name within its set.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The one algorithm that it is for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public key as a `SubjectPublicKeyInfo` in DER (RFC 5280, section 4.1.2.7). `None` for a
    /// secret.
    #[must_use]
    pub fn spki_der(&self) -> Option<Vec<u8>> {
        spki::write(self.algorithm, &self.material)
    }

    /// The bits of the public key's `subjectPublicKey` (RFC 5280, section 4.1.2.7): of a curve the
    /// point, uncompressed on P-256 and P-384; of RSA an `RSAPublicKey` in DER. `None` for a secret.
    #[must_use]
    pub fn subject_public_key(&self) -> Option<Vec<u8>> {
        self.algorithm.spki(&self.material).map(|(_, bits)| bits)
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
