//! The header of a token, which may ask for next to nothing.

use super::algorithm::Algorithm;
use super::json::{member, object, string, strings};
use super::refusal::Refusal;
use super::rules::Profile;
use crate::form::node::Node;
use alloc::string::String;

/// The parts of a header that are read.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
}

impl Header {
    /// Reads a header. Keys and certificates that a token brings (`jku`, `jwk`, `x5u`, `x5c`) are
    /// never looked at, let alone fetched (RFC 8725, section 3.10): keys come from the policy
    /// alone, and `kid` is only a name in its set.
    pub(super) fn parse(json: &[u8], profile: Profile) -> Result<Self, Refusal> {
        let header = object(json).ok_or(Refusal::HeaderJson)?;
        types(&header)?;
        refused(&header, profile)?;
        let algorithm = text(&header, "alg")?.ok_or(Refusal::HeaderType("alg"))?;
        let algorithm = Algorithm::from_name(algorithm).ok_or(Refusal::AlgorithmUnknown)?;
        let key_id = text(&header, "kid")?.map(String::from);
        Ok(Self { algorithm, key_id })
    }
}

/// Checks that every registered parameter has its type (RFC 7515, section 4.1), used or not.
fn types(header: &Node) -> Result<(), Refusal> {
    for name in ["alg", "cty", "jku", "kid", "typ", "x5t", "x5t#S256", "x5u"] {
        text(header, name)?;
    }
    strings(header, "x5c").map_err(|()| Refusal::HeaderType("x5c"))?;
    match member(header, "jwk") {
        None | Some(Node::Object(_)) => Ok(()),
        Some(_) => Err(Refusal::HeaderType("jwk")),
    }
}

fn refused(header: &Node, profile: Profile) -> Result<(), Refusal> {
    // `crit`: no extension is understood here, so none may be demanded (RFC 7515, section 4.1.11).
    // `b64`: not for JWTs (RFC 7797, section 7). `enc`, `zip`: not signed tokens; nothing is
    // unpacked (RFC 8725, section 3.6).
    for name in ["crit", "b64", "enc", "zip"] {
        if member(header, name).is_some() {
            return Err(Refusal::HeaderRefused(name));
        }
    }
    // Refuse tokens that were made for something else (RFC 8725, section 3.11): logout tokens,
    // security events, proofs of possession. Types are media types (RFC 7515, section 4.1.9).
    let known = |typ: &str| {
        let typ = typ.to_ascii_lowercase();
        let short = typ.strip_prefix("application/").unwrap_or(&typ);
        match profile {
            Profile::Jwt => matches!(short, "jwt" | "at+jwt"),
            Profile::JwtSvid => matches!(short, "jwt" | "jose"),
        }
    };
    if text(header, "typ")?.is_some_and(|typ| !known(typ)) {
        return Err(Refusal::HeaderRefused("typ"));
    }
    // A token in a token (RFC 7519, section 5.2).
    if text(header, "cty")?.is_some_and(|cty| cty.to_ascii_lowercase().ends_with("jwt")) {
        return Err(Refusal::HeaderRefused("cty"));
    }
    Ok(())
}

fn text<'n>(header: &'n Node, name: &'static str) -> Result<Option<&'n str>, Refusal> {
    string(header, name).map_err(|()| Refusal::HeaderType(name))
}
