//! A signature to be checked: by the core, or by a host that is faster at it.

use super::algorithm::Algorithm;
use super::der;
use super::key::Key;
use super::verify;
use alloc::vec::Vec;
use core::fmt;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A demand: is this the signature of that key under this message? The key decides the algorithm.
#[derive(Clone)]
pub struct SignatureCheck<'a> {
    key: &'a Key,
    message: &'a [u8],
    signature: Vec<u8>,
}

impl Key {
    /// Asks whether this is its signature under a message.
    #[must_use]
    pub fn check<'a>(&'a self, message: &'a [u8], signature: &[u8]) -> SignatureCheck<'a> {
        SignatureCheck { key: self, message, signature: signature.into() }
    }
}

impl<'a> SignatureCheck<'a> {
    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &'a Key {
        self.key
    }

    /// What was signed.
    #[must_use]
    pub fn message(&self) -> &'a [u8] {
        self.message
    }

    /// The signature as JWS has it (RFC 7518, section 3.4, for ECDSA: r and s, 32 bytes each).
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The signature as most libraries have it: an ECDSA one in ASN.1 DER (RFC 3279, section
    /// 2.2.3), the others as they are. `None` where it has the wrong length.
    #[must_use]
    pub fn signature_der(&self) -> Option<Vec<u8>> {
        match self.algorithm() {
            Algorithm::Es256 => der::ecdsa_signature(&self.signature),
            Algorithm::EdDsa | Algorithm::Hs256 | Algorithm::Rs256 => Some(self.signature.clone()),
        }
    }

    /// Checks it here. `None` where this build does not have the algorithm.
    #[must_use]
    pub fn verify(&self) -> Option<SignatureAnswer> {
        let good = verify::verify(self.key, self.message, &self.signature)?;
        Some(self.answered(good))
    }

    /// The answer of a host that checked it.
    #[must_use]
    pub fn answered(&self, good: bool) -> SignatureAnswer {
        SignatureAnswer { question: self.digest(), good }
    }

    pub(super) fn is_of(&self, message: &[u8], signature: &[u8]) -> bool {
        self.message == message && self.signature == signature
    }

    /// What tells this check from every other: the key, and the signature under the message.
    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.key.fingerprint());
        digest.update(u64::try_from(self.signature.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(&self.signature);
        digest.update(self.message);
        digest.finalize().into()
    }
}

/// Neither the token nor the key.
impl fmt::Debug for SignatureCheck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureCheck").field("key", self.key).finish_non_exhaustive()
    }
}

/// What came of a [`SignatureCheck`]. It is an answer to that one check only.
#[derive(Clone)]
pub struct SignatureAnswer {
    question: [u8; 32],
    good: bool,
}

impl SignatureAnswer {
    /// Whether it is an answer to this check.
    pub(crate) fn is_to(&self, check: &SignatureCheck<'_>) -> bool {
        self.question.ct_eq(&check.digest()).into()
    }

    pub(super) fn is_good(&self, check: &SignatureCheck<'_>) -> bool {
        self.good && self.is_to(check)
    }

    /// Whether the signature was good.
    #[must_use]
    pub fn good(&self) -> bool {
        self.good
    }
}

impl fmt::Debug for SignatureAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureAnswer").field("good", &self.good).finish_non_exhaustive()
    }
}
