//! Results, for people.

use wicketgate_runtime::terminal::Paint;

use super::ratios::Bound;
use super::results::{Results, median};
use super::spread::{Spread, range};

/// The words of one host's tables.
pub(super) struct Words {
    /// The host on which the ratios were measured: `on Envoy`.
    pub(super) host: &'static str,
    /// The arm that is subtracted: `above no filter`.
    pub(super) above: &'static str,
    /// The legend of the microseconds.
    pub(super) legend: &'static str,
    /// The arm that is nothing again, and what it and its base are.
    pub(super) again: &'static str,
    pub(super) noise: &'static str,
}

/// Prints the arms and the bounds. Returns whether every bound that was measured is met.
pub(super) fn arms(results: &Results, words: &Words, bounds: &[Bound]) -> bool {
    println!("{}", results.machine);
    for (what, version) in &results.versions {
        println!("{what} {version}");
    }
    title(&format!("{:<32}{:>24}{:>24}  what", "arm", "all", words.above));
    for arm in &results.arms {
        let spread = |rounds: Vec<f64>| Spread::of(rounds).map_or_else(String::new, Spread::text);
        let above = results.above(&arm.name).map_or_else(String::new, spread);
        println!("{:<32}{:>24}{above:>24}  {}", arm.name, spread(arm.micros.clone()), arm.what);
    }
    println!("{}", words.legend);
    let paint = Paint::for_stdout();
    title(&format!("{:<58}{:>8}{:>18}{:>9}", words.host, "ratio", "95 %", "at most"));
    let mut all_met = true;
    for bound in bounds {
        let what = bound.what;
        let most = bound.most.map_or_else(String::new, |most| format!("{most:.2}"));
        match bound.ratio(results) {
            Some(ratio) => {
                let met = bound.is_met(ratio);
                all_met &= met;
                let interval = range(ratio.low, ratio.high, 2);
                let line = format!("{what:<58}{:>8.2}{interval:>18}{most:>9}", ratio.value);
                let verdict = match (bound.most, met) {
                    (None, _) => String::new(),
                    (Some(_), true) => "met".to_owned(),
                    (Some(_), false) => paint.bad("missed"),
                };
                println!("{line}  {verdict}");
            }
            None => println!("{what:<58}{:>8}{:>18}{most:>9}  not measured", "", ""),
        }
    }
    println!(
        "The quotient of the medians of what both cost {}, and its 95 % interval (bootstrap over\n\
         the rounds).",
        words.above
    );
    all_met
}

/// Says what can't be told apart.
pub(super) fn noise(results: &Results, words: &Words) {
    if let Some(noise) = results.above(words.again).as_deref().and_then(median) {
        println!("\n{}: {noise:.2} µs. Less than that is not told apart.", words.noise);
    }
}

/// A table's head.
pub(super) fn title(text: &str) {
    println!("\n{}", Paint::for_stdout().strong(text));
}
