//! `ES384`: ECDSA on P-384 with SHA-384 (RFC 7518, section 3.4), by `p384`.

#[cfg(not(feature = "es384"))]
use super::LEFT_OUT as CHECK;
use super::ecdsa::{Curve, write_spki};
use super::{Algorithm, Definition, Hash, Scheme, Spki};
#[cfg(feature = "es384")]
use rust_crypto::CHECK;

const P384: Curve = Curve { algorithm: Algorithm::Es384, width: 48, coordinates: "48 bytes each" };

pub(super) const ES384: Definition = Definition {
    names: &["ES384"],
    key_type: "EC",
    curve: Some("P-384"),
    scheme: Scheme::Ecdsa,
    hash: Some(Hash::Sha384),
    shortest_key: "384 bits",
    has_keys_without_alg: true,
    read_jwk: |jwk| P384.read_jwk(jwk),
    spki: Some(Spki {
        // id-ecPublicKey with the curve (RFC 5480, section 2.1.1).
        identifier: b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\
            \x06\x05\x2b\x81\x04\x00\x22",
        write: write_spki,
        read: Some(|bits| P384.read_spki(bits)),
    }),
    signature_der: |signature| P384.signature_der(signature),
    check: CHECK,
};

#[cfg(feature = "es384")]
mod rust_crypto {
    use crate::jwt::algorithm::Check;
    use crate::jwt::material::Material;
    use p384::ecdsa::signature::Verifier;
    use p384::ecdsa::{Signature, VerifyingKey};

    pub(super) const CHECK: Option<Check> =
        Some(Check { verify, is_key: |key| verifying_key(key).is_some() });

    /// `r` and `s` must be 48 bytes each, neither of them zero or too large. A high `s` is
    /// accepted, as every JWS library does.
    fn verify(key: &Material, message: &[u8], signature: &[u8]) -> Option<()> {
        let signature = Signature::from_slice(signature).ok()?;
        verifying_key(key)?.verify(message, &signature).ok()
    }

    fn verifying_key(key: &Material) -> Option<VerifyingKey> {
        VerifyingKey::from_sec1_bytes(key.point()?).ok()
    }
}
