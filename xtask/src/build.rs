//! `cargo xtask build`

use std::process::ExitCode;

use anyhow::Result;
use wicketgate_harness::filter::LIMIT;

use crate::checkout::Checkout;
use crate::{exit_code, filter};

/// Build the Envoy filter and print its size.
///
/// The module is built for wasm32-wasip1, because that is the target whose `std::env` reads the
/// secrets that Envoy hands over. It may not be larger than 256 KB.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

const EXAMPLES: &str = "\
Example:
  cargo xtask build
  sudo cp target/wasm32-wasip1/release/wicketgate.wasm /etc/envoy/wicketgate.wasm";

pub(crate) fn run(checkout: &Checkout, _: &Arguments) -> Result<ExitCode> {
    let filter = filter::build(checkout)?;
    println!("{}", filter::describe(&filter, checkout));
    if !filter.fits() {
        eprintln!("error: the filter is larger than {LIMIT} bytes");
    }
    Ok(exit_code(filter.fits()))
}
