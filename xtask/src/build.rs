//! `cargo xtask build`

use std::process::ExitCode;

use anyhow::Result;
use wicketgate_runtime::filter::LIMIT;
use wicketgate_runtime::module;
use wicketgate_runtime::worker_build;
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::filter;
use wicketgate_testkit::npm_build;

use crate::{exit_code, npm};

/// Build what ships for a host and print its size.
///
/// The Envoy filter is built for wasm32-wasip1, because that is the target whose `std::env` reads
/// the secrets that Envoy hands over. It may not be larger than 640 KB, and neither may the Worker's
/// module nor that of the npm package, which goes into target/npm.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The host to build for
    #[arg(long, value_enum, default_value = "envoy")]
    host: Kind,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// The filter for Envoy
    Envoy,
    /// The native module for Envoy
    Module,
    /// The Worker for Cloudflare
    Worker,
    /// The core as a package for Node and browsers
    Npm,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask build
  sudo cp target/wasm32-wasip1/release/wicketgate.wasm /etc/envoy/wicketgate.wasm
  cargo xtask build --host module      what Envoy loads into its own process
  cargo xtask build --host worker      what wrangler deploys, in target/edge-worker
  cargo xtask build --host npm
  npm install ./target/npm";

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
        Kind::Module => {
            let (cache, root) = (&checkout.cache, &checkout.root);
            let module = module::build(cache, root, &checkout.target_dir())?;
            let path = checkout.relative(&module.path).display();
            println!("{path}: {:.1} MB, for Envoy 1.40", module.size as f64 / 1e6);
            Ok(ExitCode::SUCCESS)
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
        Kind::Npm => {
            let package = npm::build(checkout)?;
            println!("{}", npm::describe(&package, checkout));
            if !package.fits() {
                eprintln!("error: its module is larger than {} bytes", npm_build::LIMIT);
            }
            Ok(exit_code(package.fits()))
        }
    }
}
