//! The results, for people.

use super::ratios::BOUNDS;
use super::results::{Results, median};
use crate::bench::spread::Spread;
use crate::terminal::Paint;

/// Prints the tables. Returns whether every bound that was measured is met.
pub(super) fn print(results: &Results) -> bool {
    let paint = Paint::for_stdout();
    let title = |text: &str| println!("\n{}", paint.strong(text));
    println!("{}", results.machine);
    for (what, version) in &results.versions {
        println!("{what} {version}");
    }
    title(&format!("{:<32}{:>22}{:>22}  what", "arm", "all", "above no filter"));
    for arm in &results.arms {
        let spread = |rounds: Vec<f64>| Spread::of(rounds).map_or_else(String::new, Spread::text);
        let above = results.above(&arm.name).map_or_else(String::new, spread);
        println!("{:<32}{:>22}{above:>22}  {}", arm.name, spread(arm.micros.clone()), arm.what);
    }
    println!("{LEGEND}");
    title(&format!("{:<58}{:>8}{:>18}{:>9}", "on Envoy", "ratio", "95 %", "at most"));
    let mut all_met = true;
    for bound in &BOUNDS {
        let (what, most) = (bound.what, bound.most);
        match bound.ratio(results) {
            Some(ratio) => {
                let met = bound.is_met(ratio);
                all_met &= met;
                let interval = format!("{:.2}-{:.2}", ratio.low, ratio.high);
                let line = format!("{what:<58}{:>8.2}{interval:>18}{most:>9.2}", ratio.value);
                let verdict = if met { "met".to_owned() } else { paint.bad("missed") };
                println!("{line}  {verdict}");
            }
            None => println!("{what:<58}{:>8}{:>18}{most:>9.2}  not measured", "", ""),
        }
    }
    println!("{RATIOS}");
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
    if let Some(noise) = results.above("none-again").as_deref().and_then(median) {
        println!("\nNo filter against no filter: {noise:.2} µs. Less than that is not told apart.");
    }
    all_met
}

const LEGEND: &str = "\
Microseconds of the CPU time of Envoy's worker thread for a request: the median of the rounds, and
between which nine of ten are. `above no filter` is taken round by round, from the arm without a
filter that gets the same bytes.";

const RATIOS: &str = "\
The quotient of the medians of what both cost above no filter, and its 95 % interval (bootstrap over
the rounds).";

const LATENCY: &str = "\
Microseconds from the moment at which a request was due, at random moments and half of what the
worker can bear with that arm; medians of the runs.";
