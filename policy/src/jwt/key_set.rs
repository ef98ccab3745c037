//! Sets of keys, and the choice of one.

use super::algorithm::Algorithm;
use super::json::{is_sound, member, object};
use super::jwk::{key, place};
use super::key::{Key, KeyFault, found};
use super::pem;
use super::refusal::Refusal;
use super::rules::Profile;
use crate::form::node::Node;
use crate::form::read::quote;
use alloc::borrow::Cow;
use alloc::boxed::Box;
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

/// Keys. Each has no id, or one that no other key for its algorithm has.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<Key>,
    /// Ids that an issuer gave to several keys for one algorithm. None of these keys is used.
    ambiguous: Vec<(Box<str>, Algorithm)>,
}

impl KeySet {
    /// Reads a JWK (RFC 7517, section 4) or a set of them (section 5); from an address only a set.
    ///
    /// # Errors
    /// Every fault of the set: text that is not strict JSON, too many keys, a private key, a secret
    /// outside the environment, no key that can be used; and in a set that is not from an address, a
    /// malformed or weak key, or an id of two keys for one algorithm. Of a set from an address such
    /// keys are left out.
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
        let (mut keys, mut faults) = (Vec::<Key>::new(), Vec::new());
        let (mut ambiguous, mut repeated) = (Vec::<(Box<str>, _)>::new(), Vec::new());
        let is_address = source == KeySource::Address;
        for (at, jwk) in jwks {
            match key(jwk, source, &at) {
                Ok(None) => {}
                Ok(Some(key)) => {
                    // RFC 7517, section 4.5: keys of different types may have the same id.
                    let other = keys.iter().find(|other| {
                        key.id().is_some() && is_named(other, key.id(), key.algorithm())
                    });
                    match (other, key.id()) {
                        // The same key twice is one key.
                        (Some(other), _)
                            if is_address && other.fingerprint() == key.fingerprint() => {}
                        (Some(_), Some(id)) => {
                            let lost = (id.into(), key.algorithm());
                            if !ambiguous.contains(&lost) {
                                ambiguous.push(lost);
                            }
                            let path = if at.is_empty() { "kid".into() } else { at + ".kid" };
                            let name = key.algorithm().name();
                            let expected = format!("an id that no other key for {name} has").into();
                            repeated.push(KeyFault { path, found: found::REPEATED_ID, expected });
                        }
                        _ => keys.push(key),
                    }
                }
                Err(fault) if !is_address || is_leak(&fault) => faults.push(fault),
                Err(_) => {}
            }
        }
        keys.retain(|key| {
            !ambiguous.iter().any(|(id, algorithm)| is_named(key, Some(id), *algorithm))
        });
        if !is_address || (keys.is_empty() && faults.is_empty()) {
            faults.extend(repeated);
        }
        let is_secret = |key: &Key| key.algorithm().is_secret();
        if keys.iter().any(is_secret) && !keys.iter().all(is_secret) {
            faults.extend(one("secrets and public keys in one set", "a set of one kind"));
        }
        if keys.is_empty() && faults.is_empty() {
            faults = one(found::NO_KEY, format!("a key for {}", Algorithm::names(|_| true)));
        }
        if faults.is_empty() { Ok(Self { keys, ambiguous }) } else { Err(faults) }
    }

    /// Reads one public key in PEM (`SubjectPublicKeyInfo`, RFC 7468, section 13): a key of RSA is for
    /// RS256, others are for the algorithm of their curve. It has no id.
    ///
    /// # Errors
    /// Text that is no such key, or one that is weak.
    pub fn parse_pem(pem: &[u8]) -> Result<Self, Vec<KeyFault>> {
        let keys = |key| Self { keys: [key].into(), ambiguous: Vec::new() };
        pem::public_key(pem).map(keys).map_err(|fault| [fault].into())
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Tells which keys the set has lost because their id is also another key's. `None` if there are
    /// none.
    #[must_use]
    pub fn ambiguity(&self) -> Option<String> {
        let (id, algorithm) = self.ambiguous.first()?;
        let more = match self.ambiguous.len() {
            1 => String::new(),
            many => format!(" ({many} ids are like this)"),
        };
        let (id, name) = (quote(id), algorithm.name());
        Some(format!("several keys for {name} have the id {id}, and none of them is used{more}"))
    }

    /// Returns `true` if a token that names this key finds one, or never will in this set. If the
    /// keys have no ids, every name does.
    pub(super) fn has(&self, id: &str) -> bool {
        self.keys.iter().any(|key| key.id() == Some(id))
            || self.ambiguous.iter().any(|(other, _)| **other == *id)
            || !self.has_ids()
    }

    fn has_ids(&self) -> bool {
        !self.ambiguous.is_empty() || self.keys.iter().any(|key| key.id().is_some())
    }

    /// The one key with which a signature is checked: the key with the token's id and for its
    /// algorithm, or for a token without an id, the only key for its algorithm. If the keys have no
    /// ids, the token's id is ignored. A key is used with its own algorithm only, whatever the token
    /// says.
    pub(super) fn choose(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        profile: Profile,
    ) -> Result<&Key, Refusal> {
        let is_for = |key: &&Key| profile == Profile::JwtSvid || !key.is_for_svids();
        let ours = |key: &&Key| key.algorithm() == algorithm && is_for(key);
        let is_lost = |(other, of): &(Box<str>, Algorithm)| {
            *of == algorithm && id.is_none_or(|id| **other == *id)
        };
        if id.is_some() && self.has_ids() {
            let mut named = self.keys.iter().filter(is_for).filter(|key| key.id() == id).peekable();
            let is_known = named.peek().is_some();
            return named.find(ours).ok_or(if self.ambiguous.iter().any(is_lost) {
                Refusal::KeyAmbiguous
            } else if is_known {
                Refusal::AlgorithmNotOfKey
            } else {
                Refusal::KeyUnknown
            });
        }
        let mut keys = self.keys.iter().filter(ours);
        match (keys.next(), keys.next(), self.ambiguous.iter().any(is_lost)) {
            (Some(key), None, false) => Ok(key),
            (None, _, false) => Err(Refusal::AlgorithmNotOfKey),
            _ => Err(Refusal::KeyUnknown),
        }
    }
}

fn is_named(key: &Key, id: Option<&str>, algorithm: Algorithm) -> bool {
    key.id() == id && key.algorithm() == algorithm
}

fn one(found: &'static str, expected: impl Into<Cow<'static, str>>) -> Vec<KeyFault> {
    [KeyFault { path: String::new(), found, expected: expected.into() }].into()
}

fn is_leak(fault: &KeyFault) -> bool {
    matches!(fault.found, found::PRIVATE | found::SECRET)
}
