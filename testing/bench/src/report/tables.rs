//! The common tables of both hosts' parts of the page.

use std::fmt::Write as _;

use crate::print::NOISE;
use crate::ratios::{Bound, Verdict};
use crate::results::{Results, median};
use crate::spread::{Low, Spread, range};

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
            Some(ratio) => {
                let interval = range(ratio.low, ratio.high, 2);
                let number = format!("{:.2} ({interval})", ratio.value);
                match bound.verdict(ratio) {
                    Verdict::Told => (number, ""),
                    Verdict::Met => (number, "met"),
                    Verdict::Missed => (number, "**missed**"),
                    Verdict::Noise => (interval, NOISE),
                }
            }
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
        let rounds = results.above(&arm.name);
        let [least, quarter] =
            rounds.as_deref().and_then(Low::of).map_or_else(Default::default, Low::texts);
        let above = rounds.map_or_else(String::new, spread);
        let all = spread(arm.micros.clone());
        _ = writeln!(text, "| {} | {all} | {above} | {least} | {quarter} |", arm.what);
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
