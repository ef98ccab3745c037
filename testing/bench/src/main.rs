//! Measures the cost of the gate on its hosts, compared with other programs. `cargo xtask bench`
//! runs this.
//!
//! Each bench is a file. The measured programs are built as they ship, and every answer is checked.

mod arm;
mod core;
mod crypto;
mod envoy;
mod machine;
mod print;
mod ratios;
mod report;
mod results;
mod rounds;
mod spread;
mod tokens;
mod traffic;
mod worker;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use wicketgate_runtime::interrupt::{self, Interrupted};
use wicketgate_runtime::progress::{self, say};
use wicketgate_testkit::checkout::Checkout;

/// Measure what something costs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Core(core::Arguments),
    Crowd(envoy::crowd::Arguments),
    Crypto(crypto::Arguments),
    Envoy(envoy::Arguments),
    /// Install what the gate is compared with, and measure nothing
    Install,
    Report(report::Arguments),
    Worker(worker::Arguments),
}

fn main() -> ExitCode {
    progress::show();
    match run(&Arguments::parse().what) {
        Ok(code) => code,
        Err(error) if error.is::<Interrupted>() => {
            say("interrupted");
            ExitCode::from(interrupt::EXIT_CODE)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(what: &What) -> Result<ExitCode> {
    interrupt::install()?;
    let checkout = &Checkout::open()?;
    match what {
        What::Core(arguments) => core::run(checkout, arguments),
        What::Crowd(arguments) => envoy::crowd::run(checkout, arguments),
        What::Crypto(arguments) => crypto::run(checkout, arguments),
        What::Envoy(arguments) => envoy::run(checkout, arguments),
        What::Install => worker::install(checkout).map(|_folder| ExitCode::SUCCESS),
        What::Report(arguments) => report::run(checkout, arguments),
        What::Worker(arguments) => worker::run(checkout, arguments),
    }
}

/// 0 if everything was as it should be, else 1.
fn exit_code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
