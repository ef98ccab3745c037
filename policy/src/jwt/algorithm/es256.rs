//! `ES256`: ECDSA on P-256 with SHA-256 (RFC 7518, section 3.4), by `p256`.

#[cfg(not(feature = "es256"))]
use super::LEFT_OUT as CHECK;
use super::ecdsa::{Curve, write_spki};
use super::{Algorithm, Definition, Hash, Scheme, Spki};
#[cfg(feature = "es256")]
use rust_crypto::CHECK;

const P256: Curve = Curve { algorithm: Algorithm::Es256, width: 32, coordinates: "32 bytes each" };

pub(super) const ES256: Definition = Definition {
    names: &["ES256"],
    key_type: "EC",
    curve: Some("P-256"),
    scheme: Scheme::Ecdsa,
    hash: Some(Hash::Sha256),
    shortest_key: "256 bits",
    has_keys_without_alg: true,
    read_jwk: |jwk| P256.read_jwk(jwk),
    spki: Some(Spki {
        // id-ecPublicKey with the curve (RFC 5480, section 2.1.1).
        identifier: b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\
            \x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
        write: write_spki,
        read: Some(|bits| P256.read_spki(bits)),
    }),
    signature_der: |signature| P256.signature_der(signature),
    check: CHECK,
};

#[cfg(feature = "es256")]
mod rust_crypto {
    use crate::jwt::algorithm::Check;
    use crate::jwt::material::Material;
    use p256::ecdsa::signature::Verifier;
    use p256::ecdsa::{Signature, VerifyingKey};

    pub(super) const CHECK: Option<Check> =
        Some(Check { verify, is_key: |key| verifying_key(key).is_some() });

    /// `r` and `s` must be 32 bytes each, neither of them zero or too large. A high `s` is
    /// accepted, as every JWS library does.
    fn verify(key: &Material, message: &[u8], signature: &[u8]) -> Option<()> {
        let signature = Signature::from_slice(signature).ok()?;
        verifying_key(key)?.verify(message, &signature).ok()
    }

    fn verifying_key(key: &Material) -> Option<VerifyingKey> {
        VerifyingKey::from_sec1_bytes(key.point()?).ok()
    }
}
