//! Cargo's own checks and tests, shown while they run.

use std::process::Command;

use anyhow::Result;
use wicketgate_testkit::checkout::{Checkout, show};

use crate::steps::{Count, left_out};

/// A cargo command as one check.
pub(super) fn check(checkout: &Checkout, words: &[&str]) -> Result<Count> {
    Ok(Count::one(show(checkout, checkout.cargo().args(words))?.0))
}

/// A cargo command that runs tests, each of which counts. They ask about all that they can, where
/// `cargo test` by itself asks about less and is done in a minute.
pub(crate) fn tests(checkout: &Checkout, words: &[&str]) -> Result<Count> {
    shown(checkout, checkout.cargo().args(words).env("WICKETGATE_ALL", "1"))
}

/// The same under valgrind's memcheck: a test that reads what is freed, or was never written, fails.
pub(super) fn tests_under_memcheck(checkout: &Checkout, words: &[&str]) -> Result<Count> {
    let runner = "valgrind --quiet --error-exitcode=9 --exit-on-first-error=yes";
    let variable = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER";
    shown(checkout, checkout.cargo().args(words).env(variable, runner))
}

fn shown(checkout: &Checkout, command: &mut Command) -> Result<Count> {
    let (good, output) = show(checkout, command)?;
    let skipped = skipped(&output);
    skipped.iter().for_each(|why| left_out(why));
    let mut count = count(good, &output);
    // The runner takes a test that returned for one that passed.
    count.passed = count.passed.saturating_sub(skipped.len() as u64);
    Ok(count)
}

/// The tests that were skipped. Each prints a line past the runner, which may have begun a line
/// itself.
fn skipped(output: &str) -> Vec<&str> {
    let lines = output.lines().filter_map(|line| line.split_once("skipped: "));
    let lines = lines.filter(|(before, _)| before.is_empty() || before.starts_with("test "));
    lines.map(|(_, why)| why.trim()).collect()
}

/// Adds up the lines in which each test binary says how it went.
fn count(good: bool, output: &str) -> Count {
    let mut sum = Count::default();
    for line in output.lines().filter_map(|line| line.strip_prefix("test result: ")) {
        let number = |what: &str| {
            let part = line.split(['.', ';']).find_map(|part| part.trim().strip_suffix(what));
            part.and_then(|number| number.parse().ok()).unwrap_or(0)
        };
        sum.add(Count { passed: number(" passed"), failed: number(" failed"), skipped: 0 });
    }
    // A crate that does not compile prints no result, nor does a crash.
    if !good && sum.failed == 0 {
        sum.failed = 1;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
test a ... ok
test result: ok. 61 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.05s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.05s
";

    #[test]
    fn adds_up_the_results_of_all_binaries() {
        assert_eq!(count(false, OUTPUT), Count { passed: 64, failed: 2, skipped: 0 });
    }

    #[test]
    fn what_tests_left_out_is_seen() {
        let output = "skipped: a (no b)\ntest x ... skipped: c\nok\nnote: skipped: d\n";
        assert_eq!(skipped(output), ["a (no b)", "c"]);
    }

    #[test]
    fn a_failure_without_a_result_is_one() {
        let passing = OUTPUT.lines().take(2).collect::<Vec<_>>().join("\n");
        assert_eq!(count(false, &passing), Count { passed: 61, failed: 1, skipped: 0 });
        assert_eq!(count(false, "error: could not compile"), Count::one(false));
        assert_eq!(count(true, ""), Count::default());
    }
}
