//! Documents of which every token is known: nobody has the tokens of a digest, or the key of an issuer,
//! so others are made up in their place.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::document::Tree;
use crate::secrets;
use crate::value::{member, set};

/// Puts digests of made-up tokens in the place of all digests.
pub fn digests(document: &mut Value) {
    let callers = document.get_mut("callers").and_then(Value::as_object_mut);
    for caller in callers.into_iter().flat_map(|callers| callers.values_mut()) {
        let keys = caller.pointer_mut("/token/keys").and_then(Value::as_array_mut);
        for key in keys.into_iter().flatten() {
            if let Some(token) = of_digest(key) {
                set(key, "sha256", hex(&Sha256::digest(token)));
            }
        }
    }
}

/// Puts the made-up key, with which this command signs, in the place of the keys of a caller's issuer.
pub fn issuer(document: &mut Value, caller: &str) {
    let caller = document.get_mut("callers").and_then(|callers| callers.get_mut(caller));
    if let Some(jwt) = caller.and_then(|caller| caller.get_mut("jwt")) {
        let jwks: Value = serde_json::from_str(secrets::MADE_UP_JWKS).unwrap_or_default();
        set(jwt, "keys", json!({ "jwks": jwks }));
    }
}

/// The token made up for a key: that of its variable, or of its digest.
pub fn token(key: &Value) -> Option<String> {
    let variable = member(key, "env").as_str().map(|name| {
        // Only a key with a digest can have its id in its token, so the document doesn't matter.
        let nothing = Tree { value: crate::document::Value::Null, span: 0..0 };
        secrets::made_up_secret(name, &nothing)
    });
    variable.or_else(|| of_digest(key))
}

/// The same digest, the same token.
fn of_digest(key: &Value) -> Option<String> {
    let digest = member(key, "sha256").as_str()?.to_ascii_lowercase();
    let secret = hex(&Sha256::digest(format!("made up for the digest {digest}")));
    let id = member(key, "id").as_str().unwrap_or_default();
    let named = member(key, "named") == &Value::Bool(true);
    Some(if named { format!("wg_{id}_{secret}") } else { secret })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
