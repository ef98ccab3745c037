//! Public keys in PEM (RFC 7468).

use super::algorithm::Algorithm;
use super::key::{Key, KeyFault};
use super::spki;
use alloc::format;
use alloc::string::String;

/// Reads the one public key of a PEM text. White space around it is allowed, because files end with
/// it.
pub(super) fn public_key(pem: &[u8]) -> Result<Key, KeyFault> {
    let fault = |found, expected: &'static str| KeyFault {
        path: String::new(),
        found,
        expected: expected.into(),
    };
    let expected = "one public key in pem (`-----BEGIN PUBLIC KEY-----`)";
    let (label, der) =
        pem_rfc7468::decode_vec(pem.trim_ascii()).map_err(|_| match pem.trim_ascii() {
            [b'{', ..] => fault("json, and no pem", "`jwks_env`, which takes a jwk"),
            text if !has(text, b"-----BEGIN ") => fault("text that is not pem", expected),
            [b'"' | b'\'', ..] => fault("pem in quotes", "the pem alone"),
            text if has(text, b"\\n") => fault(
                "pem with `\\n` in place of line breaks",
                "pem with its line breaks, as the file has them",
            ),
            text if !text.contains(&b'\n') => {
                fault("pem on one line", "pem with its line breaks, as the file has them")
            }
            _ => fault("text that is not pem", expected),
        })?;
    match label {
        "PUBLIC KEY" => {}
        "CERTIFICATE" => return Err(fault("a certificate", expected)),
        label if label.ends_with("PRIVATE KEY") => return Err(fault("a private key", expected)),
        _ => return Err(fault("another kind of pem", expected)),
    }
    match spki::read(&der) {
        Ok(Some((algorithm, material))) => Ok(Key::new(None, algorithm, material)),
        Ok(None) => Err(KeyFault {
            path: String::new(),
            found: "a key of another kind",
            expected: format!("a public key for {}", Algorithm::names(|one| one.reads_pem()))
                .into(),
        }),
        Err((found, expected)) => Err(fault(found, expected)),
    }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
