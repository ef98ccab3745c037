//! `cargo xtask build`

use std::process::ExitCode;

use anyhow::Result;
use wicketgate_harness::filter::LIMIT;
use wicketgate_harness::worker_build;

use crate::checkout::Checkout;
use crate::host::Kind;
use crate::{exit_code, filter};

/// Build the gate for a host and print its size.
///
/// Envoy's filter is built for wasm32-wasip1, because that is the target whose `std::env` reads
/// the secrets that Envoy hands over. It may not be larger than 256 KB, the Worker's module not
/// larger than 400 KB.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What it is for
    #[arg(long, value_enum, default_value = "envoy")]
    host: Kind,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask build
  sudo cp target/wasm32-wasip1/release/wicketgate.wasm /etc/envoy/wicketgate.wasm
  cargo xtask build --host worker      what wrangler deploys, in target/edge-worker";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    match arguments.host {
        Kind::Envoy => {
            let filter = filter::build(checkout)?;
            println!("{}", filter::describe(&filter, checkout));
            if !filter.fits() {
                eprintln!("error: the filter is larger than {LIMIT} bytes");
            }
            Ok(exit_code(filter.fits()))
        }
        Kind::Worker => {
            let (cache, root) = (&checkout.cache, &checkout.root);
            let worker = worker_build::build(cache, root, &checkout.target_dir())?;
            let path = checkout.relative(&worker.folder).display();
            let (size, limit) = (worker.size as f64 / 1024.0, worker_build::LIMIT / 1024);
            println!("{path}: the wasm module has {size:.1} KB of at most {limit} KB");
            if !worker.fits() {
                eprintln!("error: the module is larger than {limit} KB");
            }
            Ok(exit_code(worker.fits()))
        }
    }
}
