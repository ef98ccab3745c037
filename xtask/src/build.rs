//! `cargo xtask build`

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::builder::{PossibleValue, PossibleValuesParser};
use wicketgate_runtime::ships::{self, Ships};
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::npm_build::PACKAGE;

use crate::exit_code;

/// Build what ships for a host and print its size.
///
/// The Envoy filter is built for wasm32-wasip1, because that is the target whose `std::env` reads
/// the secrets that Envoy hands over. The Worker goes into target/edge-worker, the npm package into
/// target/npm. Each has a size that it may not pass; of a folder that is the size of its wasm module.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The host to build for
    #[arg(long, default_value = "envoy", value_parser = names())]
    host: String,
}

/// All that can be built.
fn all() -> impl Iterator<Item = Ships> {
    ships::ALL.into_iter().chain([PACKAGE])
}

/// For clap: a value for each.
fn names() -> PossibleValuesParser {
    all().map(|what| PossibleValue::new(what.name).help(what.about)).collect::<Vec<_>>().into()
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask build
  sudo cp target/wasm32-wasip1/release/wicketgate.wasm /etc/envoy/wicketgate.wasm
  cargo xtask build --host worker      what wrangler deploys, in target/edge-worker
  cargo xtask build --host npm
  npm install ./target/npm";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let what = all().find(|what| what.name == arguments.host).context("clap knows the names")?;
    let built = checkout.build(&what)?;
    println!("{}", checkout.describe(&built));
    if !built.fits() {
        eprintln!("error: it is larger than {} bytes", built.limit);
    }
    Ok(exit_code(built.fits()))
}
