//! Keys that tokens are signed with, made at run time.

use std::sync::{Mutex, PoisonError};

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::Generate as _;
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
    /// RSASSA-PKCS1-v1_5 with SHA-256; keys have 2048 bits.
    #[serde(rename = "RS256")]
    Rs256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

type RsaKey = rsa::pkcs1v15::SigningKey<sha2::Sha256>;

/// RSA keys that no issuer holds at the moment. One takes long to make; two issuers that live at
/// the same time never share one.
static IDLE: Mutex<Vec<RsaKey>> = Mutex::new(Vec::new());

/// A key with an id.
pub struct Key {
    id: String,
    material: Material,
}

enum Material {
    EdDsa(ed25519_dalek::SigningKey),
    Es256(p256::ecdsa::SigningKey),
    /// `None` once it went back to the idle ones.
    Rs256(Option<RsaKey>),
}

impl Key {
    /// A key that no living issuer has.
    pub fn new(algorithm: Algorithm, id: String) -> Self {
        let material = match algorithm {
            Algorithm::EdDsa => Material::EdDsa(ed25519_dalek::SigningKey::from_bytes(&random())),
            Algorithm::Es256 => Material::Es256(loop {
                // All but a few of 2^256 numbers are keys.
                if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&random()) {
                    break key;
                }
            }),
            Algorithm::Rs256 => {
                let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
                Material::Rs256(Some(idle.unwrap_or_else(|| RsaKey::generate_from_rng(&mut rng))))
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
            Material::Rs256(_) => Algorithm::Rs256,
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
            Material::Rs256(key) => {
                let key: &rsa::PrivateKey = rsa_key(key).as_ref();
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
            Material::Rs256(key) => {
                let key: &rsa::PrivateKey = rsa_key(key).as_ref();
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
            Material::Rs256(key) => rsa_key(key).sign(message).to_vec(),
        }
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        if let Material::Rs256(key) = &mut self.material {
            IDLE.lock().unwrap_or_else(PoisonError::into_inner).extend(key.take());
        }
    }
}

/// A JWK with its private part, of an issuer that made a bad mistake.
pub fn private_jwk() -> Value {
    let key = ed25519_dalek::SigningKey::from_bytes(&random());
    let (x, d) = (encode(key.verifying_key().as_bytes()), encode(key.as_bytes()));
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": "private", "use": "sig", "x": x, "d": d })
}

/// A secret as a JWK.
pub fn secret_jwk() -> Value {
    json!({ "kty": "oct", "alg": "HS256", "kid": "secret", "k": encode(&random()) })
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

fn rsa_key(key: &Option<RsaKey>) -> &RsaKey {
    key.as_ref().expect("only a key that is gone has none")
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
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
