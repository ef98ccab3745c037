//! `wicketgate token`: tokens from the system's randomness, their digests, their rotation, and keys
//! of signed tokens.

mod digest;
mod jwk;
mod new;
mod rotate;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use crate::exit::Exit;

/// Makes tokens, digests of tokens, the steps of their rotation, and JWKs of shared secrets.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Arguments),
    Digest(digest::Arguments),
    Jwk(jwk::Arguments),
    Rotate(rotate::Arguments),
}

/// Runs it.
///
/// # Errors
/// If there is no randomness, or something can't be read or written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    match &arguments.command {
        Command::New(arguments) => new::run(arguments),
        Command::Digest(arguments) => digest::run(arguments),
        Command::Jwk(arguments) => jwk::run(arguments),
        Command::Rotate(arguments) => rotate::run(arguments),
    }
}

/// Makes a token of 256 bits from the system's randomness. With an id, the token names its key.
///
/// One token in some 20,000 contains by chance a word that the gate takes for a placeholder
/// (`todo`). The gate would refuse it, so another is made.
fn generate(id: Option<&str>) -> Result<Zeroizing<String>> {
    for _ in 0..100 {
        let token = random(id)?;
        if wicketgate_policy::explain::weakness(token.as_bytes()).is_none() {
            return Ok(token);
        }
    }
    // The id may contain such a word by intent, so leave it out.
    let id = id.unwrap_or_default();
    bail!("a token with the id `{id}` would be taken for a placeholder: another --id")
}

fn random(id: Option<&str>) -> Result<Zeroizing<String>> {
    // Letters and digits only, so that shells, headers and double clicks take the token whole.
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // 43 characters of 62 kinds are 256 bits.
    const LENGTH: usize = 43;
    let mut token = Zeroizing::new(String::with_capacity(128));
    if let Some(id) = id {
        token.push_str("wg_");
        token.push_str(id);
        token.push('_');
    }
    let mut left = LENGTH;
    while left > 0 {
        let mut bytes = Zeroizing::new([0_u8; 64]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|error| anyhow::anyhow!("the system has no randomness: {error}"))?;
        // Leave out bytes that would make some characters likelier than others.
        let fair = bytes.iter().filter(|&&byte| byte < 248);
        for byte in fair.take(left) {
            let place = usize::from(*byte) % ALPHABET.len();
            token.push(ALPHABET.get(place).copied().map_or('A', char::from));
            left -= 1;
        }
    }
    Ok(token)
}

/// The SHA-256 of a token, as a policy has it.
fn sha256(token: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// For clap: the id of a key.
fn parse_id(text: &str) -> Result<String, String> {
    let good = wicketgate_policy::explain::key_id(format!("wg_{text}_x").as_bytes()) == Some(text);
    if good { Ok(text.into()) } else { Err("expected 1 to 64 of `a`-`z`, `0`-`9` and `-`".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_good_distinct_and_name_their_key() {
        let mut seen = std::collections::BTreeSet::new();
        let mut counts = [0_u32; 256];
        for _ in 0..1_000 {
            let token = generate(None).unwrap();
            assert_eq!(token.len(), 43);
            assert_eq!(wicketgate_policy::explain::weakness(token.as_bytes()), None);
            token.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
            assert!(seen.insert(token.to_string()));
        }
        // 43,000 characters of 62 kinds: 693 of each, give or take six standard deviations.
        let used: Vec<u32> = counts.into_iter().filter(|count| *count > 0).collect();
        assert_eq!(used.len(), 62);
        assert!(used.iter().all(|count| (530..=860).contains(count)), "{used:?}");
        assert!(generate(Some("example")).unwrap_err().to_string().starts_with("a token with"));
        let named = generate(Some("2027-q1")).unwrap();
        assert_eq!(wicketgate_policy::explain::key_id(named.as_bytes()), Some("2027-q1"));
        assert_eq!(wicketgate_policy::explain::weakness(named.as_bytes()), None);
    }

    #[test]
    fn ids() {
        assert_eq!(parse_id("2027-q1").as_deref(), Ok("2027-q1"));
        for bad in ["", "A", "a_b", "é", &"x".repeat(65)] {
            parse_id(bad).unwrap_err();
        }
    }
}
