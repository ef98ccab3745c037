//! Makes up tokens for keys of which a document has only the digest.

use sha2::{Digest, Sha256};

use crate::document::{Document, Tree, Value};
use crate::secrets;

/// The document with digests of made-up tokens in place of its own digests, whose tokens only their
/// owners know. `None` if it has no digest.
pub(super) fn with_known_digests(document: &Document) -> Option<Document> {
    let mut tree = document.tree.clone()?;
    let Value::Object(members) = &mut tree.value else { return None };
    let callers = members.iter_mut().find(|member| member.name == "callers")?;
    let Value::Object(callers) = &mut callers.value.value else { return None };
    let keys = callers.iter_mut().filter_map(|caller| {
        let keys = caller.value.get_mut("token")?.get_mut("keys")?;
        if let Value::Array(keys) = &mut keys.value { Some(keys) } else { None }
    });
    let mut any = false;
    for key in keys.flatten() {
        if let Some(token) = token_of_digest(key) {
            let digest = Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect();
            if let Some(own) = key.get_mut("sha256") {
                own.value = Value::String(digest);
                any = true;
            }
        }
    }
    let json = tree.to_json().into_bytes();
    let source = document.source.clone();
    any.then(|| Document {
        name: document.name.clone(),
        source,
        json,
        tree: Some(tree),
        broken: None,
    })
}

/// The token made up for a key.
pub(super) fn token_of(key: &Tree, tree: &Tree) -> Option<String> {
    let variable = key.text_of("env").map(|variable| secrets::made_up_secret(variable, tree));
    variable.or_else(|| token_of_digest(key))
}

/// The token made up for a key of which the document has a digest.
fn token_of_digest(key: &Tree) -> Option<String> {
    key.get("sha256")?;
    let id = key.text_of("id")?;
    let secret = secrets::made_up_secret(&format!("the key {id} at {}", key.span.start), key);
    let named = key.get("named").is_some_and(|named| named.to_json() == "true");
    Some(if named { format!("wg_{id}_{secret}") } else { secret })
}
