//! `cargo xtask bench`

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use wicketgate_runtime::command::shown;
use wicketgate_testkit::checkout::Checkout;

use crate::exit_code;

/// Measure what something costs.
///
/// The benches are a crate of their own (testing/bench), built when one is run.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// The thing to measure, and its options; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let mut cargo = bench(checkout, &arguments.words);
    let status = cargo.status().with_context(|| format!("cannot run `{}`", shown(&cargo)))?;
    // Wrong arguments are told from a missed bound.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(exit_code(false), Into::into))
}

/// Installs what the benches compare the gate with.
pub(crate) fn install(checkout: &Checkout) -> Result<()> {
    let mut cargo = bench(checkout, &["install".to_owned()]);
    let status = cargo.status().with_context(|| format!("cannot run `{}`", shown(&cargo)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(&cargo));
    }
    Ok(())
}

fn bench(checkout: &Checkout, words: &[String]) -> Command {
    let mut cargo = checkout.cargo();
    cargo.args(["run", "--quiet", "--package", "wicketgate-bench", "--"]).args(words);
    cargo
}
