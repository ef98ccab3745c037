//! The program behind `cargo xtask tokens` and `cargo xtask bench`. It is separate so that it can
//! be built for speed. It prints JSON.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use clap::Parser;
use serde::Serialize;
use serde_json::json;
use wicketgate_load::policies::Many;
use wicketgate_tokens::timing::{self, Requests};
use wicketgate_tokens::{compare, decisions, listed::LISTED, signed};

#[derive(Debug, Parser)]
enum Command {
    /// Compares generated tokens with what `jsonwebtoken` says of them
    Compare { count: usize, seed: u64 },
    /// Writes the requests that measure what a signature costs
    Requests { rounds: usize, tokens: usize, file: PathBuf },
    /// Measures them in this program
    Measure { file: PathBuf },
    /// Decides about the same request so often, for callgrind to count
    Decide { rules: usize, networks: usize, keys: usize, request: String, count: usize },
    /// Prints the milliseconds of the slowest of the dearest requests (testing/load/dearest.json)
    Dearest { file: PathBuf },
    /// Prints good tokens of one algorithm, and their key
    Sign { algorithm: String, count: usize },
}

fn main() -> Result<()> {
    match Command::parse() {
        Command::Compare { count, seed } => {
            let outcome = compare::compare(count, seed)?;
            let listed = LISTED.map(|listed| listed.why);
            print(&json!({ "outcome": outcome, "faults": outcome.faults(), "listed": listed }))
        }
        Command::Requests { rounds, tokens, file } => {
            let requests = serde_json::to_string(&timing::requests(rounds, tokens))?;
            fs::write(&file, requests).with_context(|| file.display().to_string())
        }
        Command::Measure { file } => print(&timing::native(&read(&file)?)?),
        Command::Decide { rules, networks, keys, request, count } => {
            decisions::decide(Many { rules, networks, keys }, &request, count)
        }
        Command::Dearest { file } => print(&decisions::slowest(&fs::read(&file)?)?),
        Command::Sign { algorithm, count } => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
            print(&signed::signed(&algorithm, count, now).context("no such algorithm")?)
        }
    }
}

fn read(file: &Path) -> Result<Requests> {
    let text = fs::read(file).with_context(|| file.display().to_string())?;
    Ok(serde_json::from_slice(&text)?)
}

fn print(value: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}
