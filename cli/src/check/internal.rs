//! Warnings about paths that look internal, lie next to guarded ones, and have no rule.
//!
//! A policy does not list the origin's routes. But it shows when `/internal/run` has a rule and the
//! rest below `/internal` has none.

use wicketgate_policy::{Header, Outcome, Peer, Policy, Request, Time, Verdict};

use super::code::{Code, Warnings, items, rules};
use crate::document::Tree;

/// Segments that say that a path is not for everyone.
const INTERNAL: [&str; 14] = [
    "_internal",
    "__internal",
    "actuator",
    "admin",
    "callback",
    "callbacks",
    "cron",
    "debug",
    "internal",
    "ops",
    "private",
    "system",
    "worker",
    "workers",
];

/// Asks the gate for a neighbour of each guarded path that looks internal.
pub(super) fn warn(policy: &Policy, tree: &Tree, now: Time, warnings: &mut Warnings<'_>) {
    if tree.text_of("unmatched") != Some("pass") {
        return;
    }
    let mut told: Vec<String> = Vec::new();
    for (rule, item) in rules(tree) {
        for (index, path) in items(item, "paths") {
            let Some(base) = path.text().and_then(internal_base) else { continue };
            let neighbour = format!("{base}/wicketgate-asks");
            if told.contains(&base) || !passes(policy, &neighbour, now) {
                continue;
            }
            warnings.add(
                Code::UnmatchedInternal,
                format!("rules[{rule}].paths[{index}]"),
                format!("every other path below `{base}` passes without credentials"),
                format!("a rule for `{base}/*` (`\"allow\": []` lets nobody in), or `\"unmatched\": \"deny\"`"),
            );
            told.push(base);
        }
    }
}

/// The path up to its first segment that looks internal.
fn internal_base(pattern: &str) -> Option<String> {
    let mut base = String::new();
    for segment in pattern.split('/').skip(1) {
        // Fill an open segment with any text.
        let segment = if segment.starts_with('{') { "x" } else { segment };
        // A doubled sign stands for itself.
        let is_doubled = segment.starts_with("$$") || segment.starts_with("::");
        let segment = segment.get(usize::from(is_doubled)..).unwrap_or_default();
        base.push('/');
        base.push_str(segment);
        if INTERNAL.contains(&segment.to_ascii_lowercase().as_str()) {
            return Some(base);
        }
    }
    None
}

/// Returns `true` if a request without credentials, for a host that every rule could mean, gets
/// through.
fn passes(policy: &Policy, target: &str, now: Time) -> bool {
    let headers = [(":method", "POST"), (":path", target), (":authority", "wicketgate.invalid")];
    let headers =
        headers.map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
    let request = Request { headers: &headers, peer: Peer::Unknown };
    match policy.decide(&request, now) {
        Outcome::Decided(decision) => matches!(decision.verdict, Verdict::Pass { .. }),
        Outcome::Need(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases() {
        for (pattern, base) in [
            ("/internal/*", Some("/internal")),
            ("/api/{tenant}/Admin/users", Some("/api/x/Admin")),
            ("/internals", None),
            ("/*", None),
        ] {
            assert_eq!(internal_base(pattern).as_deref(), base, "{pattern}");
        }
    }
}
