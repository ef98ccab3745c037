//! Keys that hosts fetch, handed in as files.

use anyhow::{Result, bail};
use wicketgate_policy::Policy;

use crate::document;

/// The content of each file, with the place of its address in the policy.
///
/// # Errors
/// If a file can't be read, or it is unclear which address it belongs to.
pub(super) fn key_sets(policy: &Policy, given: &[String]) -> Result<Vec<(usize, Vec<u8>)>> {
    let mut sets: Vec<(usize, Vec<u8>)> = Vec::new();
    for text in given {
        let (source, file) = source(policy, text)?;
        let (_, body) = document::read(file.as_ref())?;
        match sets.iter_mut().find(|(known, _)| *known == source) {
            Some(_) => bail!("the keys at one address are handed in twice"),
            None => sets.push((source, body)),
        }
    }
    Ok(sets)
}

/// The address that is meant, and the file.
fn source<'t>(policy: &Policy, text: &'t str) -> Result<(usize, &'t str)> {
    let addresses = policy.key_addresses();
    // An address may have a `=` of its own, and so may the name of a file.
    for (at, _) in text.match_indices('=') {
        let Some((name, file)) = text.split_at_checked(at) else { continue };
        let named = addresses.iter().position(|address| address.uri() == name);
        if let Some(source) = policy.keys_of(name).or(named) {
            return Ok((source, file.strip_prefix('=').unwrap_or(file)));
        }
    }
    match addresses {
        [] => bail!("no caller of this policy has keys at an address"),
        [_] if !text.contains('=') => Ok((0, text)),
        [only] => bail!("`{text}` names no caller whose keys are at {}", only.uri()),
        several => {
            let known: Vec<&str> = several.iter().map(|address| address.uri()).collect();
            bail!(
                "`{text}` does not say whose keys these are, `CALLER=FILE`; addresses are {}",
                known.join(", ")
            )
        }
    }
}
