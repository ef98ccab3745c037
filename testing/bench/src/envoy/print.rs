//! The results, for people.

use super::bounds::BOUNDS;
use crate::print::{self, Words, title};
use crate::results::Results;

/// Prints the tables. Returns whether every bound that was measured is met.
pub(super) fn print(results: &Results) -> bool {
    let all_met = print::arms(results, &WORDS, &BOUNDS);
    if !results.latencies.is_empty() {
        title(&format!("{:<32}{:>12}{:>10}{:>10}", "latency", "requests/s", "p50", "p99"));
        for latency in &results.latencies {
            let (p50, p99) = (latency.p50, latency.p99);
            println!("{:<32}{:>12}{p50:>10.0}{p99:>10.0}", latency.name, latency.rate);
        }
        println!("{LATENCY}");
    }
    if !results.footprints.is_empty() {
        title(&format!("{:<32}{:>8}{:>12}{:>12}", "an Envoy", "workers", "MiB", "ready, ms"));
        for print in &results.footprints {
            let (memory, start) = (print.mebibytes, print.start);
            println!("{:<32}{:>8}{memory:>12.1}{start:>12.0}", print.what, print.workers);
        }
    }
    print::noise(results, &WORDS);
    all_met
}

const WORDS: Words = Words {
    host: "on Envoy",
    above: "above no filter",
    legend: LEGEND,
    again: "none-again",
    noise: "No filter against no filter",
};

const LEGEND: &str = "\
Microseconds of the CPU time of Envoy's worker thread for a request: the median of the rounds, and
between which nine of ten are. `above no filter` is taken round by round, from the arm without a
filter that gets the same bytes.";

const LATENCY: &str = "\
Microseconds from the moment at which a request was due, at random moments and half of what the
worker can bear with that arm; medians of the runs.";
