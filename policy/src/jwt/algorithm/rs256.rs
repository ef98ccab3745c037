//! `RS256`: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3), by `rsa`.

#[cfg(not(feature = "rs256"))]
use super::LEFT_OUT as CHECK;
use super::{Algorithm, Definition, Hash, Scheme, Spki, rsa_key, signature_as_it_is};
#[cfg(feature = "rs256")]
use rust_crypto::CHECK;

pub(super) const RS256: Definition = Definition {
    names: &["RS256"],
    key_type: "RSA",
    curve: None,
    scheme: Scheme::RsaPkcs1,
    hash: Some(Hash::Sha256),
    shortest_key: rsa_key::SHORTEST,
    has_keys_without_alg: true,
    read_jwk: |jwk| rsa_key::read_jwk(Algorithm::Rs256, jwk),
    spki: Some(Spki {
        identifier: rsa_key::IDENTIFIER,
        write: rsa_key::write_spki,
        read: Some(|bits| rsa_key::read_spki(Algorithm::Rs256, bits)),
    }),
    signature_der: signature_as_it_is,
    check: CHECK,
};

#[cfg(feature = "rs256")]
mod rust_crypto {
    use crate::jwt::algorithm::{Check, rsa_key};
    use crate::jwt::material::Material;
    use rsa::pkcs1v15::{Signature, VerifyingKey};
    use rsa::signature::Verifier;
    use sha2::Sha256;

    pub(super) const CHECK: Option<Check> =
        Some(Check { verify, is_key: |key| rsa_key::public_key(key).is_some() });

    /// RFC 8017, section 8.2.2: as long as the modulus, below it, and exactly the one padding.
    fn verify(key: &Material, message: &[u8], signature: &[u8]) -> Option<()> {
        if signature.len() != key.rsa()?.0.len() {
            return None;
        }
        let key = VerifyingKey::<Sha256>::new(rsa_key::public_key(key)?);
        key.verify(message, &Signature::try_from(signature).ok()?).ok()
    }
}
