//! `cargo xtask test`

pub(crate) mod cargo;
mod coverage;
mod explained;
mod installed;
mod layers;
mod lints;
mod site;
mod tables;
mod tree;
mod up_check;
mod worker;

pub(crate) use cargo::tests;
use cargo::tests_under_memcheck;

use std::process::ExitCode;

use anyhow::Result;
use wicketgate_runtime::envoy_config::Manager;
use wicketgate_runtime::filter::TARGET;
use wicketgate_runtime::ships::{FILTER, MODULE};
use wicketgate_runtime::tools;
use wicketgate_testkit::checkout::{Checkout, show};
use wicketgate_testkit::gate::Host;
use wicketgate_testkit::test_tools::{self, CargoTool, valgrind};

use crate::setup::BARE_TARGET;
use crate::steps::{Count, Steps};
use crate::terminal::Paint;
use crate::{attack, constant_time, exit_code};

/// Run everything that has to pass: what CI runs, with real Envoy and real origins.
///
/// Checks the tracked files, formatting, lints, the core without a standard library, unit tests, the
/// size of the filter and of the native module, every vector on every host, the filter under wasmtime and behind Envoy, the npm package in Node,
/// the short form of `cargo xtask tokens`,
/// what the command line renders, every example's table with the hardened settings and with Envoy's
/// own, the Worker and the same tables on workerd, `wicketgate explain` on every audit line of the
/// tables, `wicketgate up`, the command as `cargo install` leaves it, the site and its playground in a
/// browser, the quick form of
/// `cargo xtask attack`, and the dependencies' licences and sources. Installs what is missing. Goes
/// on after a failure, and exits with 1 if there was one.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Also report which lines of `policy` its tests run, and fail below 95 %
    #[arg(long)]
    coverage: bool,
    /// Run only this step; may be given more than once
    #[arg(long, value_name = "STEP", value_parser = STEPS)]
    only: Vec<String>,
}

const STEPS: [&str; 20] = [
    "tree",
    "fmt",
    "clippy",
    "clippy-wasm",
    "no-std",
    "unit",
    "filter",
    "module",
    "module-memory",
    "host-tests",
    "constant-time",
    "cli",
    "tables",
    "worker",
    "up",
    "installed",
    "site",
    "attack",
    "deny",
    "coverage",
];

const EXAMPLES: &str = "\
Examples:
  cargo xtask test
  cargo xtask test --coverage
  cargo xtask test --only tables --only up
  cargo test                        only what needs no installs";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let mut steps = Steps::new(Paint::for_stdout(), &arguments.only);
    let cargo = |words: &[&str]| cargo::check(checkout, words);
    steps.run("tree", || tree::run(checkout))?;
    steps.run("fmt", || cargo(&["fmt", "--all", "--check"]))?;
    steps.run("clippy", || {
        let mut count = lints::run(checkout)?;
        count.add(layers::run(checkout)?);
        count.add(cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?);
        Ok(count)
    })?;
    steps.run("clippy-wasm", || {
        tools::target(&checkout.cache, &checkout.root, TARGET)?;
        let filter = ["clippy", "--package", "wicketgate-filter", "--target", TARGET];
        cargo(&[&filter[..], &["--", "-D", "warnings"]].concat())
    })?;
    steps.run("no-std", || {
        tools::target(&checkout.cache, &checkout.root, BARE_TARGET)?;
        let bare = ["build", "--package", "wicketgate-policy", "--target", BARE_TARGET];
        let mut count = cargo(&bare)?;
        count.add(cargo(&[&bare[..], &["--no-default-features"]].concat())?);
        Ok(count)
    })?;
    steps.run("unit", || tests(checkout, &["test", "--no-fail-fast"]))?;
    steps.run("filter", || {
        let built = checkout.build(&FILTER)?;
        println!("{}", checkout.describe(&built));
        Ok(Count::one(built.fits()))
    })?;
    steps.run("module", || {
        let built = checkout.build(&MODULE)?;
        println!("{}", checkout.describe(&built));
        // The header by which a test asks for a panic (`envoy-module/src/fault.rs`).
        let fault = b"wicketgate-test-panic";
        let bytes = std::fs::read(&built.path)?;
        let ships = !bytes.windows(fault.len()).any(|window| window == fault);
        Ok(Count::one(ships && built.fits()))
    })?;
    match valgrind() {
        Ok(()) => steps.run("module-memory", || {
            // In a fake Envoy that overwrites what it has handed over.
            let words = ["test", "--package", "wicketgate-envoy-module", "--test", "module"];
            tests_under_memcheck(checkout, &words)
        })?,
        Err(missing) => steps.skip("module-memory", &missing.to_string()),
    }
    steps.run("host-tests", || {
        let package = ["--package", "wicketgate-host-tests", "--package", "wicketgate-tokens"];
        tests(checkout, &[&["test", "--no-fail-fast"], package.as_slice()].concat())
    })?;
    match valgrind() {
        Ok(()) => steps.run("constant-time", || constant_time::memcheck(checkout))?,
        Err(missing) => steps.skip("constant-time", &missing.to_string()),
    }
    steps.run("cli", || {
        // Those that need Envoy and the built filter; the others are among the unit tests.
        let package = ["--package", "wicketgate", "--", "--ignored"];
        tests(checkout, &[&["test", "--no-fail-fast"], package.as_slice()].concat())
    })?;
    steps.run("tables", || {
        let managers = [Manager::Hardened, Manager::EnvoyDefaults];
        let mut count = tables::run(checkout, &managers.map(Host::Envoy))?;
        count.add(tables::run(checkout, &managers.map(Host::Module))?);
        Ok(count)
    })?;
    steps.run("worker", || worker::run(checkout))?;
    steps.run("up", || up_check::run(checkout))?;
    steps.run("installed", || installed::run(checkout))?;
    steps.run("site", || site::run(checkout))?;
    steps.run("attack", || attack::check(checkout))?;
    steps.run("deny", || deny(checkout))?;
    if arguments.coverage || arguments.only.iter().any(|only| only == "coverage") {
        steps.run("coverage", || coverage::run(checkout))?;
    }
    println!("\n{}\n", steps.summary());
    let Count { passed, failed, skipped } = steps.sum();
    // CI reads the last line: nothing may follow it.
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    Ok(exit_code(failed == 0 && passed > 0))
}

fn deny(checkout: &Checkout) -> Result<Count> {
    let tool = test_tools::cargo_tool(&checkout.cache, CargoTool::DENY)?;
    let mut command = std::process::Command::new(tool);
    command.current_dir(&checkout.root).args(["check", "bans", "licenses", "sources"]);
    Ok(Count::one(show(checkout, &mut command)?.0))
}
