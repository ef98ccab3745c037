//! `wicketgate token jwk`: a shared secret as the JWK that `jwks_env` takes (HS256).

use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use base64ct::{Base64UrlUnpadded, Encoding};
use clap::Args;
use serde_json::json;
use wicketgate_policy::jwt::{KeySet, KeySource};
use zeroize::Zeroizing;

use super::new::write_new;
use crate::document;
use crate::exit::Exit;
use crate::output::{print, say};
use crate::secrets;
use crate::value::set;

/// Makes the JWK of a secret that an issuer signs with (HS256), for the variable of `jwks_env`.
///
/// The secret is read from standard input, a file or a variable, and not from the command line,
/// where every process of the machine could see it. The JWK holds the secret in another spelling: on
/// a terminal it is shown only with --show.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A file with the secret; `-` for standard input
    #[arg(default_value = "-", value_name = "FILE")]
    file: PathBuf,
    /// The variable of this shell that has it
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    env: Option<String>,
    /// The issuer decodes the secret from base64 before it signs
    #[arg(long)]
    base64: bool,
    /// The key's id, if the issuer's tokens have a `kid`
    #[arg(long, value_name = "ID")]
    kid: Option<String>,
    /// Show the JWK on standard output
    #[arg(long, conflicts_with = "out")]
    show: bool,
    /// Write the JWK to a new file that only its owner can read
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  export SCHEDULER_JWKS=$(wicketgate token jwk secret.txt)
  wicketgate token jwk --env JWT_SECRET | npx wrangler secret put SCHEDULER_JWKS
  openssl rand -base64 32 | wicketgate token jwk --base64 --out jwk.json

Exit codes: 0 ok, 1 usage or I/O, or a secret that the gate would refuse";

/// Runs it.
///
/// # Errors
/// If the secret can't be read, the gate would not take it, or there is nowhere to put the JWK.
pub(super) fn run(arguments: &Arguments) -> Result<Exit> {
    if std::io::stdout().is_terminal() && !arguments.show && arguments.out.is_none() {
        bail!(
            "a secret would be seen on this terminal: --show if it may be, --out FILE, or a pipe"
        );
    }
    let bytes = match &arguments.env {
        Some(name) => match secrets::read(name) {
            Some(value) => value,
            None => bail!("no `{}` in this shell", name.escape_debug()),
        },
        None => Zeroizing::new(document::read(&arguments.file)?.1),
    };
    let jwk = jwk(&bytes, arguments)?;
    if let Some(path) = &arguments.out {
        write_new(path, &jwk)?;
    } else {
        print(&format!("{}\n", jwk.as_str()))?;
        say("this JWK holds the secret: keep it as you keep the secret itself\n");
    }
    Ok(Exit::Ok)
}

fn jwk(bytes: &[u8], arguments: &Arguments) -> Result<Zeroizing<String>> {
    // Remove the line break that editors and `echo` leave.
    let secret = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let secret = secret.strip_suffix(b"\r").unwrap_or(secret);
    if secret.trim_ascii().len() != secret.len() {
        bail!("white space around the secret, expected the secret alone");
    }
    if matches!(secret, [b'{', ..]) || secret.starts_with(b"-----BEGIN ") {
        bail!(
            "a key in json or pem, expected a plain secret: `jwks_env` takes a jwk as it is, and `pem_env` a public key in pem"
        );
    }
    let decoded = if arguments.base64 {
        let text = std::str::from_utf8(secret).ok();
        // With or without padding, in either alphabet.
        let text = text.map(|text| text.trim_end_matches('=').replace('+', "-").replace('/', "_"));
        let decoded = text.and_then(|text| Base64UrlUnpadded::decode_vec(&text).ok());
        Zeroizing::new(decoded.context("the secret is no base64")?)
    } else {
        Zeroizing::new(secret.to_vec())
    };
    let mut jwk =
        json!({ "kty": "oct", "alg": "HS256", "k": Base64UrlUnpadded::encode_string(&decoded) });
    if let Some(kid) = &arguments.kid {
        set(&mut jwk, "kid", kid.as_str());
    }
    let jwk = Zeroizing::new(jwk.to_string());
    // The gate's own reader says whether it would take it.
    if let Err(faults) = KeySet::parse(jwk.as_bytes(), KeySource::Environment) {
        let fault = faults.first().context("the gate refuses the key")?;
        bail!("found {}, expected {}", fault.found, fault.expected);
    }
    Ok(jwk)
}

#[cfg(test)]
mod tests {
    use base64ct::Base64;

    use super::*;

    fn arguments(base64: bool) -> Arguments {
        Arguments { file: "-".into(), env: None, base64, kid: None, show: false, out: None }
    }

    #[test]
    fn a_jwk_has_the_bytes_of_the_secret() {
        let secret = b"0123456789abcdef0123456789abcdef";
        let made = jwk(&[&secret[..], b"\r\n"].concat(), &arguments(false)).unwrap();
        let k = Base64UrlUnpadded::encode_string(secret);
        assert!(made.contains(&format!("\"k\":\"{k}\"")), "{}", made.as_str());
        let padded = Base64::encode_string(&[0xfb; 32]);
        let made = jwk(padded.as_bytes(), &arguments(true)).unwrap();
        assert!(made.contains(&Base64UrlUnpadded::encode_string(&[0xfb; 32])), "{}", made.as_str());
    }

    #[test]
    fn refuses_what_the_gate_would_refuse() {
        for (secret, said) in [
            (&b"short"[..], "found"),
            (b" 0123456789abcdef0123456789abcdef", "white space"),
            (b"{\"kty\":\"oct\"}", "a key in json or pem"),
        ] {
            let error = jwk(secret, &arguments(false)).unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("0123"), "{error}");
        }
        assert!(jwk(b"not base64!", &arguments(true)).is_err());
    }
}
