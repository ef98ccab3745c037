//! `PS256`: RSASSA-PSS with SHA-256, MGF1 with the same, and a salt as long (RFC 7518, section 3.5),
//! by `rsa`.

#[cfg(not(feature = "ps256"))]
use super::LEFT_OUT as CHECK;
use super::{Algorithm, Definition, Hash, Scheme, Spki, rsa_key, signature_as_it_is};
#[cfg(feature = "ps256")]
use rust_crypto::CHECK;

pub(super) const PS256: Definition = Definition {
    names: &["PS256"],
    key_type: "RSA",
    curve: None,
    scheme: Scheme::RsaPss,
    hash: Some(Hash::Sha256),
    shortest_key: rsa_key::SHORTEST,
    // An RSA key that does not say its algorithm is for RS256, as it was before PS256 was served.
    // A key that served both would leave the choice to the token (RFC 8725, section 3.1).
    has_keys_without_alg: false,
    read_jwk: |jwk| rsa_key::read_jwk(Algorithm::Ps256, jwk),
    spki: Some(Spki { identifier: rsa_key::IDENTIFIER, write: rsa_key::write_spki, read: None }),
    signature_der: signature_as_it_is,
    check: CHECK,
};

#[cfg(feature = "ps256")]
mod rust_crypto {
    use crate::jwt::algorithm::{Check, rsa_key};
    use crate::jwt::material::Material;
    use rsa::pss::{Signature, VerifyingKey};
    use rsa::signature::Verifier;
    use sha2::Sha256;

    pub(super) const CHECK: Option<Check> =
        Some(Check { verify, is_key: |key| rsa_key::public_key(key).is_some() });

    /// RFC 8017, section 8.1.2: as long as the modulus, below it, and with exactly such a salt.
    fn verify(key: &Material, message: &[u8], signature: &[u8]) -> Option<()> {
        if signature.len() != key.rsa()?.0.len() {
            return None;
        }
        // Its salt is as long as the hash.
        let key = VerifyingKey::<Sha256>::new(rsa_key::public_key(key)?);
        key.verify(message, &Signature::try_from(signature).ok()?).ok()
    }
}
