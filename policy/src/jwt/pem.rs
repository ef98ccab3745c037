//! Public keys in PEM (RFC 7468).

use super::der;
use super::key::{Key, KeyFault};
use alloc::string::String;

/// Reads the one public key of a PEM text. White space around it is allowed, because files end with
/// it.
pub(super) fn public_key(pem: &[u8]) -> Result<Key, KeyFault> {
    let fault = |found, expected| KeyFault { path: String::new(), found, expected };
    let expected = "one public key in pem (`-----BEGIN PUBLIC KEY-----`)";
    let (label, der) = pem_rfc7468::decode_vec(pem.trim_ascii())
        .map_err(|_| fault("text that is not pem", expected))?;
    match label {
        "PUBLIC KEY" => {}
        "CERTIFICATE" => return Err(fault("a certificate", expected)),
        label if label.ends_with("PRIVATE KEY") => return Err(fault("a private key", expected)),
        _ => return Err(fault("another kind of pem", expected)),
    }
    let material = der::public_key(&der).map_err(|(found, expected)| fault(found, expected))?;
    Ok(Key::new(None, material))
}
