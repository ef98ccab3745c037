//! Checks signatures in the core. This is the only place that uses RustCrypto for it.
//!
//! Each algorithm is a file here and a cargo feature of its name. A host that checks the signatures
//! of an algorithm itself leaves the feature out; [`left_out`] stands in the algorithm's place then,
//! so that the rest of the core is the same in every build.

#[cfg(feature = "eddsa")]
mod eddsa;
#[cfg(feature = "es256")]
mod es256;
#[cfg(feature = "hs256")]
mod hs256;
#[cfg(not(all(feature = "eddsa", feature = "es256", feature = "hs256", feature = "rs256")))]
mod left_out;
#[cfg(feature = "rs256")]
mod rs256;

#[cfg(not(feature = "eddsa"))]
use left_out as eddsa;
#[cfg(not(feature = "es256"))]
use left_out as es256;
#[cfg(not(feature = "hs256"))]
use left_out as hs256;
#[cfg(not(feature = "rs256"))]
use left_out as rs256;

use super::algorithm::Algorithm;
use super::key::{Key, Material};

/// Returns `true` if this build checks signatures of an algorithm.
pub(super) const fn is_built_in(algorithm: Algorithm) -> bool {
    match algorithm {
        Algorithm::EdDsa => eddsa::BUILT_IN,
        Algorithm::Es256 => es256::BUILT_IN,
        Algorithm::Hs256 => hs256::BUILT_IN,
        Algorithm::Rs256 => rs256::BUILT_IN,
    }
}

/// Checks a signature. `None` if this build does not have the algorithm.
pub(super) fn verify(key: &Key, message: &[u8], signature: &[u8]) -> Option<bool> {
    if !is_built_in(key.algorithm()) {
        return None;
    }
    let good = match key.material() {
        Material::Ed25519(point) => eddsa::verify(point, message, signature),
        Material::Hmac(secret) => hs256::verify(secret.as_slice(), message, signature),
        Material::P256(point) => es256::verify(point, message, signature),
        Material::Rsa { n, e } => rs256::verify((n, e), message, signature),
    };
    Some(good.is_some())
}

/// Returns `true` if a public key is valid: a point of its curve, and not of small order. Returns
/// `true` too if this build can't tell, because then the host that checks the signatures does.
pub(super) fn is_key(material: &Material) -> bool {
    match material {
        Material::Ed25519(point) => eddsa::is_key(point),
        Material::Hmac(secret) => hs256::is_key(secret.as_slice()),
        Material::P256(point) => es256::is_key(point),
        Material::Rsa { n, e } => rs256::is_key((n, e)),
    }
}
