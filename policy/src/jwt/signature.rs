//! A signature to check, by the core or by a host that is faster.

use super::algorithm::Algorithm;
use super::key::Key;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::fmt;

/// A demand to check whether this is the key's signature of this message. The key decides the
/// algorithm.
#[derive(Clone)]
pub struct SignatureCheck<'a> {
    key: &'a Key,
    message: Cow<'a, [u8]>,
    signature: Vec<u8>,
}

impl Key {
    /// Makes the check of a signature of a message by this key.
    #[must_use]
    pub fn check<'a>(
        &'a self,
        message: impl Into<Cow<'a, [u8]>>,
        signature: &[u8],
    ) -> SignatureCheck<'a> {
        SignatureCheck { key: self, message: message.into(), signature: signature.into() }
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

    /// The signed message.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The signature as JWS has it (RFC 7518, section 3.4, for ECDSA: r and s, each as
    /// long as a number of the curve).
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The signature as most libraries have it: an ECDSA one in ASN.1 DER (RFC 3279, section
    /// 2.2.3), the others as they are. `None` if it has the wrong length.
    #[must_use]
    pub fn signature_der(&self) -> Option<Vec<u8>> {
        self.algorithm().signature_der(&self.signature)
    }

    /// Checks it in the core. `None` if this build does not have the algorithm.
    #[must_use]
    pub fn verify(&self) -> Option<SignatureAnswer> {
        let good = self.algorithm().verify(self.key.material(), &self.message, &self.signature)?;
        Some(self.answered(good))
    }

    /// The answer of a host that checked it.
    #[must_use]
    pub fn answered(&self, good: bool) -> SignatureAnswer {
        let (message, signature) = (self.message().into(), self.signature.clone());
        let question = Question { key: *self.key.fingerprint(), message, signature };
        SignatureAnswer { question: Rc::new(question), good }
    }

    pub(super) fn is_of(&self, message: &[u8], signature: &[u8]) -> bool {
        *self.message == *message && self.signature == signature
    }
}

/// Shows neither the token nor the key.
impl fmt::Debug for SignatureCheck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureCheck").field("key", self.key).finish_non_exhaustive()
    }
}

/// The result of a [`SignatureCheck`]. It is an answer to that one check only.
#[derive(Clone)]
pub struct SignatureAnswer {
    question: Rc<Question>,
    good: bool,
}

/// The content of a check, all of it, to compare it with others. A digest would cost more than this
/// copy.
struct Question {
    key: [u8; 32],
    message: Box<[u8]>,
    signature: Vec<u8>,
}

impl SignatureAnswer {
    /// Returns `true` if it is an answer to this check.
    pub(crate) fn is_to(&self, check: &SignatureCheck<'_>) -> bool {
        let Question { key, message, signature } = &*self.question;
        key == check.key.fingerprint() && check.is_of(message, signature)
    }

    pub(super) fn is_good(&self, check: &SignatureCheck<'_>) -> bool {
        self.good && self.is_to(check)
    }

    /// Returns `true` if the signature was good.
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
