//! The keys and signatures of ECDSA, on any curve.

use super::Algorithm;
use crate::form::node::Node;
use crate::jwt::der::{SEQUENCE, element, unsigned};
use crate::jwt::json::{Fault, bytes};
use crate::jwt::material::{Material, Wrong};
use alloc::vec::Vec;

/// A curve, for the one algorithm that uses it.
pub(super) struct Curve {
    pub(super) algorithm: Algorithm,
    /// The bytes of a coordinate, and of r and s.
    pub(super) width: usize,
    /// The length of two coordinates, in words.
    pub(super) coordinates: &'static str,
}

impl Curve {
    /// Reads `x` and `y` (RFC 7518, section 6.2.1).
    pub(super) fn read_jwk(&self, jwk: &Node) -> Result<Material, Fault> {
        let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
        if x.len() != self.width || y.len() != self.width {
            return Err(("x", ("coordinates of another length", self.coordinates)));
        }
        self.point(&[&[4], x.as_slice(), &y].concat()).map_err(|wrong| ("x", wrong))
    }

    /// Reads the point in a `SubjectPublicKeyInfo` (RFC 5480, section 2.2).
    pub(super) fn read_spki(&self, bits: &[u8]) -> Result<Material, Wrong> {
        match bits {
            [4, rest @ ..] if rest.len() == self.width.saturating_mul(2) => self.point(bits),
            [4, ..] => Err(("coordinates of another length", self.coordinates)),
            _ => Err(("a point that is not uncompressed", "an uncompressed one")),
        }
    }

    fn point(&self, uncompressed: &[u8]) -> Result<Material, Wrong> {
        let key = Material::Point(uncompressed.into());
        self.algorithm.checked(key, "a point that is not on the curve")
    }

    /// r and s as `ECDSA-Sig-Value` (RFC 3279, section 2.2.3). `None` if their length is another.
    pub(super) fn signature_der(&self, signature: &[u8]) -> Option<Vec<u8>> {
        if signature.len() != self.width.saturating_mul(2) {
            return None;
        }
        let (r, s) = signature.split_at_checked(self.width)?;
        Some(element(SEQUENCE, &[unsigned(r).as_slice(), &unsigned(s)].concat()))
    }
}

/// The point in a `SubjectPublicKeyInfo`, which is how it is kept.
pub(super) fn write_spki(key: &Material) -> Option<Vec<u8>> {
    key.point().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures() {
        let curve = |width| Curve { algorithm: Algorithm::Es256, width, coordinates: "" };
        let mut signature = [0_u8; 64];
        (signature[31], signature[32]) = (1, 0x80);
        let der = curve(32).signature_der(&signature).unwrap();
        assert_eq!(der[..6], [0x30, 0x26, 2, 1, 1, 2]);
        assert_eq!((der[6], der[7], der[8], der.len()), (0x21, 0, 0x80, 40));
        assert_eq!(curve(32).signature_der(&[0; 64]).unwrap(), [0x30, 6, 2, 1, 0, 2, 1, 0]);
        // The length takes two bytes where r and s have their highest bits.
        let der = curve(48).signature_der(&[0xFF; 96]).unwrap();
        assert_eq!((&der[..5], der.len()), (&[0x30, 102, 2, 49, 0][..], 104));
        for (width, length) in [(32, 63), (32, 65), (32, 96), (48, 64), (48, 95), (48, 97)] {
            assert_eq!(curve(width).signature_der(&[1; 97][..length]), None, "{width} {length}");
        }
    }
}
