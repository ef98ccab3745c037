//! `ES256`, by `p256`.

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

/// This build checks its signatures.
pub(super) const BUILT_IN: bool = true;

/// RFC 7518, section 3.4: r and s in 32 bytes each, neither of them zero or too large. A high `s`
/// is accepted, as every JWS library does.
pub(super) fn verify(point: &[u8; 65], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = VerifyingKey::from_sec1_bytes(point).ok()?;
    let signature = Signature::from_slice(signature).ok()?;
    key.verify(message, &signature).ok()
}

/// Returns `true` for a point of the curve.
pub(super) fn is_key(point: &[u8; 65]) -> bool {
    VerifyingKey::from_sec1_bytes(point).is_ok()
}
