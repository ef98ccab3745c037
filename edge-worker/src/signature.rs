//! Has the platform check signatures (WebCrypto).

use crate::platform::Result;
use js_sys::futures::JsFuture;
use js_sys::{Array, Object, Reflect, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto, WorkerGlobalScope};
use wicketgate_policy::jwt::{Algorithm, Key, Scheme, SignatureAnswer, SignatureCheck};

/// The schemes of which the platform checks signatures. The module checks the others: HMAC, because
/// WebCrypto would need the secret, and Ed25519, because WebCrypto accepts keys and signatures that
/// are good for more than one message.
pub const BY_PLATFORM: &[Scheme] = &[Scheme::Ecdsa, Scheme::RsaPkcs1, Scheme::RsaPss];

/// Asks the platform. A signature that it can't check is not good.
pub async fn check(check: &SignatureCheck<'_>) -> SignatureAnswer {
    check.answered(is_good(check).await.unwrap_or(false))
}

async fn is_good(check: &SignatureCheck<'_>) -> Result<bool> {
    let parameters = parameters(check.algorithm())?;
    let key = imported(check.key(), &parameters).await?;
    // These are copies, because the platform reads them while other requests change the module's
    // memory.
    let signature = Uint8Array::from(check.signature());
    let message = Uint8Array::from(check.message());
    let answer = subtle()?.verify_with_object_and_js_u8_array_and_js_u8_array(
        &parameters,
        &key,
        &signature,
        &message,
    )?;
    Ok(JsFuture::from(answer).await?.as_bool() == Some(true))
}

/// WebCrypto's parameters of an algorithm, both for importing a key and for checking (W3C Web
/// Cryptography API, sections 20 and 23). They are made once, because each member hands two strings
/// over.
fn parameters(algorithm: Algorithm) -> Result<Object> {
    let known = PARAMETERS.with_borrow(|kept| {
        kept.iter().find(|(other, _)| *other == algorithm).map(|(_, object)| object.clone())
    });
    if let Some(object) = known {
        return Ok(object);
    }
    let name = match algorithm.scheme() {
        Scheme::Ecdsa => "ECDSA",
        Scheme::RsaPkcs1 => "RSASSA-PKCS1-v1_5",
        Scheme::RsaPss => "RSA-PSS",
        Scheme::EdDsa | Scheme::Hmac => return Err("not asked of the platform".into()),
    };
    let hash = algorithm.hash().ok_or("not asked of the platform")?;
    let object = Object::new();
    let set = |member: &str, value: &JsValue| Reflect::set(&object, &member.into(), value);
    set("name", &name.into())?;
    set("hash", &hash.name().into())?;
    if let Some(curve) = algorithm.curve() {
        set("namedCurve", &curve.into())?;
    }
    if algorithm.scheme() == Scheme::RsaPss {
        set("saltLength", &hash.size().into())?;
    }
    PARAMETERS.with_borrow_mut(|kept| kept.push((algorithm, object.clone())));
    Ok(object)
}

thread_local! {
    static PARAMETERS: RefCell<Vec<(Algorithm, Object)>> = const { RefCell::new(Vec::new()) };
}

/// The platform's form of a key, imported when it is first needed.
async fn imported(key: &Key, parameters: &Object) -> Result<CryptoKey> {
    let (algorithm, der) = (key.algorithm(), key.spki_der().ok_or("not a public key")?);
    let known = IMPORTED.with_borrow(|kept| {
        let is_it = |other: &&Imported| other.algorithm == algorithm && other.der == der;
        kept.iter().find(is_it).map(|imported| imported.key.clone())
    });
    if let Some(key) = known {
        return Ok(key);
    }
    let usages = Array::of1(&"verify".into());
    let bytes = Uint8Array::from(der.as_slice());
    let key = subtle()?.import_key_with_object("spki", &bytes, parameters, false, &usages)?;
    let key: CryptoKey = JsFuture::from(key).await?.unchecked_into();
    IMPORTED.with_borrow_mut(|kept| {
        if kept.len() >= IMPORTED_AT_MOST {
            kept.remove(0);
        }
        kept.push(Imported { algorithm, der, key: key.clone() });
    });
    Ok(key)
}

/// A key as the platform has it. One RSA key has the same `SubjectPublicKeyInfo` for every way to
/// sign with it, and the platform's form is for one of them only.
struct Imported {
    algorithm: Algorithm,
    der: Vec<u8>,
    key: CryptoKey,
}

thread_local! {
    /// They belong to no request, so all may use them.
    static IMPORTED: RefCell<Vec<Imported>> = const { RefCell::new(Vec::new()) };
}

/// As many as a set may have. Clients can't add any.
const IMPORTED_AT_MOST: usize = 64;

fn subtle() -> std::result::Result<SubtleCrypto, JsValue> {
    Ok(js_sys::global().unchecked_into::<WorkerGlobalScope>().crypto()?.subtle())
}
