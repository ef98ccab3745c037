//! Everything that an origin could take a target for.
//!
//! An origin decodes a path up to two times and takes its other steps in some order. So the
//! readings are whatever the steps lead to in any order, with at most two decodings on the way.

use std::collections::BTreeSet;

use crate::steps;

/// A request has more readings than a lawful one ever has, or longer ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooComplex;

/// The longest reading, and for a whole request: the most readings of all its targets, and the bytes
/// of these and of their aliases together.
const MAX_LENGTH: usize = 8_192;
/// See above.
pub const MAX_COUNT: usize = 100;
/// See above.
pub const MAX_BYTES: usize = 32 * 1_024;

/// Returns `true` if every origin takes this path for the same: it begins with `/`, and holds
/// nothing that anybody decodes, cuts, removes or merges.
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
    close(&mut all, true)?;
    for _ in 0..2 {
        for reading in all.clone() {
            all.insert(steps::decode_all(&reading));
            all.insert(steps::decode_all_but_slashes(&reading));
            all.insert(steps::decode_giving_up(&reading));
            all.insert(steps::decode_by_pairs(&reading));
            all.insert(steps::decode_wide(&reading));
        }
        close(&mut all, false)?;
    }
    Ok(all)
}

/// Takes every step from every reading until nothing new comes up. A space ends a target only as
/// long as it is `raw`: as the client wrote it, nothing decoded.
fn close(all: &mut BTreeSet<String>, raw: bool) -> Result<(), TooComplex> {
    let mut new: BTreeSet<String> = all.clone();
    while !new.is_empty() {
        let longest = all.iter().map(|reading| reading.chars().count()).max().unwrap_or(0);
        let bytes: usize = all.iter().map(|reading| reading.chars().count()).sum();
        if all.len() > MAX_COUNT || longest > MAX_LENGTH || bytes > MAX_BYTES {
            return Err(TooComplex);
        }
        let reached: BTreeSet<String> = new.iter().flat_map(|reading| next(reading, raw)).collect();
        new = reached.difference(all).cloned().collect();
        all.extend(new.iter().cloned());
    }
    Ok(())
}

/// The readings that one step other than decoding makes of a reading.
fn next(reading: &str, raw: bool) -> Vec<String> {
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
        steps::no_cut_escape(reading),
        steps::no_controls(reading),
        steps::no_bad_bytes(reading),
        steps::no_overlong(reading),
    ];
    if raw {
        found.push(steps::before_space(reading));
    }
    found.extend(steps::requests(reading));
    found.extend(steps::after_scheme(reading).map(|(rest, _)| rest));
    found.extend(steps::authorities(reading).into_iter().map(|(_, path)| path));
    found.extend(steps::rooted(reading));
    found
}

/// The authorities that a reading names, as an origin would take them from it.
#[must_use]
pub fn authorities(reading: &str) -> Vec<String> {
    steps::authorities(reading).into_iter().map(|(authority, _)| authority).collect()
}
