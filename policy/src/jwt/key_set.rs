//! Sets of keys, and the choice of one.

use super::algorithm::Algorithm;
use super::json::{is_sound, member, object};
use super::jwk::{key, place};
use super::key::{Key, KeyFault, found};
use super::pem;
use super::refusal::Refusal;
use crate::config::node::Node;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The most keys in a set.
pub const MAX_KEYS: usize = 64;

/// The longest set that is read, in bytes.
const MAX_JSON: usize = 65_536;

/// The source of a set of keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeySource {
    /// An address that the policy names. The issuer arranges its keys, so a key that can't be used
    /// is skipped (RFC 7517, section 5). A key that must not be public is never skipped.
    Address,
    /// The environment of the host: the only source that may hold secrets.
    Environment,
    /// The policy itself.
    Policy,
}

/// Keys, each with an id of its own, or without one.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<Key>);

impl KeySet {
    /// Reads a JWK (RFC 7517, section 4) or a set of them (section 5); from an address only a set.
    ///
    /// # Errors
    /// Every fault of the set: text that is not strict JSON, too many keys, a private key, a secret
    /// outside the environment, a repeated id, no key that can be used; and in a set that is not
    /// from an address, a malformed or weak key.
    pub fn parse(json: &[u8], source: KeySource) -> Result<Self, Vec<KeyFault>> {
        if json.len() > MAX_JSON {
            return Err(one("more than 65536 bytes", "a key set"));
        }
        // Files end with a line break, and JSON may.
        match object(json) {
            Some(node) => Self::read(&node, source),
            // People put into a variable what they have.
            None if source == KeySource::Environment => Err(match json.trim_ascii() {
                [b'-', b'-', b'-', ..] => one("pem", "`pem_env`, which takes a public key in pem"),
                [b'{', ..] => one("text that is not strict json", "a jwk or a set of them"),
                [b'\'' | b'"', ..] => {
                    one("text in quotes", "a jwk or a set of them, without quotes")
                }
                _ => one(
                    "text that is no jwk",
                    "a jwk or a set of them: `wicketgate token jwk` makes one of a secret",
                ),
            }),
            None => Err(one("text that is not strict json", "a jwk or a set of them")),
        }
    }

    /// Reads a JWK or a set of them.
    pub(crate) fn read(node: &Node, source: KeySource) -> Result<Self, Vec<KeyFault>> {
        if !is_sound(node) {
            return Err(one("a member twice, or too deep a nesting", "strict json"));
        }
        let jwks = match member(node, "keys") {
            Some(Node::Array(items)) => {
                items.iter().enumerate().map(|(index, jwk)| (place(index), jwk)).collect()
            }
            Some(other) => {
                let path = "keys".into();
                return Err(
                    [KeyFault { path, found: other.kind(), expected: "an array".into() }].into()
                );
            }
            None if source == KeySource::Address => return Err(one("no `keys`", "a set of keys")),
            None => Vec::from([(String::new(), node)]),
        };
        Self::collect(jwks, source)
    }

    fn collect(jwks: Vec<(String, &Node)>, source: KeySource) -> Result<Self, Vec<KeyFault>> {
        if jwks.len() > MAX_KEYS {
            return Err(one("more than 64 keys", "at most 64"));
        }
        let (mut keys, mut faults) = (Vec::new(), Vec::new());
        for (at, jwk) in jwks {
            match key(jwk, source, &at) {
                Ok(None) => {}
                Ok(Some(key)) => {
                    if key.id().is_some() && keys.iter().any(|other: &Key| other.id() == key.id()) {
                        let path = if at.is_empty() { "kid".into() } else { at + ".kid" };
                        let expected = "an id that no other key of the set has".into();
                        faults.push(KeyFault { path, found: found::REPEATED_ID, expected });
                    }
                    keys.push(key);
                }
                Err(fault) if source != KeySource::Address || is_leak(&fault) => faults.push(fault),
                Err(_) => {}
            }
        }
        let is_secret = |key: &Key| key.algorithm().is_secret();
        if keys.iter().any(is_secret) && !keys.iter().all(is_secret) {
            faults.extend(one("secrets and public keys in one set", "a set of one kind"));
        }
        if keys.is_empty() && faults.is_empty() {
            faults = one(found::NO_KEY, format!("a key for {}", Algorithm::names(|_| true)));
        }
        if faults.is_empty() { Ok(Self(keys)) } else { Err(faults) }
    }

    /// Reads one public key in PEM (`SubjectPublicKeyInfo`, RFC 7468, section 13): a key of RSA is for
    /// RS256, others are for the algorithm of their curve. It has no id.
    ///
    /// # Errors
    /// Text that is no such key, or one that is weak.
    pub fn parse_pem(pem: &[u8]) -> Result<Self, Vec<KeyFault>> {
        pem::public_key(pem).map(|key| Self([key].into())).map_err(|fault| [fault].into())
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    /// Returns `true` if a token that names this key finds one. If the keys have no ids, every name
    /// does.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id() == Some(id)) || self.0.iter().all(|key| key.id().is_none())
    }

    /// The one key with which a signature is checked: the key with the token's id, or for a token
    /// without an id, the only key for its algorithm. If the keys have no ids, the token's id is
    /// ignored. A key is used with its own algorithm only, whatever the token says.
    pub(super) fn choose(&self, id: Option<&str>, algorithm: Algorithm) -> Result<&Key, Refusal> {
        let named = id.filter(|_| self.0.iter().any(|key| key.id().is_some()));
        if let Some(id) = named {
            let key = self.0.iter().find(|key| key.id() == Some(id)).ok_or(Refusal::KeyUnknown)?;
            return if key.algorithm() == algorithm {
                Ok(key)
            } else {
                Err(Refusal::AlgorithmNotOfKey)
            };
        }
        let mut keys = self.0.iter().filter(|key| key.algorithm() == algorithm);
        match (keys.next(), keys.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => Err(Refusal::KeyUnknown),
            (None, _) => Err(Refusal::AlgorithmNotOfKey),
        }
    }
}

fn one(found: &'static str, expected: impl Into<Cow<'static, str>>) -> Vec<KeyFault> {
    [KeyFault { path: String::new(), found, expected: expected.into() }].into()
}

fn is_leak(fault: &KeyFault) -> bool {
    matches!(fault.found, found::PRIVATE | found::SECRET)
}
