//! Keys that tokens are signed with, made at run time.

use std::sync::{Mutex, PoisonError};

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::Generate as _;
use rsa::signature::RandomizedSigner as _;
use rsa::traits::PublicKeyParts as _;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::pem;

/// An algorithm of public keys (RFC 7518, section 3.1; RFC 8037, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// RSASSA-PSS with SHA-256; keys have 2048 bits.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256; keys have 2048 bits.
    #[serde(rename = "RS256")]
    Rs256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::EdDsa, Self::Es256, Self::Es384, Self::Ps256, Self::Rs256];

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }
}

type Sha256 = sha2::Sha256;

/// RSA keys that no issuer holds at the moment. One takes long to make; two issuers that live at
/// the same time never share one.
static IDLE: Mutex<Vec<rsa::PrivateKey>> = Mutex::new(Vec::new());

/// A key with an id.
pub struct Key {
    id: String,
    material: Material,
}

enum Material {
    EdDsa(ed25519_dalek::SigningKey),
    Es256(p256::ecdsa::SigningKey),
    Es384(p384::ecdsa::SigningKey),
    /// Its way to sign, and the key; `None` once it went back to the idle ones.
    Rsa(Algorithm, Option<rsa::PrivateKey>),
}

impl Key {
    /// A key that no living issuer has.
    pub fn new(algorithm: Algorithm, id: String) -> Self {
        let material = match algorithm {
            Algorithm::EdDsa => Material::EdDsa(ed25519_dalek::SigningKey::from_bytes(&random())),
            Algorithm::Es256 => Material::Es256(loop {
                // All but a few of 2^256 numbers are keys.
                if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&random::<32>()) {
                    break key;
                }
            }),
            Algorithm::Es384 => Material::Es384(loop {
                if let Ok(key) = p384::ecdsa::SigningKey::from_slice(&random::<48>()) {
                    break key;
                }
            }),
            Algorithm::Ps256 | Algorithm::Rs256 => {
                let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let made = || rsa::PrivateKey::generate_from_rng(&mut system());
                Material::Rsa(algorithm, Some(idle.unwrap_or_else(made)))
            }
        };
        Self { id, material }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::EdDsa(_) => Algorithm::EdDsa,
            Material::Es256(_) => Algorithm::Es256,
            Material::Es384(_) => Algorithm::Es384,
            Material::Rsa(algorithm, _) => algorithm,
        }
    }

    /// Its public part as a JWK (RFC 7517) for signatures.
    pub fn jwk(&self) -> Value {
        let mut jwk = match &self.material {
            Material::EdDsa(key) => {
                let x = encode(key.verifying_key().as_bytes());
                json!({ "kty": "OKP", "crv": "Ed25519", "x": x })
            }
            Material::Es256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) })
            }
            Material::Es384(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(48);
                json!({ "kty": "EC", "crv": "P-384", "x": encode(x), "y": encode(y) })
            }
            Material::Rsa(_, key) => {
                let key = rsa_key(key);
                json!({ "kty": "RSA", "n": encode(&key.n_bytes()), "e": encode(&key.e_bytes()) })
            }
        };
        jwk["alg"] = self.algorithm().name().into();
        jwk["kid"] = self.id.as_str().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// Its public part in PEM.
    pub fn public_pem(&self) -> String {
        match &self.material {
            Material::EdDsa(key) => pem::ed25519(key.verifying_key().as_bytes()),
            Material::Es256(key) => pem::p256(key.verifying_key().to_sec1_point(false).as_bytes()),
            Material::Es384(key) => pem::p384(key.verifying_key().to_sec1_point(false).as_bytes()),
            Material::Rsa(_, key) => {
                let key = rsa_key(key);
                pem::rsa(&key.n_bytes(), &key.e_bytes())
            }
        }
    }

    /// A signature as JWS has it.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.material {
            Material::EdDsa(key) => key.sign(message).to_bytes().to_vec(),
            Material::Es256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Material::Es384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Material::Rsa(Algorithm::Ps256, key) => {
                let key = rsa::pss::SigningKey::<Sha256>::new(rsa_key(key).clone());
                key.sign_with_rng(&mut system(), message).to_vec()
            }
            Material::Rsa(_, key) => {
                let key = rsa::pkcs1v15::SigningKey::<Sha256>::new(rsa_key(key).clone());
                key.sign(message).to_vec()
            }
        }
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        if let Material::Rsa(_, key) = &mut self.material {
            IDLE.lock().unwrap_or_else(PoisonError::into_inner).extend(key.take());
        }
    }
}

/// Another key of the same type as this JWK, with the same id.
pub fn twin(jwk: &Value) -> Value {
    let name = jwk["alg"].as_str().unwrap_or_default();
    let mut twin = jwk.clone();
    if let Some(n) = jwk["n"].as_str() {
        // Any odd number of this length is taken for a modulus, and making one takes long.
        let (start, end) = n.split_at(n.len() / 2);
        let other = if end.starts_with('A') { "B" } else { "A" };
        twin["n"] = format!("{start}{other}{}", &end[1..]).into();
        return twin;
    }
    let id = jwk["kid"].as_str().unwrap_or_default();
    let algorithm = Algorithm::ALL.into_iter().find(|algorithm| algorithm.name() == name);
    Key::new(algorithm.expect("a key of ours"), id.to_owned()).jwk()
}

/// A JWK with its private part, of an issuer that made a bad mistake.
pub fn private_jwk() -> Value {
    let key = ed25519_dalek::SigningKey::from_bytes(&random());
    let (x, d) = (encode(key.verifying_key().as_bytes()), encode(key.as_bytes()));
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": "private", "use": "sig", "x": x, "d": d })
}

/// A secret as a JWK.
pub fn secret_jwk() -> Value {
    json!({ "kty": "oct", "alg": "HS256", "kid": "secret", "k": encode(&random::<32>()) })
}

/// A compact JWS (RFC 7515, section 7.1) of a header and a payload as they are written.
pub fn compact(key: &Key, header: &[u8], payload: &[u8]) -> String {
    let message = format!("{}.{}", encode(header), encode(payload));
    let signature = encode(&key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// A compact JWS with a MAC by this secret (HS256), whatever its header says.
pub fn mac(secret: &[u8], header: &Value, payload: &Value) -> String {
    let encoded = |part: &Value| encode(part.to_string().as_bytes());
    let message = format!("{}.{}", encoded(header), encoded(payload));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).expect("a secret of any length");
    mac.update(message.as_bytes());
    format!("{message}.{}", encode(&mac.finalize().into_bytes()))
}

fn rsa_key(key: &Option<rsa::PrivateKey>) -> &rsa::PrivateKey {
    key.as_ref().expect("only a key that is gone has none")
}

fn system() -> getrandom::rand_core::UnwrapErr<getrandom::SysRng> {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rsa_key_is_used_again_and_never_by_two() {
        let key = || Key::new(Algorithm::Rs256, "id".to_owned());
        let (one, other) = (key(), key());
        assert_ne!(one.jwk(), other.jwk());
        let before = [one.jwk(), other.jwk()];
        drop((one, other));
        assert!(before.contains(&key().jwk()));
    }
}
