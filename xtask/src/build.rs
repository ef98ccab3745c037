//! `cargo xtask build`

use std::process::ExitCode;

use anyhow::Result;
use wicketgate_harness::filter::Edition;

use crate::checkout::Checkout;
use crate::{exit_code, filter};

/// Build the Envoy filter and print its size.
///
/// The module is built for wasm32-wasip1, because that is the target whose `std::env` reads the
/// secrets that Envoy hands over. It may not be larger than 256 KB.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// With signed tokens (JWT); at most 512 KB then
    #[arg(long)]
    jwt: bool,
}

const EXAMPLES: &str = "\
Example:
  cargo xtask build
  cargo xtask build --jwt
  sudo cp target/wasm32-wasip1/release/wicketgate.wasm /etc/envoy/wicketgate.wasm";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let edition = if arguments.jwt { Edition::Jwt } else { Edition::Small };
    let filter = filter::build_edition(checkout, edition)?;
    println!("{}", filter::describe(&filter, checkout));
    if !filter.fits() {
        eprintln!("error: the filter is larger than {} bytes", edition.limit());
    }
    Ok(exit_code(filter.fits()))
}
