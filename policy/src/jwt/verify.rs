//! Checking a signature in the core, with the algorithms that this build has.

use super::key::{Key, Material};

/// Whether a signature is good; `None` where this build does not have the algorithm. The features
/// decide which of the arms there are.
pub(super) fn verify(key: &Key, message: &[u8], signature: &[u8]) -> Option<bool> {
    match key.material() {
        #[cfg(feature = "jwt-eddsa")]
        Material::Ed25519(point) => Some(eddsa(point, message, signature).is_some()),
        #[cfg(feature = "jwt-hs256")]
        Material::Hmac(secret) => Some(hs256(secret, message, signature).is_some()),
        #[cfg(feature = "jwt-es256")]
        Material::P256(point) => Some(es256(point, message, signature).is_some()),
        #[cfg(feature = "jwt-rs256")]
        Material::Rsa { n, e } => Some(rs256(n, e, message, signature).is_some()),
        #[cfg(not(all(
            feature = "jwt-eddsa",
            feature = "jwt-es256",
            feature = "jwt-hs256",
            feature = "jwt-rs256"
        )))]
        _ => {
            _ = (message, signature);
            None
        }
    }
}

/// Whether a public key is one at all: a point of its curve that is not of small order. `true`
/// where this build can't tell; the host that checks its signatures does.
pub(super) fn is_key(material: &Material) -> bool {
    match material {
        #[cfg(feature = "jwt-eddsa")]
        Material::Ed25519(point) => {
            let is_good = |key: ed25519_dalek::VerifyingKey| {
                // One that is not canonical is decoded too.
                !key.is_weak() && key.to_edwards().compress().as_bytes() == point
            };
            ed25519_dalek::VerifyingKey::from_bytes(point).is_ok_and(is_good)
        }
        #[cfg(feature = "jwt-es256")]
        Material::P256(point) => p256::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok(),
        #[cfg(feature = "jwt-rs256")]
        Material::Rsa { n, e } => rsa_key(n, e).is_some(),
        _ => true,
    }
}

/// RFC 8032, section 5.1.7, with the checks that make a signature good for one message and one key
/// only: no small order, canonical encodings, no cofactor.
#[cfg(feature = "jwt-eddsa")]
fn eddsa(point: &[u8; 32], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(point).ok()?;
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify_strict(message, &signature).ok()
}

/// RFC 7518, section 3.2: all 32 bytes, in constant time.
#[cfg(feature = "jwt-hs256")]
fn hs256(secret: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    use hmac::{KeyInit, Mac};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).ok()?;
    mac.update(message);
    mac.verify_slice(signature).ok()
}

/// RFC 7518, section 3.4: r and s in 32 bytes each, neither of them zero or too large. A high `s`
/// is accepted, as every JWS library does.
#[cfg(feature = "jwt-es256")]
fn es256(point: &[u8; 65], message: &[u8], signature: &[u8]) -> Option<()> {
    use p256::ecdsa::signature::Verifier;
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    let signature = p256::ecdsa::Signature::from_slice(signature).ok()?;
    key.verify(message, &signature).ok()
}

/// RFC 8017, section 8.2.2: as long as the modulus, below it, and exactly the one padding.
#[cfg(feature = "jwt-rs256")]
fn rs256(n: &[u8], e: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    use rsa::signature::Verifier;
    if signature.len() != n.len() {
        return None;
    }
    let key = rsa::pkcs1v15::VerifyingKey::<sha2::Sha256>::new(rsa_key(n, e)?);
    let signature = rsa::pkcs1v15::Signature::try_from(signature).ok()?;
    key.verify(message, &signature).ok()
}

#[cfg(feature = "jwt-rs256")]
fn rsa_key(n: &[u8], e: &[u8]) -> Option<rsa::PublicKey> {
    let number = rsa::BoxedUint::from_be_slice_vartime;
    rsa::PublicKey::new(number(n), number(e)).ok()
}
