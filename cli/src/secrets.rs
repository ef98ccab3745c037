//! The variables of a policy: those of this shell, or values made up for judging a document by
//! itself.

use sha2::{Digest, Sha256};
use wicketgate_policy::{Document, Environment, Host};
use zeroize::Zeroizing;

use crate::document::Tree;

/// An environment in which every variable of the document has a good secret of its own, so that
/// only faults of the document remain.
pub fn made_up(document: &Document, tree: &Tree, host: Host) -> Environment {
    made_up_but(document, tree, host, &[])
}

/// [`made_up`], with some variables left out.
pub fn made_up_but(document: &Document, tree: &Tree, host: Host, left_out: &[&str]) -> Environment {
    let names = document.variables().into_iter().filter(|name| !left_out.contains(name));
    names.fold(Environment::new(host), |environment, name| {
        let value = match name {
            Environment::CONFIRMATION => "development".to_owned(),
            name => made_up_value(name, tree),
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

/// A variable of this process. If it is not UTF-8, it is converted as far as possible.
pub fn read(name: &str) -> Option<Zeroizing<Vec<u8>>> {
    let value = std::env::var_os(name)?;
    Some(Zeroizing::new(value.into_encoded_bytes()))
}

/// A key set for signed tokens: the public key of RFC 8037, appendix A.2. It serves to judge a
/// document by itself; no host uses it.
pub const MADE_UP_JWKS: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"made-up","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

/// A public key in PEM: that of RFC 8410, section 10.1.
const MADE_UP_PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
    -----END PUBLIC KEY-----\n";

/// Makes up the value of a variable. The same name gets the same value, so keys that share a
/// variable share their secret.
pub fn made_up_value(name: &str, tree: &Tree) -> String {
    let callers = tree.get("callers").map(Tree::members).unwrap_or_default();
    let holds = |caller: &Tree, member: &str| {
        let keys = caller.get("jwt").and_then(|jwt| jwt.get("keys"));
        keys.and_then(|keys| keys.text_of(member)) == Some(name)
    };
    if callers.iter().any(|caller| holds(&caller.value, "jwks_env")) {
        return MADE_UP_JWKS.to_owned();
    }
    if callers.iter().any(|caller| holds(&caller.value, "pem_env")) {
        return MADE_UP_PEM.to_owned();
    }
    let digest = Sha256::digest(format!("made up for {name}"));
    let secret: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    // A key with `named` has a token with the key's id in it.
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

/// This shell's secret of a name, or a made-up one if the shell has none.
pub fn one(name: &str, tree: &Tree) -> Zeroizing<Vec<u8>> {
    read(name)
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| Zeroizing::new(made_up_value(name, tree).into_bytes()))
}

/// The variables that the document names: this shell's, and made-up ones if the shell has none.
pub fn mixed(document: &Document, tree: &Tree, host: Host) -> Environment {
    document.variables().into_iter().fold(Environment::new(host), |environment, name| match name {
        // Explaining a development policy does not run it, so confirm the environment.
        Environment::CONFIRMATION => environment.with(name, *b"development"),
        name => environment.with(name, one(name, tree).as_slice()),
    })
}
