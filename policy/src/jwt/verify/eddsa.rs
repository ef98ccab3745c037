//! `EdDSA` on Ed25519, by `ed25519-dalek`.

use ed25519_dalek::{Signature, VerifyingKey};

/// This build checks its signatures.
pub(super) const BUILT_IN: bool = true;

/// RFC 8032, section 5.1.7, with the checks that make a signature good for one message and one key
/// only: no small order, canonical encodings, no cofactor.
pub(super) fn verify(point: &[u8; 32], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = VerifyingKey::from_bytes(point).ok()?;
    let signature = Signature::from_slice(signature).ok()?;
    key.verify_strict(message, &signature).ok()
}

/// Returns `true` for a point of the curve, in its canonical form and not of small order.
pub(super) fn is_key(point: &[u8; 32]) -> bool {
    let is_good = |key: VerifyingKey| {
        // The library also decodes points that are not canonical.
        !key.is_weak() && key.to_edwards().compress().as_bytes() == point
    };
    VerifyingKey::from_bytes(point).is_ok_and(is_good)
}
