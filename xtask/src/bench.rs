//! `cargo xtask bench`

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
pub(crate) mod worker;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::checkout::Checkout;

/// Measure what something costs.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Core(core::Arguments),
    Crypto(crypto::Arguments),
    Envoy(envoy::Arguments),
    Report(report::Arguments),
    Worker(worker::Arguments),
}

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.what {
        What::Core(arguments) => core::run(checkout, arguments),
        What::Crypto(arguments) => crypto::run(checkout, arguments),
        What::Envoy(arguments) => envoy::run(checkout, arguments),
        What::Report(arguments) => report::run(checkout, arguments),
        What::Worker(arguments) => worker::run(checkout, arguments),
    }
}
