//! Makes tokens, good ones and others. The keys are those of the RFCs: everybody has them.

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::Signer as _;
use rsa::BoxedUint;
use rsa::rand_core::{Infallible, TryCryptoRng, TryRng};
use serde_json::{Value, json};
use wicketgate_policy::jwt::Algorithm;

/// RFC 7515, appendix A.1.
const SECRET: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

/// RFC 7515, appendix A.2: n, d, p and q.
const RSA: [&str; 4] = [
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
    "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
    "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc",
];

/// RFC 7515, appendix A.3: x, y and d.
const EC: [&str; 3] = [
    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
];

/// RFC 6979, appendix A.2.6: x, y and d.
const EC384: [&str; 3] = [
    "7DpOQVtOGaRWhhgCn0J_pdqai8SukuAuBqrlKGswDGTe-PDqkFWGYGSiVFFUgLwT",
    "gBXZty19VyROqO-awMYhiWcIpZNn-d-59UyoSz8cnbEoiyMcOuDU_nNE_SUzJkcg",
    "a509rS4bjBwFsZh1tmWfTeI8O2Z78pe6mqR3QHhxN9iW1XJOTHCoJfhyyepg0u31",
];

/// RFC 8037, appendix A.1: x and d.
const ED: [&str; 2] =
    ["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"];

/// Someone who signs.
pub struct Issuer {
    algorithm: Algorithm,
    rsa: Option<rsa::PrivateKey>,
}

impl Issuer {
    pub fn new(algorithm: Algorithm) -> Self {
        let number = |text: &str| BoxedUint::from_be_slice_vartime(&decode(text));
        let key = || {
            let [n, d, p, q] = RSA.map(number);
            rsa::PrivateKey::from_components(n, number("AQAB"), d, vec![p, q]).unwrap()
        };
        let is_rsa = matches!(algorithm, Algorithm::Ps256 | Algorithm::Rs256);
        Self { algorithm, rsa: is_rsa.then(key) }
    }

    /// The algorithm with which it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key that its signatures are checked with, as a JWK without an id.
    pub fn jwk(&self) -> Value {
        match self.algorithm {
            Algorithm::EdDsa => json!({ "kty": "OKP", "crv": "Ed25519", "x": ED[0] }),
            Algorithm::Es256 => json!({ "kty": "EC", "crv": "P-256", "x": EC[0], "y": EC[1] }),
            Algorithm::Es384 => {
                json!({ "kty": "EC", "crv": "P-384", "x": EC384[0], "y": EC384[1] })
            }
            Algorithm::Hs256 => json!({ "kty": "oct", "k": SECRET }),
            // Without `alg` it would be for RS256.
            Algorithm::Ps256 => json!({ "kty": "RSA", "alg": "PS256", "n": RSA[0], "e": "AQAB" }),
            Algorithm::Rs256 => json!({ "kty": "RSA", "n": RSA[0], "e": "AQAB" }),
        }
    }

    /// The same, with an id.
    pub fn named(&self, id: &str) -> Value {
        let mut jwk = self.jwk();
        jwk["kid"] = id.into();
        jwk
    }

    /// A signature as JWS has it.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self.algorithm {
            Algorithm::EdDsa => {
                let key = ed25519_dalek::SigningKey::from_bytes(&decode(ED[1]).try_into().unwrap());
                key.sign(message).to_bytes().to_vec()
            }
            Algorithm::Es256 => {
                let key = p256::ecdsa::SigningKey::from_slice(&decode(EC[2])).unwrap();
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Algorithm::Es384 => {
                let key = p384::ecdsa::SigningKey::from_slice(&decode(EC384[2])).unwrap();
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Algorithm::Hs256 => hmac(&decode(SECRET), message),
            Algorithm::Ps256 => {
                use rsa::signature::{RandomizedSigner, SignatureEncoding};
                let key = rsa::pss::SigningKey::<sha2::Sha256>::new(self.rsa.clone().unwrap());
                key.sign_with_rng(&mut Salt(7), message).to_vec()
            }
            Algorithm::Rs256 => {
                use rsa::signature::{SignatureEncoding, Signer};
                let key = rsa::pkcs1v15::SigningKey::<sha2::Sha256>::new(self.rsa.clone().unwrap());
                key.sign(message).to_vec()
            }
        }
    }

    /// A token of a header and a payload as they are written.
    pub fn raw(&self, header: &[u8], payload: &[u8]) -> String {
        let message = format!("{}.{}", encode(header), encode(payload));
        let signature = encode(&self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// A token with these claims and the plainest header.
    pub fn token(&self, claims: &Value) -> String {
        let header = json!({ "alg": self.algorithm.name() });
        self.raw(header.to_string().as_bytes(), claims.to_string().as_bytes())
    }
}

/// The same salts every time, so that the same seed makes the same tokens.
struct Salt(u64);

impl TryRng for Salt {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        Ok(u32::try_from(self.0 >> 32).unwrap())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.try_next_u32()?) << 32 | u64::from(self.try_next_u32()?))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.try_next_u32()?.to_le_bytes()[0];
        }
        Ok(())
    }
}

impl TryCryptoRng for Salt {}

pub fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    use hmac::{KeyInit, Mac};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub fn decode(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).unwrap()
}
