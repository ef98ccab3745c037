//! The variables of a policy: those of this shell, or values made up for judging a document by
//! itself.

use sha2::{Digest, Sha256};
use wicketgate_policy::{Document, Environment, Host};
use zeroize::Zeroizing;

use crate::document::Tree;

/// An environment in which every variable that the document names holds a good secret, another
/// one each: so that all that is left to find is faults of the document.
pub fn made_up(document: &Document, tree: &Tree, host: Host) -> Environment {
    document.variables().into_iter().fold(Environment::new(host), |environment, name| {
        let value = match name {
            Environment::CONFIRMATION => "development".to_owned(),
            name => value(name, tree),
        };
        environment.with(name, value)
    })
}

/// The variables that the document names, as this process has them.
pub fn real(document: &Document, host: Host) -> Environment {
    document.variables().into_iter().fold(Environment::new(host), |environment, name| {
        match read(name) {
            Some(value) => environment.with(name, value.as_slice()),
            None => environment,
        }
    })
}

/// A variable of this process. One that is no UTF-8 is handed on as far as it can be.
pub fn read(name: &str) -> Option<Zeroizing<Vec<u8>>> {
    let value = std::env::var_os(name)?;
    Some(Zeroizing::new(value.into_encoded_bytes()))
}

/// The same for the same name: a key that shares its variable shares its secret.
fn value(name: &str, tree: &Tree) -> String {
    let digest = Sha256::digest(format!("made up for {name}"));
    let secret: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    // A key that says so has a token that names it.
    let callers = tree.get("callers").map(Tree::members).unwrap_or_default();
    let keys = callers.iter().filter_map(|caller| caller.value.get("token")?.get("keys"));
    let named = keys.flat_map(Tree::items).find(|key| {
        key.text_of("env") == Some(name)
            && key.get("named").is_some_and(|named| named.to_json() == "true")
    });
    match named.and_then(|key| key.text_of("id")) {
        Some(id) => format!("wg_{id}_{secret}"),
        None => secret,
    }
}
