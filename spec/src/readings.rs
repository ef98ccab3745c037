//! Everything that an origin could take a target for.
//!
//! An origin decodes a path up to two times and takes its other steps in some order. So the
//! readings are whatever the steps lead to in any order, with at most two decodings on the way.

use std::collections::BTreeSet;

use crate::steps;

/// A target has more readings than a lawful one ever has, or longer ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooComplex;

/// The longest reading, the most readings of one target, and the bytes of all of them together.
const MAX_LENGTH: usize = 8_192;
const MAX_COUNT: usize = 256;
const MAX_BYTES: usize = 128 * 1_024;

/// Whether every origin takes this path for the same: it begins with `/`, and holds nothing that
/// anybody decodes, cuts, removes or merges.
#[must_use]
pub fn is_plain(path: &str) -> bool {
    let character = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,=:@/".contains(c);
    let Some(rest) = path.strip_prefix('/') else { return false };
    let segments: Vec<&str> = rest.split('/').collect();
    let dots = |segment: &&str| matches!(*segment, "." | "..");
    let empty = segments.iter().rev().skip(1).any(|segment| segment.is_empty());
    path.chars().all(character) && !segments.iter().any(dots) && !empty
}

/// The path of a target: what stands before its first raw `?`.
#[must_use]
pub fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

/// All readings of a path.
///
/// # Errors
///
/// [`TooComplex`] where there are too many or too long ones, unless the path is plain.
pub fn readings(path: &str) -> Result<BTreeSet<String>, TooComplex> {
    if is_plain(path) {
        return Ok(BTreeSet::from([path.to_owned()]));
    }
    let mut all = BTreeSet::from([path.to_owned()]);
    close(&mut all)?;
    for _ in 0..2 {
        for reading in all.clone() {
            all.insert(steps::decode_all(&reading));
            all.insert(steps::decode_all_but_slashes(&reading));
        }
        close(&mut all)?;
    }
    Ok(all)
}

/// Takes every step from every reading until nothing new comes up.
fn close(all: &mut BTreeSet<String>) -> Result<(), TooComplex> {
    let mut new: BTreeSet<String> = all.clone();
    while !new.is_empty() {
        let longest = all.iter().map(|reading| reading.chars().count()).max().unwrap_or(0);
        let bytes: usize = all.iter().map(|reading| reading.chars().count()).sum();
        if all.len() > MAX_COUNT || longest > MAX_LENGTH || bytes > MAX_BYTES {
            return Err(TooComplex);
        }
        let reached: BTreeSet<String> = new.iter().flat_map(|reading| next(reading)).collect();
        new = reached.difference(all).cloned().collect();
        all.extend(new.iter().cloned());
    }
    Ok(())
}

/// What one step other than decoding makes of a reading.
fn next(reading: &str) -> Vec<String> {
    let mut found = vec![
        steps::before_question_mark(reading),
        steps::before_hash(reading),
        steps::before_nul(reading),
        steps::no_line_breaks(reading),
        steps::backslashes(reading),
        steps::no_parameters(reading),
        steps::before_semicolon(reading),
        steps::merge(reading),
        steps::no_dots(reading),
        steps::no_encoded_dots(reading),
    ];
    match steps::after_scheme(reading) {
        Some(rest) => {
            found.extend(steps::after_authority(&rest));
            found.push(rest);
        }
        None => found.extend(steps::after_authority(reading)),
    }
    found.extend(steps::rooted(reading));
    found
}
