//! The common tables of both hosts' parts of the page.

use std::fmt::Write as _;

use crate::ratios::Bound;
use crate::results::{Results, median};
use crate::spread::{Spread, range};

/// The machine, the versions, and the number of rounds.
pub(super) fn measured_on(results: &Results) -> String {
    let versions = results.versions.iter().map(|(what, version)| format!("{what} {version}"));
    let versions = versions.collect::<Vec<_>>().join(", ");
    let Results { machine, rounds, requests, .. } = results;
    format!("Measured on: {machine}. {versions}. {rounds} rounds of {requests} requests.\n\n")
}

/// The rows of the bounds.
pub(super) fn bounds(results: &Results, bounds: &[Bound]) -> String {
    let mut text = String::new();
    for bound in bounds {
        let (ratio, verdict) = match bound.ratio(results) {
            Some(ratio) => (
                format!("{:.2} ({})", ratio.value, range(ratio.low, ratio.high, 2)),
                match bound.most {
                    None => "",
                    Some(_) if bound.is_met(ratio) => "met",
                    Some(_) => "**missed**",
                },
            ),
            None => (String::new(), "not measured"),
        };
        let most = bound.most.map_or_else(String::new, |most| format!("{most:.2}"));
        _ = writeln!(text, "| {} | {ratio} | {most} | {verdict} |", bound.what);
    }
    text
}

/// The rows of the arms.
pub(super) fn arms(results: &Results) -> String {
    let mut text = String::new();
    for arm in &results.arms {
        let spread = |rounds| Spread::of(rounds).map_or_else(String::new, Spread::text);
        let above = results.above(&arm.name).map_or_else(String::new, spread);
        _ = writeln!(text, "| {} | {} | {above} |", arm.what, spread(arm.micros.clone()));
    }
    text
}

/// The noise: the empty arm measured `again`.
pub(super) fn noise(results: &Results, again: &str, what: &str) -> String {
    let noise = results.above(again).as_deref().and_then(median);
    noise.map_or_else(String::new, |noise| {
        format!("\n{what}: {noise:.2} µs. What differs by less is not told apart.\n")
    })
}
