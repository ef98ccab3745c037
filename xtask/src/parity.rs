//! `cargo xtask parity`

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use wicketgate_runtime::{files, tools, worker_build};
use wicketgate_testkit::checkout::{Checkout, show};

use crate::exit_code;

/// Run the whole vector corpus on every host and say where they differ.
///
/// The core natively, the filter under wasmtime, real Envoy, the Worker on real workerd and the npm
/// package in Node are each given every vector that they can run. Writes docs/parity.md, and the
/// verdict on every vector to target/parity.md; prints both. Exits with 1 if there is a difference that is not listed in
/// vectors/hosts/divergences.json, if one that is listed has gone, or if a reason code is reached
/// by no vector on a host.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Leave docs/parity.md as it is, and fail if it is not what comes out
    #[arg(long)]
    check: bool,
    /// Print the summary only
    #[arg(long)]
    summary: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask parity
  cargo xtask parity --check --summary
  cargo test -p wicketgate-host-tests --test vectors worker::hosts    one topic on one host";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    tools::target(&checkout.cache, &checkout.root, worker_build::TARGET)?;
    let mut cargo = checkout.cargo();
    cargo.args(["test", "--package", "wicketgate-host-tests", "--test", "vectors"]);
    cargo.args(["--", "--format", "terse"]);
    if !arguments.check {
        cargo.env("WICKETGATE_PARITY", "write");
    }
    let (good, _) = show(checkout, &mut cargo as &mut Command)?;
    if !arguments.summary {
        for page in [checkout.root.join("docs/parity.md"), checkout.target_dir().join("parity.md")]
        {
            println!("\n{}", files::read(&page).context("the run was not whole")?);
        }
    }
    Ok(exit_code(good))
}
