//! `cargo xtask bench core`

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::terminal::Paint;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::checkout::{Checkout, show};
use wicketgate_testkit::test_tools;

use crate::exit_code;

/// Count what a request costs, without a clock: the same in every run.
///
/// Fuel, very nearly instructions, and calls to the host of the filter that ships, under wasmtime:
/// held to host-tests/benches/fuel.txt, as `cargo xtask test` does. Instructions of a decision
/// natively, counted by callgrind where there is a valgrind. Both with policies of one and of many
/// rules, networks and keys. Exits with 1 if fuel or calls are not what is written down.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

const EXAMPLES: &str = "\
Examples:
  cargo xtask bench core
  WICKETGATE_UPDATE=1 cargo xtask bench core     write the fuel down anew
  sudo apt-get install valgrind                  if it is missing";

pub(crate) fn run(checkout: &Checkout, _: &Arguments) -> Result<ExitCode> {
    let title = |text: &str| println!("{}", Paint::for_stdout().strong(text));
    title("== fuel and host calls");
    let mut cargo = checkout.cargo();
    cargo.args(["test", "--quiet", "--package", "wicketgate-host-tests", "--test", "fuel"]);
    let good = show(checkout, cargo.args(["--", "--nocapture"]))?.0;
    title("\n== instructions of a decision, natively");
    match test_tools::valgrind() {
        Ok(()) => callgrind(checkout)?,
        Err(missing) => println!("skipped: {missing}"),
    }
    Ok(exit_code(good))
}

fn callgrind(checkout: &Checkout) -> Result<()> {
    let mut build = checkout.cargo();
    build.args(["build", "--quiet", "--profile", "measure", "--package", PACKAGE]);
    if !show(checkout, &mut build)?.0 {
        bail!("`{PACKAGE}` does not build");
    }
    let program = checkout.target_dir().join("measure").join(PACKAGE);
    println!("{:<10}{:>10}{:>10}{:>14}", "rules", "networks", "keys", "instructions");
    for (rules, networks, keys) in SIZES {
        // Under valgrind it takes most of a minute to read a million networks: once is enough.
        let kinds: &[&str] =
            if networks > 100_000 { &["allowed"] } else { &["allowed", "denied", "public"] };
        for kind in kinds {
            let size = [rules, networks, keys].map(|count: u32| count.to_string());
            let counted = |count| instructions(checkout, &program, &size, kind, count);
            let each = (counted(FEW + MANY)? - counted(FEW)?) / u64::from(MANY);
            println!("{rules:<10}{networks:>10}{keys:>10}{each:>14}  {kind}");
        }
    }
    Ok(())
}

/// All that a program runs that decides so often.
fn instructions(
    checkout: &Checkout,
    program: &Path,
    size: &[String; 3],
    kind: &str,
    count: u32,
) -> Result<u64> {
    let folder = checkout.cache.run_folder()?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    valgrind.arg("decide").args(size).args([kind, &count.to_string()]);
    let mut process = Process::start(&mut valgrind, &folder.path().join("output.log"))?;
    let status = wait_until("valgrind", Duration::from_secs(10 * 60), || process.ended())?;
    let output = process.output();
    if !status.success() {
        bail!("`{PACKAGE}` under valgrind ({status}): {output}");
    }
    collected(&output).context("callgrind tells no count")
}

/// Reads `==123== Collected : 4567`.
fn collected(output: &str) -> Option<u64> {
    let line = output.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(' ').next()?.parse().ok()
}

const PACKAGE: &str = "wicketgate-tokens";
const FEW: u32 = 100;
const MANY: u32 = 1_000;
/// Rules, networks and keys.
const SIZES: [(u32, u32, u32); 7] = [
    (1, 1, 1),
    (100, 1, 1),
    (10_000, 1, 1),
    (1, 10_000, 1),
    (1, 1_000_000, 1),
    (1, 1, 100),
    (1, 1, 10_000),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_callgrind_says() {
        assert_eq!(collected("==7== \n==7== Collected : 98765\n==7== x"), Some(98_765));
        assert_eq!(collected("==7== Events : Ir"), None);
    }
}
