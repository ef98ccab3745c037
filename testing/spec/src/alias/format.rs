//! A format behind the last segment.

use super::{or_root, without_slash};
use crate::verdict::Gate;

/// The path without each thing that the origin may take for its format.
pub(super) fn without(gate: &Gate, path: &str) -> Vec<String> {
    let path = without_slash(path);
    let Some(slash) = path.rfind('/') else { return Vec::new() };
    let dots: Vec<usize> = path[slash..].match_indices('.').map(|(at, _)| slash + at).collect();
    let Some(&last) = dots.last() else { return Vec::new() };
    // `/report.{_format}`, whose format may hold dots, and `/report.*`.
    if gate.may_be(&["laravel", "spring", "symfony"]) {
        return dots.iter().map(|dot| or_root(&path[..*dot])).collect();
    }
    let base = or_root(&path[..last]);
    // `/report(.:format)`, and a middleware that cuts.
    if gate.may_be(&["go", "rails"]) {
        return vec![base];
    }
    // `^report\.[a-z0-9]+/?$` beside `^report/$` or `^report$`.
    let word = &path[last + 1..];
    if gate.may_be(&["django"])
        && !word.is_empty()
        && word.chars().all(|c| c.is_ascii_alphanumeric())
    {
        let slashed = if base.ends_with('/') { base.clone() } else { format!("{base}/") };
        return vec![base, slashed];
    }
    Vec::new()
}
