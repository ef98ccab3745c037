//! The results, for people.

use super::bounds::BOUNDS;
use crate::print::{self, Words};
use crate::results::Results;

/// Prints the tables. Returns whether every bound that was measured is met.
pub(super) fn print(results: &Results) -> bool {
    let all_met = print::arms(results, &WORDS, &BOUNDS);
    print::noise(results, &WORDS);
    all_met
}

const WORDS: Words = Words {
    host: "on workerd",
    above: "above no check",
    legend: LEGEND,
    again: "floor-again",
    noise: "No check against no check",
};

const LEGEND: &str = "\
Microseconds of workerd's CPU time, all of its threads together, for a request: the median of the
rounds, and between which nine of ten are. `above no check` is taken round by round, from the Worker
that only asks the origin, or only refuses, and gets the same bytes.";
