//! JSON Web Keys (RFC 7517; RFC 7518, section 6; RFC 8037).

use super::algorithm::Algorithm;
use super::json::{Fault, member, required, strings, text};
use super::key::{Key, KeyFault, found};
use super::key_set::KeySource;
use crate::form::node::Node;
use alloc::format;
use alloc::string::String;

/// Reads a key. Returns `None` for a key with another purpose (encryption, an algorithm or a type
/// that the gate does not know): a set may have such keys beside ours (RFC 7517, section 5).
pub(super) fn key(jwk: &Node, source: KeySource, at: &str) -> Result<Option<Key>, KeyFault> {
    let fault = |(name, (found, expected)): Fault| {
        let dot = if at.is_empty() || name.is_empty() { "" } else { "." };
        KeyFault { path: format!("{at}{dot}{name}"), found, expected: expected.into() }
    };
    if !matches!(jwk, Node::Object(_)) {
        return Err(fault(("", (jwk.kind(), "an object"))));
    }
    let kty = required(jwk, "kty").map_err(fault)?;
    // Report this first, because it means that a secret has leaked.
    secrets(jwk, kty, source).map_err(fault)?;
    let id = text(jwk, "kid").map_err(fault)?;
    if id.is_some_and(|id| id.is_empty() || id.len() > 256) {
        return Err(fault(("kid", ("an id of another length", "1 to 256 bytes"))));
    }
    if !is_for_signatures(jwk).map_err(fault)? {
        return Ok(None);
    }
    let Some(algorithm) = algorithm(jwk, kty).map_err(fault)? else { return Ok(None) };
    let material = algorithm.read_jwk(jwk).map_err(fault)?;
    let is_for_svids = text(jwk, "use").map_err(fault)? == Some(SVID);
    Ok(Some(Key::new(id, algorithm, material).for_svids(is_for_svids)))
}

/// Refuses secrets in the wrong place. A verifier has no use for a private key (RFC 7518, section
/// 6), and one that is here has leaked. A shared secret (`oct`) must come from the environment,
/// never from a policy or an address.
fn secrets(jwk: &Node, kty: &str, source: KeySource) -> Result<(), Fault> {
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth"] {
        if member(jwk, name).is_some() {
            return Err((name, (found::PRIVATE, "a public key")));
        }
    }
    if source != KeySource::Environment && (kty == "oct" || member(jwk, "k").is_some()) {
        return Err(("kty", (found::SECRET, "a public key; a secret comes from the environment")));
    }
    Ok(())
}

/// The `use` of keys for JWT-SVIDs in a SPIFFE bundle ("JWT-SVID", section 5). Its other keys are for
/// certificates.
const SVID: &str = "jwt-svid";

/// RFC 7517, sections 4.2 and 4.3.
fn is_for_signatures(jwk: &Node) -> Result<bool, Fault> {
    let used = text(jwk, "use")?.is_none_or(|used| used == "sig" || used == SVID);
    let wrong = |()| ("key_ops", ("another type", "an array of strings"));
    let operations = strings(jwk, "key_ops").map_err(wrong)?;
    Ok(used && operations.is_none_or(|operations| operations.contains(&"verify")))
}

/// The algorithm of a key; `None` for a type, curve or algorithm that the gate does not know.
fn algorithm(jwk: &Node, kty: &str) -> Result<Option<Algorithm>, Fault> {
    let alg = text(jwk, "alg")?;
    let has_curve = Algorithm::ALL.iter().any(|one| one.key_type() == kty && one.curve().is_some());
    let crv = if has_curve { Some(required(jwk, "crv")?) } else { None };
    Ok(Algorithm::of_jwk(kty, crv, alg))
}

/// The path of a key within its set.
pub(super) fn place(index: usize) -> String {
    format!("keys[{index}]")
}
