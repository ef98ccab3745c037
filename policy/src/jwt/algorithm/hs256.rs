//! `HS256`: HMAC with SHA-256 (RFC 7518, section 3.2), by `hmac`.

#[cfg(not(feature = "hs256"))]
use super::LEFT_OUT as CHECK;
use super::{Definition, Hash, Scheme, signature_as_it_is};
use crate::form::node::Node;
use crate::jwt::json::{Fault, bytes};
use crate::jwt::material::Material;
#[cfg(feature = "hs256")]
use rust_crypto::CHECK;
use zeroize::Zeroizing;

pub(super) const HS256: Definition = Definition {
    names: &["HS256"],
    key_type: "oct",
    curve: None,
    scheme: Scheme::Hmac,
    hash: Some(Hash::Sha256),
    shortest_key: "256 bits",
    has_keys_without_alg: true,
    read_jwk,
    spki: None,
    signature_der: signature_as_it_is,
    check: CHECK,
};

/// Reads `k`, which must be at least as long as the hash.
fn read_jwk(jwk: &Node) -> Result<Material, Fault> {
    let secret = Zeroizing::new(bytes(jwk, "k")?);
    if !(32..=1_024).contains(&secret.len()) {
        return Err(("k", ("a secret of another length", "32 to 1024 bytes")));
    }
    Ok(Material::Secret(secret))
}

#[cfg(feature = "hs256")]
mod rust_crypto {
    use crate::jwt::algorithm::Check;
    use crate::jwt::material::Material;
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha256;

    /// Any bytes are a secret. Their number was checked before.
    pub(super) const CHECK: Option<Check> = Some(Check { verify, is_key: |_| true });

    /// All 32 bytes, in constant time.
    fn verify(key: &Material, message: &[u8], signature: &[u8]) -> Option<()> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.secret()?).ok()?;
        mac.update(message);
        mac.verify_slice(signature).ok()
    }
}
