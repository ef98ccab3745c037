//! `cargo xtask soak`

use std::process::ExitCode;

use anyhow::Result;
use clap::value_parser;
use wicketgate_testkit::checkout::{Checkout, show};

use crate::exit_code;

/// Send a great many mixed requests through Envoy, with the filter and with the native module, and
/// hold memory and counters to account.
///
/// Allowed, denied and public requests over four connections that are kept, each answered as it
/// must be. Prints Envoy's memory at first, after the warm-up and at the end, the latencies of the
/// first and the last tenth, and the counters. Exits with 1 if memory grew, or if what was sent is
/// not exactly what Envoy and the gate counted and what the origin got.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The least number of requests
    #[arg(long, value_name = "N", default_value_t = 1_000_000,
        value_parser = value_parser!(u64).range(10_000..=1_000_000_000))]
    requests: u64,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask soak                     a million, some minutes
  cargo xtask soak --requests 20000    what `cargo xtask test` runs";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let mut cargo = checkout.cargo();
    cargo.args(["test", "--quiet", "--package", "wicketgate-host-tests", "--test", "soak"]);
    // One after the other, or the latencies are each other's.
    cargo.args(["--", "--nocapture", "--test-threads=1"]);
    cargo.env("WICKETGATE_SOAK", arguments.requests.to_string());
    Ok(exit_code(show(checkout, &mut cargo)?.0))
}
