//! Signatures, checked by `ring`.
//!
//! `ring` takes a quarter of RustCrypto's time for RSA, and a seventh for ECDSA; `aws-lc-rs` is a few
//! microseconds faster still, and brings a second C library to build. Ed25519 stays with the core:
//! there RustCrypto is as fast, and stricter (no points of small order). So does HMAC.

use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use wicketgate_policy::jwt::{Algorithm, Scheme, SignatureCheck};

/// The schemes of which this module checks signatures.
pub const BY_HOST: &[Scheme] = &[Scheme::Ecdsa, Scheme::RsaPkcs1, Scheme::RsaPss];

/// Checks a signature. `None` if it is for the core to check.
pub fn verify(check: &SignatureCheck<'_>) -> Option<bool> {
    let by = library(check.algorithm())?;
    let Some(key) = check.key().subject_public_key() else { return Some(false) };
    Some(UnparsedPublicKey::new(by, key).verify(check.message(), check.signature()).is_ok())
}

/// An algorithm as `ring` has it: ECDSA with r and s as JWS has them, RSA from 2048 bits.
fn library(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match algorithm {
        Algorithm::Es256 => Some(&signature::ECDSA_P256_SHA256_FIXED),
        Algorithm::Es384 => Some(&signature::ECDSA_P384_SHA384_FIXED),
        Algorithm::Ps256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::Rs256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::EdDsa | Algorithm::Hs256 => None,
    }
}
