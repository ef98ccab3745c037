//! The variables of a policy: those of this shell, or values made up for judging a document by
//! itself.

use sha2::{Digest, Sha256};
use wicketgate_policy::{Document, Environment, Holds, Host, Variable};
use zeroize::Zeroizing;

use crate::document::Tree;

/// An environment in which every variable of the document has a good secret of its own, so that
/// only faults of the document remain.
pub fn made_up(document: &Document, tree: &Tree, host: Host) -> Environment {
    made_up_but(document, tree, host, &[])
}

/// [`made_up`], with some variables left out.
pub fn made_up_but(document: &Document, tree: &Tree, host: Host, left_out: &[&str]) -> Environment {
    let variables = document.variables().iter();
    let variables = variables.filter(|variable| !left_out.contains(&&*variable.name));
    variables.fold(Environment::new(host), |environment, variable| {
        environment.with(&variable.name, made_up_value(variable, tree))
    })
}

/// The variables that the document names, as this process has them.
pub fn real(document: &Document, host: Host) -> Environment {
    document.variables().iter().fold(Environment::new(host), |environment, variable| {
        match read(&variable.name) {
            Some(value) => environment.with(&variable.name, value.as_slice()),
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
pub fn made_up_value(variable: &Variable, tree: &Tree) -> String {
    match variable.holds {
        Holds::Environment => "development".to_owned(),
        Holds::Keys => MADE_UP_JWKS.to_owned(),
        Holds::Pem => MADE_UP_PEM.to_owned(),
        Holds::Secret => made_up_secret(&variable.name, tree),
    }
}

/// Makes up the secret of a name.
pub fn made_up_secret(name: &str, tree: &Tree) -> String {
    let callers = tree.get("callers").map(Tree::members).unwrap_or_default();
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

/// This shell's value of a variable, or a made-up one if the shell has none.
pub fn one(variable: &Variable, tree: &Tree) -> Zeroizing<Vec<u8>> {
    read(&variable.name)
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| Zeroizing::new(made_up_value(variable, tree).into_bytes()))
}

/// The variables that the document names: this shell's, and made-up ones if the shell has none.
pub fn mixed(document: &Document, tree: &Tree, host: Host) -> Environment {
    let variables = document.variables().iter();
    variables.fold(Environment::new(host), |environment, variable| match variable.holds {
        // Explaining a development policy does not run it, so confirm the environment.
        Holds::Environment => environment.with(&variable.name, *b"development"),
        _ => environment.with(&variable.name, one(variable, tree).as_slice()),
    })
}
