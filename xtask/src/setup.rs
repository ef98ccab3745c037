//! `cargo xtask setup`

use std::process::ExitCode;

use anyhow::Result;
use wicketgate_runtime::envoy_config::Manager;
use wicketgate_runtime::filter::TARGET;
use wicketgate_runtime::tools;
use wicketgate_runtime::worker_build;
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::example::Example;
use wicketgate_testkit::gate::{Host, HostTools};
use wicketgate_testkit::test_tools::{self, CargoTool};

use crate::{attack, bench, prepare};

/// Install everything that the other commands need, and build the filter.
///
/// The other commands install what they need by themselves; this does it all at once, for an
/// image or before a flight. Rust's targets go into the toolchain, everything else into a folder
/// outside the checkout.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

const EXAMPLES: &str = "\
Examples:
  cargo xtask setup
  WICKETGATE_CACHE=/srv/wicketgate cargo xtask setup
  ENVOY_BIN=/usr/local/bin/envoy cargo xtask setup";

/// The target on which the core has no standard library to fall back on.
pub(crate) const BARE_TARGET: &str = "wasm32v1-none";

pub(crate) fn run(checkout: &Checkout, _: &Arguments) -> Result<ExitCode> {
    for target in [TARGET, worker_build::TARGET, BARE_TARGET] {
        tools::target(&checkout.cache, &checkout.root, target)?;
    }
    test_tools::component(&checkout.cache, &checkout.root, "llvm-tools")?;
    for tool in [CargoTool::DENY, CargoTool::LLVM_COV, CargoTool::FUZZ, CargoTool::MDBOOK] {
        test_tools::cargo_tool(&checkout.cache, tool)?;
    }
    test_tools::typescript(&checkout.cache)?;
    let names = Example::names(&checkout.root)?;
    let load = |name: &String| Example::load(&checkout.root, name);
    let examples = names.iter().map(load).collect::<Result<Vec<_>>>()?;
    let prepared = prepare::examples(checkout, Host::Envoy(Manager::Hardened), &examples)?;
    prepare::all(checkout, Host::Worker, &[])?;
    attack::install(checkout)?;
    bench::install(checkout)?;
    if let Some(HostTools::Envoy(tools)) = prepared.first().map(|prepared| &prepared.tools.host) {
        println!("Envoy: {}", tools.binary.display());
    }
    println!("the rest: {}", checkout.cache.root().display());
    println!("ready; next: cargo xtask demo");
    Ok(ExitCode::SUCCESS)
}
