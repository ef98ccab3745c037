//! The issuer of a run: its keys, where the gate finds each, and the tokens that it signs.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use wicketgate_issuer::{Algorithm, Issuer};

use crate::key_server::KeyServer;
use crate::tokens::{self, TokenSpec};

/// A signing key, as `example.json` names it. If it is neither in a variable nor served, it signs
/// and nobody knows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// The variable in which the gate gets its public part, as PEM.
    pub pem_env: Option<String>,
    /// `true` if its public part is served at the issuer's address.
    #[serde(default)]
    pub served: bool,
}

/// A running issuer with an example's keys.
#[derive(Debug)]
pub struct Signer {
    issuer: Issuer,
    serves: bool,
}

impl Signer {
    /// Starts it and makes the keys. The id of a key is its name.
    pub fn start(keys: &BTreeMap<String, SigningKey>) -> Result<Self> {
        let mut issuer = Issuer::start().context("the issuer of the tokens")?;
        for (name, key) in keys {
            if key.served {
                issuer.add_key_named(key.algorithm, name);
            } else {
                issuer.add_key_unserved(key.algorithm, name);
            }
        }
        Ok(Self { issuer, serves: keys.values().any(|key| key.served) })
    }

    /// Public keys for the gate's environment.
    pub fn environment(&self, keys: &BTreeMap<String, SigningKey>) -> BTreeMap<String, String> {
        let pem = |(name, key): (&String, &SigningKey)| {
            Some((key.pem_env.clone()?, self.issuer.public_pem(name)))
        };
        keys.iter().filter_map(pem).collect()
    }

    /// The server of its keys, if it serves any.
    pub fn server(&self) -> Option<KeyServer> {
        self.serves.then(|| KeyServer {
            name: "localhost".to_owned(),
            port: self.issuer.port(),
            jwks_uri: self.issuer.jwks_uri(),
            ca_pem: self.issuer.ca_pem().to_owned(),
        })
    }

    /// The tokens as variables of a table: `token:NAME`. Their times count from now.
    pub fn sign(
        &self,
        keys: &BTreeMap<String, SigningKey>,
        specs: &BTreeMap<String, TokenSpec>,
    ) -> Result<BTreeMap<String, String>> {
        let sign = |name: &String| {
            let token = tokens::resolve(name, specs)
                .and_then(|whole| whole.sign(&self.issuer, keys))
                .with_context(|| format!("the token `{name}`"))?;
            Ok((format!("token:{name}"), token))
        };
        specs.keys().map(sign).collect()
    }
}
