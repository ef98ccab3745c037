//! `cargo xtask bench crypto`

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::value_parser;
use serde_json::{Map, Value, json};
use wicketgate_runtime::command::ask;
use wicketgate_runtime::progress::say;
use wicketgate_runtime::ships::FILTER;
use wicketgate_runtime::terminal::Paint;
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::measured::{self, printed, tokens};

use super::spread::Spread;
use crate::exit_code;

/// Measure what checking a signature costs, by algorithm, and what a token costs that was seen
/// before.
///
/// The same requests are put to the filter that ships (wicketgate.wasm) under wasmtime and in
/// V8, which Node has, compiled by TurboFan up front as in Envoy, and to the core built for this
/// machine. Timed is one callback, `proxy_on_request_headers`, with the host calls that it makes;
/// natively one decision. From each figure that of a request is subtracted whose token names a key
/// that is not there: it is refused before its signature is looked at.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The number of rounds; one more warms up
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = value_parser!(u64).range(1..=10_000))]
    rounds: u64,
    /// The number of tokens of each kind in a round
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = value_parser!(u64).range(1..=1_000))]
    tokens: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask bench crypto
  cargo xtask bench crypto --rounds 100 --json";

/// The engines that run the core, and their programs.
const ENGINES: [(&str, &str); 3] = [
    ("wasmtime", "wicketgate.wasm, compiled by Cranelift; proxy_on_request_headers"),
    ("v8", "wicketgate.wasm, compiled by TurboFan in Node; proxy_on_request_headers"),
    ("native", "the core for this machine at opt-level 3; Policy::decide"),
];

const ALGORITHMS: [&str; 4] = ["HS256", "RS256", "ES256", "EdDSA"];

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let module = checkout.build(&FILTER)?;
    say("making the requests, which is built for speed the first time");
    let folder = checkout.cache.run_folder()?;
    let file = folder.path().join("requests.json");
    let (rounds, count) = (arguments.rounds.to_string(), arguments.tokens.to_string());
    tokens(checkout, ["requests", &rounds, &count], Some(&file))?;
    let mut engines = Map::new();
    for (engine, _) in ENGINES {
        say(&format!("measuring: {engine}"));
        let samples = match engine {
            "wasmtime" => wasmtime(checkout, &module.path, &file)?,
            "v8" => v8(checkout, &module.path, &file)?,
            _ => tokens(checkout, ["measure"], Some(&file))?,
        };
        engines.insert(engine.to_owned(), measured::json(&samples)?);
    }
    let rows = rows(&engines)?;
    if arguments.json {
        println!(
            "{}",
            json!({ "unit": "microseconds", "rows": rows.iter().map(Row::json).collect::<Vec<_>>() })
        );
    } else {
        print(&rows, arguments);
    }
    Ok(exit_code(true))
}

fn wasmtime(checkout: &Checkout, module: &Path, requests: &Path) -> Result<String> {
    // Of the program only what is around the module is built without optimisation.
    let mut cargo = checkout.cargo();
    cargo.args(["run", "--quiet", "--package", "wicketgate-host-tests", "--bin", "time-filter"]);
    printed(cargo.arg("--").args([module, requests]))
}

fn v8(checkout: &Checkout, module: &Path, requests: &Path) -> Result<String> {
    ask(Command::new("node").arg("--version")).context("no `node` on the path")?;
    let mut node = Command::new("node");
    // As in Envoy: the optimising compiler alone, and all of the module before the first call.
    node.args(["--no-liftoff", "--no-wasm-tier-up", "--no-wasm-lazy-compilation"]);
    printed(node.arg(checkout.root.join("testing/bench/src/v8.mjs")).args([module, requests]))
}

/// One algorithm on one engine, in microseconds.
struct Row {
    engine: String,
    algorithm: String,
    /// A request that is refused before its signature is looked at.
    early: Spread,
    /// The extra cost of a wrong signature.
    signature: Spread,
    /// The extra cost of an accepted token, the first time.
    first: Spread,
    /// The same token again, from the same instance.
    cached: Spread,
}

impl Row {
    fn json(&self) -> Value {
        json!({
            "engine": self.engine, "algorithm": self.algorithm,
            "refused_early": self.early.json(), "signature": self.signature.json(),
            "accepted": self.first.json(), "cached": self.cached.json(),
        })
    }
}

fn rows(engines: &Map<String, Value>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (engine, algorithm) in
        ENGINES.iter().flat_map(|(engine, _)| ALGORITHMS.map(|algorithm| (engine, algorithm)))
    {
        let samples = &engines[*engine][algorithm];
        let micros = |kind: &str| -> Option<Vec<f64>> {
            samples[kind].as_array()?.iter().map(|nanos| Some(nanos.as_f64()? / 1_000.0)).collect()
        };
        let row = || {
            let early = micros("early")?;
            // Round by round: what slows the machine slows both.
            let above = |kind: &str| {
                let rounds = micros(kind)?.into_iter().zip(&early);
                Spread::of(rounds.map(|(took, early)| took - early).collect())
            };
            Some(Row {
                engine: (*engine).to_owned(),
                algorithm: algorithm.to_owned(),
                signature: above("forged")?,
                first: above("first")?,
                cached: above("again")?,
                early: Spread::of(early)?,
            })
        };
        rows.push(row().with_context(|| format!("no samples of {algorithm} on {engine}"))?);
    }
    Ok(rows)
}

fn print(rows: &[Row], arguments: &Arguments) {
    let line = |columns: [&str; 6]| {
        let [engine, algorithm, rest @ ..] = columns;
        let rest = rest.map(|column| format!("{column:>24}")).concat();
        format!("{engine:<10}{algorithm:<10}{rest}")
    };
    let title = ["engine", "algorithm", "refused early", "+ signature", "+ accepted", "+ cached"];
    println!("{}", Paint::for_stdout().strong(&line(title)));
    for row in rows {
        let spreads = [row.early, row.signature, row.first, row.cached].map(Spread::text);
        let [early, signature, first, cached] = spreads.each_ref().map(String::as_str);
        println!("{}", line([&row.engine, &row.algorithm, early, signature, first, cached]));
    }
    let Arguments { rounds, tokens, .. } = arguments;
    println!(
        "\nMicroseconds: the median of {rounds} rounds, each the least of {tokens} tokens, and"
    );
    println!("{LEGEND}");
    for (engine, what) in ENGINES {
        println!("{engine}: {what}");
    }
}

const LEGEND: &str = "\
between which nine of ten rounds are. `refused early`: the token names a key that is not there.
What the others cost above that: `+ signature` a token that is refused for its signature,
`+ accepted` one that is accepted, its claims read and the request edited, `+ cached` the same
token again, from the same instance.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_common_is_subtracted_round_by_round() {
        let kinds = json!({
            "early": [1_000, 9_000, 2_000], "forged": [3_000, 11_000, 4_000],
            "first": [4_000, 12_000, 5_000], "again": [1_000, 9_000, 2_000],
        });
        let algorithms: Map<String, Value> =
            ALGORITHMS.iter().map(|name| ((*name).to_owned(), kinds.clone())).collect();
        let engine = |(name, _): (&str, &str)| (name.to_owned(), algorithms.clone().into());
        let rows = rows(&ENGINES.map(engine).into_iter().collect()).unwrap();
        assert_eq!(rows.len(), 12);
        assert_eq!(rows[0].early.text(), "2.0 (1.0 to 9.0)");
        assert_eq!(rows[0].signature.text(), "2.0 (2.0 to 2.0)");
        assert_eq!(rows[0].first.text(), "3.0 (3.0 to 3.0)");
        assert_eq!(rows[0].cached.text(), "0.0 (0.0 to 0.0)");
    }
}
