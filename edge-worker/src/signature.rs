//! Has the platform check signatures (WebCrypto).

use crate::platform::Result;
use js_sys::futures::JsFuture;
use js_sys::{Array, Object, Reflect, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto, WorkerGlobalScope};
use wicketgate_policy::jwt::{Algorithm, Key, SignatureAnswer, SignatureCheck};

/// The algorithms that the platform checks. The module checks the others: HMAC, because WebCrypto
/// would need the secret, and Ed25519, because WebCrypto accepts keys and signatures that are good
/// for more than one message.
pub const BY_PLATFORM: &[Algorithm] = &[Algorithm::Rs256, Algorithm::Es256];

/// Asks the platform. A signature that it can't check is not good.
pub async fn check(check: &SignatureCheck<'_>) -> SignatureAnswer {
    check.answered(is_good(check).await.unwrap_or(false))
}

async fn is_good(check: &SignatureCheck<'_>) -> Result<bool> {
    let algorithm = parameters(check.algorithm())?;
    let key = imported(check.key(), &algorithm).await?;
    // These are copies, because the platform reads them while other requests change the module's
    // memory.
    let signature = Uint8Array::from(check.signature());
    let message = Uint8Array::from(check.message());
    let answer = subtle()?.verify_with_object_and_js_u8_array_and_js_u8_array(
        &algorithm, &key, &signature, &message,
    )?;
    Ok(JsFuture::from(answer).await?.as_bool() == Some(true))
}

/// WebCrypto's parameters of an algorithm, both for importing a key and for checking (W3C Web
/// Cryptography API, sections 20 and 23). They are made once, because each member hands two strings
/// over.
fn parameters(algorithm: Algorithm) -> Result<Object> {
    let kept = match algorithm {
        Algorithm::Es256 => &ES256,
        Algorithm::Rs256 => &RS256,
        Algorithm::EdDsa | Algorithm::Hs256 => return Err("not asked of the platform".into()),
    };
    Ok(kept.with(Object::clone))
}

thread_local! {
    static ES256: Object =
        object(&[("name", "ECDSA"), ("namedCurve", "P-256"), ("hash", "SHA-256")]);
    static RS256: Object = object(&[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")]);
}

fn object(members: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        // This never fails for a new object.
        _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

/// The platform's form of a key, imported when it is first needed.
async fn imported(key: &Key, algorithm: &Object) -> Result<CryptoKey> {
    let der = key.spki_der().ok_or("not a public key")?;
    let known = IMPORTED.with_borrow(|kept| {
        kept.iter().find(|(other, _)| *other == der).map(|(_, key)| key.clone())
    });
    if let Some(key) = known {
        return Ok(key);
    }
    let usages = Array::of1(&"verify".into());
    let bytes = Uint8Array::from(der.as_slice());
    let key = subtle()?.import_key_with_object("spki", &bytes, algorithm, false, &usages)?;
    let key: CryptoKey = JsFuture::from(key).await?.unchecked_into();
    IMPORTED.with_borrow_mut(|kept| {
        if kept.len() >= IMPORTED_AT_MOST {
            kept.remove(0);
        }
        kept.push((der, key.clone()));
    });
    Ok(key)
}

thread_local! {
    /// Imported keys by their `SubjectPublicKeyInfo`, which includes the algorithm. They belong to
    /// no request, so all may use them.
    static IMPORTED: RefCell<Vec<(Vec<u8>, CryptoKey)>> = const { RefCell::new(Vec::new()) };
}

/// As many as a set may have. Clients can't add any.
const IMPORTED_AT_MOST: usize = 64;

fn subtle() -> std::result::Result<SubtleCrypto, JsValue> {
    Ok(js_sys::global().unchecked_into::<WorkerGlobalScope>().crypto()?.subtle())
}
