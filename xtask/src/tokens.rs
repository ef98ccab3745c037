//! `cargo xtask tokens`

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::value_parser;
use serde_json::Value;
use wicketgate_runtime::progress::say;
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::measured::{json, tokens};

use crate::exit_code;
use crate::terminal::Paint;

/// Have generated tokens read by the core and by the library jsonwebtoken, and compare.
///
/// Signed tokens of every algorithm, lawful ones and ones that are wrong in header, claims, encoding
/// or signature. No token that jsonwebtoken refuses may be accepted here, but for what is listed in
/// testing/tokens/src/listed.rs with its reason; what only the core refuses is counted by its reason. Exits
/// with 1 on a token that is not listed, and on a listed difference that does not happen any more.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The number of tokens
    #[arg(long, value_name = "N", default_value_t = 1_000_000,
        value_parser = value_parser!(u64).range(20_000..=1_000_000_000))]
    count: u64,
    /// Other tokens for another number
    #[arg(long, value_name = "N", default_value_t = 20_261_123)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask tokens                     a million, some minutes
  cargo xtask tokens --count 100000 --seed 7
  cargo test -p wicketgate-tokens        twenty thousand, as `cargo xtask test` does";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    say("comparing tokens, which is built for speed the first time");
    let (count, seed) = (arguments.count.to_string(), arguments.seed.to_string());
    let printed = json(&tokens(checkout, ["compare", &count, &seed], None)?)?;
    let (outcome, faults) = (&printed["outcome"], &printed["faults"]);
    let faults = faults.as_array().context("no faults are told, nor that there are none")?;
    if arguments.json {
        println!("{printed}");
    } else {
        table(outcome, &printed["listed"]).iter().for_each(|line| println!("{line}"));
        for token in outcome["unlisted"].as_array().into_iter().flatten().take(SHOWN) {
            println!("\n{}", token.as_str().unwrap_or_default());
        }
        println!();
        for fault in faults {
            println!("{}", Paint::for_stdout().bad(fault.as_str().unwrap_or_default()));
        }
        println!("{} faults", faults.len());
    }
    Ok(exit_code(faults.is_empty()))
}

/// The number of unlisted tokens that are shown.
const SHOWN: usize = 20;

fn table(outcome: &Value, reasons: &Value) -> Vec<String> {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let sum = |counts: Vec<u64>| counts.into_iter().sum::<u64>();
    let stricter = outcome["stricter"].as_object().into_iter().flatten();
    let mut stricter: Vec<(&str, u64)> =
        stricter.map(|(reason, times)| (reason.as_str(), number(times))).collect();
    stricter.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let listed = outcome["listed"].as_array().into_iter().flatten().map(number);
    let reasons = reasons.as_array().into_iter().flatten();
    let listed: Vec<(&str, u64)> =
        reasons.map(|why| why.as_str().unwrap_or_default()).zip(listed).collect();
    let unlisted = outcome["unlisted"].as_array().map_or(0, Vec::len);

    let line = |times: u64, what: &str| format!("{times:>10}  {what}");
    let part = |times: u64, what: &str| format!("{times:>12}  {what}");
    let (accepted, refused) = (number(&outcome["accepted"]), number(&outcome["refused"]));
    let mut lines = vec![
        line(number(&outcome["tokens"]), "tokens"),
        line(accepted + refused, "agreed"),
        part(accepted, "accepted by both"),
        part(refused, "refused by both"),
        line(sum(stricter.iter().map(|(_, times)| *times).collect()), "refused by the core alone"),
    ];
    lines.extend(stricter.iter().map(|(reason, times)| part(*times, reason)));
    let times = sum(listed.iter().map(|(_, times)| *times).collect());
    lines.push(line(times, "accepted by the core alone, and listed"));
    lines.extend(listed.iter().map(|(why, times)| part(*times, why)));
    lines.push(line(
        unlisted.try_into().unwrap_or(u64::MAX),
        "accepted by the core alone, and not listed",
    ));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_table_adds_up_and_has_the_most_frequent_reason_first() {
        let outcome = json!({
            "tokens": 10, "accepted": 4, "refused": 2, "stricter": { "a": 1, "b": 2 },
            "listed": [1], "unlisted": [],
        });
        let lines = table(&outcome, &json!(["why"])).join("\n");
        assert_eq!(
            lines,
            "        10  tokens\n         6  agreed\n           4  accepted by both\n           2  refused by both\n         3  refused by the core alone\n           2  b\n           1  a\n         1  accepted by the core alone, and listed\n           1  why\n         0  accepted by the core alone, and not listed"
        );
    }
}
