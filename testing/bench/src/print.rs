//! Results, for people.

use wicketgate_runtime::terminal::Paint;

use super::ratios::{Bound, Verdict};
use super::results::{Results, median};
use super::spread::{Low, Spread, range};

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
    let above = words.above;
    title(&format!("{:<32}{:>24}{above:>24}{:>9}{:>9}  what", "arm", "all", "least", "quarter"));
    for arm in &results.arms {
        let spread = |rounds: Vec<f64>| Spread::of(rounds).map_or_else(String::new, Spread::text);
        let rounds = results.above(&arm.name);
        let low = rounds.as_deref().and_then(Low::of);
        let [least, quarter] = low.map_or_else(Default::default, Low::texts);
        let above = rounds.map_or_else(String::new, spread);
        let all = spread(arm.micros.clone());
        println!("{:<32}{all:>24}{above:>24}{least:>9}{quarter:>9}  {}", arm.name, arm.what);
    }
    println!("{}", words.legend);
    let paint = Paint::for_stdout();
    title(&format!("{:<74}{:>8}{:>18}{:>9}", words.host, "ratio", "95 %", "at most"));
    let mut all_met = true;
    for bound in bounds {
        let what = bound.what;
        let most = bound.most.map_or_else(String::new, |most| format!("{most:.2}"));
        match bound.ratio(results) {
            Some(ratio) => {
                let verdict = bound.verdict(ratio);
                all_met &= matches!(verdict, Verdict::Met | Verdict::Told);
                let interval = range(ratio.low, ratio.high, 2);
                let value = match verdict {
                    Verdict::Noise => String::new(),
                    _ => format!("{:.2}", ratio.value),
                };
                let line = format!("{what:<74}{value:>8}{interval:>18}{most:>9}");
                let verdict = match verdict {
                    Verdict::Told => String::new(),
                    Verdict::Met => "met".to_owned(),
                    Verdict::Missed => paint.bad("missed"),
                    Verdict::Noise => paint.bad(NOISE),
                };
                println!("{line}  {verdict}");
            }
            None => println!("{what:<74}{:>8}{:>18}{most:>9}  not measured", "", ""),
        }
    }
    println!(
        "The quotient of the medians of what both cost {}, and its 95 % interval (bootstrap over\n\
         the rounds).",
        words.above
    );
    all_met
}

/// The interval of a ratio is so wide that the number would mislead.
pub(super) const NOISE: &str = "too noisy to tell";

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
