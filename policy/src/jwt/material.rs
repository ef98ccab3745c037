//! The bytes of a key.

use alloc::boxed::Box;
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// The bytes of a key, in one of three shapes. The key's algorithm says what they mean.
#[derive(Clone)]
pub(super) enum Material {
    /// A point of a curve, in the form in which a `SubjectPublicKeyInfo` has it.
    Point(Box<[u8]>),
    /// Modulus and public exponent, big-endian without leading zeros.
    Rsa { n: Box<[u8]>, e: Box<[u8]> },
    /// A secret.
    Secret(Zeroizing<Vec<u8>>),
}

/// Descriptions of the value that was found, and of the one that was expected.
pub(super) type Wrong = (&'static str, &'static str);

impl Material {
    pub(super) fn point(&self) -> Option<&[u8]> {
        if let Self::Point(point) = self { Some(point) } else { None }
    }

    pub(super) fn rsa(&self) -> Option<(&[u8], &[u8])> {
        if let Self::Rsa { n, e } = self { Some((n, e)) } else { None }
    }

    #[cfg(feature = "hs256")]
    pub(super) fn secret(&self) -> Option<&[u8]> {
        if let Self::Secret(secret) = self { Some(secret) } else { None }
    }
}
