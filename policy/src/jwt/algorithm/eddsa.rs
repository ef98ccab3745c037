//! `EdDSA` on Ed25519 (RFC 8037), by `ed25519-dalek`.

#[cfg(not(feature = "eddsa"))]
use super::LEFT_OUT as CHECK;
use super::{Algorithm, Definition, Scheme, Spki, signature_as_it_is};
use crate::jwt::json::bytes;
use crate::jwt::material::{Material, Wrong};
#[cfg(feature = "eddsa")]
use rust_crypto::CHECK;

pub(super) const EDDSA: Definition = Definition {
    // `Ed25519` is the name that RFC 9864 gives to the one curve that is served here.
    names: &["EdDSA", "Ed25519"],
    key_type: "OKP",
    curve: Some("Ed25519"),
    scheme: Scheme::EdDsa,
    hash: None,
    shortest_key: "256 bits",
    has_keys_without_alg: true,
    read_jwk: |jwk| read(&bytes(jwk, "x")?).map_err(|wrong| ("x", wrong)),
    spki: Some(Spki {
        // id-Ed25519 (RFC 8410, section 3).
        identifier: b"\x30\x05\x06\x03\x2b\x65\x70",
        write: |key| key.point().map(Into::into),
        read: Some(read),
    }),
    signature_der: signature_as_it_is,
    check: CHECK,
};

/// Reads a compressed point.
fn read(point: &[u8]) -> Result<Material, Wrong> {
    if point.len() != 32 {
        return Err(("a key of another length", "32 bytes"));
    }
    let key = Material::Point(point.into());
    Algorithm::EdDsa.checked(key, "no point of the curve, or one of small order")
}

#[cfg(feature = "eddsa")]
mod rust_crypto {
    use crate::jwt::algorithm::Check;
    use crate::jwt::material::Material;
    use ed25519_dalek::{Signature, VerifyingKey};

    pub(super) const CHECK: Option<Check> = Some(Check { verify, is_key });

    /// RFC 8032, section 5.1.7, with the checks that make a signature good for one message and one
    /// key only: no small order, canonical encodings, no cofactor.
    fn verify(key: &Material, message: &[u8], signature: &[u8]) -> Option<()> {
        let signature = Signature::from_slice(signature).ok()?;
        verifying_key(key)?.verify_strict(message, &signature).ok()
    }

    /// Returns `true` for a point of the curve, in its canonical form and not of small order.
    fn is_key(key: &Material) -> bool {
        // The library also decodes points that are not canonical.
        verifying_key(key).is_some_and(|read| {
            !read.is_weak() && Some(&read.to_edwards().compress().as_bytes()[..]) == key.point()
        })
    }

    fn verifying_key(key: &Material) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(key.point()?.try_into().ok()?).ok()
    }
}
