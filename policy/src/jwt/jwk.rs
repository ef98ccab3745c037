//! JSON Web Keys (RFC 7517; RFC 7518, section 6; RFC 8037).

use super::base64url;
use super::json::{member, string, strings};
use super::key::{Key, KeyFault, Material, Wrong, found};
use super::key_set::KeySource;
use crate::config::node::Node;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// A faulty member of a key: its name, and the fault.
type Fault = (&'static str, Wrong);

const STRING: &str = "a string";

/// Reads a key. Returns `None` for a key with another purpose (encryption, an algorithm or a type
/// that the gate does not know): a set may have such keys beside ours (RFC 7517, section 5).
pub(super) fn key(jwk: &Node, source: KeySource, at: &str) -> Result<Option<Key>, KeyFault> {
    let fault = |(name, (found, expected)): Fault| {
        let dot = if at.is_empty() || name.is_empty() { "" } else { "." };
        KeyFault { path: format!("{at}{dot}{name}"), found, expected }
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
    let alg = text(jwk, "alg").map_err(fault)?;
    let Some(material) = material(jwk, kty, alg).map_err(fault)? else { return Ok(None) };
    Ok(Some(Key::new(id, material)))
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

/// RFC 7517, sections 4.2 and 4.3.
fn is_for_signatures(jwk: &Node) -> Result<bool, Fault> {
    let used = text(jwk, "use")?.is_none_or(|used| used == "sig");
    let wrong = |()| ("key_ops", ("another type", "an array of strings"));
    let operations = strings(jwk, "key_ops").map_err(wrong)?;
    Ok(used && operations.is_none_or(|operations| operations.contains(&"verify")))
}

/// The key itself; `None` for a type, curve or algorithm that the gate does not know.
fn material(jwk: &Node, kty: &str, alg: Option<&str>) -> Result<Option<Material>, Fault> {
    let is_for = |names: &[&str]| alg.is_none_or(|alg| names.contains(&alg));
    match kty {
        "EC" => {
            if required(jwk, "crv")? != "P-256" || !is_for(&["ES256"]) {
                return Ok(None);
            }
            let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
            Material::p256(&x, &y).map(Some).map_err(|wrong| ("x", wrong))
        }
        "OKP" => {
            if required(jwk, "crv")? != "Ed25519" || !is_for(&["EdDSA", "Ed25519"]) {
                return Ok(None);
            }
            Material::ed25519(&bytes(jwk, "x")?).map(Some).map_err(|wrong| ("x", wrong))
        }
        "RSA" if is_for(&["RS256"]) => {
            let (n, e) = (bytes(jwk, "n")?, bytes(jwk, "e")?);
            Material::rsa(&n, &e).map(Some).map_err(|wrong| ("n", wrong))
        }
        "oct" if is_for(&["HS256"]) => {
            let secret = Zeroizing::new(bytes(jwk, "k")?);
            Material::hmac(secret).map(Some).map_err(|wrong| ("k", wrong))
        }
        _ => Ok(None),
    }
}

fn bytes(jwk: &Node, name: &'static str) -> Result<Vec<u8>, Fault> {
    let text = required(jwk, name)?;
    base64url::decode(text.as_bytes())
        .ok_or((name, ("text that is not base64url", "base64url without padding")))
}

fn required<'n>(jwk: &'n Node, name: &'static str) -> Result<&'n str, Fault> {
    text(jwk, name)?.ok_or((name, ("nothing", STRING)))
}

fn text<'n>(jwk: &'n Node, name: &'static str) -> Result<Option<&'n str>, Fault> {
    string(jwk, name).map_err(|()| (name, ("another type", STRING)))
}

/// The path of a key within its set.
pub(super) fn place(index: usize) -> String {
    format!("keys[{index}]")
}
