//! `cargo xtask constant-time`

mod report;

use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use wicketgate_runtime::files;
use wicketgate_runtime::process::Process;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::checkout::{Checkout, show};
use wicketgate_testkit::test_tools::valgrind;

use crate::exit_code;
use crate::steps::Count;
use crate::terminal::Paint;
use crate::test::tests;

use report::{Finding, findings};

/// Hold the comparison of secrets to constant time, in two ways.
///
/// Fuel: what the request's callbacks of the module that ships cost under wasmtime, for over 2,000
/// wrong tokens. Memcheck: the core, built as it ships, run by valgrind with every secret marked
/// undefined, so that each branch and each address that depends on one is told. Both are shown to
/// catch a comparison that ends at the first wrong byte, which only they compile.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

const EXAMPLES: &str = "\
Examples:
  cargo xtask constant-time
  sudo apt-get install valgrind     if it is missing";

pub(crate) fn run(checkout: &Checkout, _: &Arguments) -> Result<ExitCode> {
    println!("{}", Paint::for_stdout().strong("== fuel"));
    let words = ["test", "--package", "wicketgate-host-tests", "--test", "filter", "constant_time"];
    let mut count = tests(checkout, &[&words[..], &["--", "--nocapture"]].concat())?;
    println!("\n{}", Paint::for_stdout().strong("== memcheck"));
    valgrind()?;
    count.add(memcheck(checkout)?);
    println!("\n{} passed, {} failed", count.passed, count.failed);
    Ok(exit_code(count.failed == 0 && count.passed >= 4))
}

/// Runs the core under memcheck, as it ships and with a planted early exit.
pub(crate) fn memcheck(checkout: &Checkout) -> Result<Count> {
    let shipped = watch(checkout, Comparison::Shipped)?;
    shipped.iter().for_each(|finding| println!("{finding}"));
    println!("as it ships: {} branches or addresses depend on a secret", shipped.len());
    let planted = watch(checkout, Comparison::EarlyExit)?;
    println!("with a planted early exit: {} (more than 0 is good)", planted.len());
    let mut count = Count::one(shipped.is_empty());
    count.add(Count::one(!planted.is_empty()));
    Ok(count)
}

#[derive(Clone, Copy)]
enum Comparison {
    Shipped,
    EarlyExit,
}

fn watch(checkout: &Checkout, comparison: Comparison) -> Result<Vec<Finding>> {
    let target = match comparison {
        Comparison::Shipped => checkout.target_dir(),
        Comparison::EarlyExit => checkout.target_dir().join("constant-time-early-exit"),
    };
    let mut build = checkout.cargo();
    build.args(["build", "--quiet", "--profile", "memcheck", "--package", PACKAGE]);
    build.arg("--target-dir").arg(&target).env_remove("RUSTFLAGS");
    if let Comparison::EarlyExit = comparison {
        build.args(["--config", "build.rustflags=['--cfg', 'wicketgate_early_exit']"]);
    }
    if !show(checkout, &mut build)?.0 {
        bail!("`{PACKAGE}` does not build");
    }
    let folder = checkout.cache.run_folder()?;
    let xml = folder.path().join("memcheck.xml");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=memcheck", "--leak-check=no", "--read-inline-info=yes", "--xml=yes"]);
    valgrind
        .arg(format!("--xml-file={}", xml.display()))
        .arg(target.join("memcheck").join(PACKAGE));
    let mut process = Process::start(&mut valgrind, &folder.path().join("output.log"))?;
    let status = wait_until("valgrind", Duration::from_secs(10 * 60), || process.ended())?;
    println!("{}", process.output().trim_end());
    if !status.success() {
        bail!("`{PACKAGE}` under valgrind: {status}");
    }
    let table = files::read(&checkout.root.join("policy/src/credential/token/table.rs"))?;
    let end = table.lines().position(|line| line.contains(END)).context("no end is marked")?;
    findings(&files::read(&xml)?, end + 1)
}

const PACKAGE: &str = "wicketgate-constant-time";

/// The comment behind which the outcome of a comparison is known.
const END: &str = "// Constant time ends here";
