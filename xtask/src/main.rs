//! The project's own commands: `cargo xtask <command>`.

mod attack;
mod bench;
mod build;
mod constant_time;
mod curl;
mod demo;
mod faults;
mod fuzz;
mod host;
mod parity;
mod prepare;
mod report;
mod setup;
mod site;
mod soak;
mod steps;
mod test;
mod tokens;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use wicketgate_runtime::interrupt::{self, Interrupted};
use wicketgate_runtime::progress::{self, say};
pub(crate) use wicketgate_runtime::{follow, terminal};

use wicketgate_testkit::checkout::Checkout;

/// Commands for trying, building and testing wicketgate.
///
/// A command installs what it needs (Envoy, the packages of the examples) into a folder outside the
/// checkout: $WICKETGATE_CACHE, or else wicketgate in $XDG_CACHE_HOME or ~/.cache.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Setup(setup::Arguments),
    Build(build::Arguments),
    Demo(demo::Arguments),
    Parity(parity::Arguments),
    Test(test::Arguments),
    Attack(attack::Arguments),
    Faults(faults::Arguments),
    Soak(soak::Arguments),
    Fuzz(fuzz::Arguments),
    ConstantTime(constant_time::Arguments),
    Tokens(tokens::Arguments),
    Bench(bench::Arguments),
    Site(site::Arguments),
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask demo                 watch Envoy refuse and admit requests to a FastAPI app
  cargo xtask demo --example all   the same for every example
  cargo xtask test                 everything that CI runs";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    progress::show();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) if error.is::<Interrupted>() => {
            say("interrupted");
            ExitCode::from(interrupt::EXIT_CODE)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    interrupt::install()?;
    let checkout = Checkout::open()?;
    match command {
        Command::Setup(arguments) => setup::run(&checkout, &arguments),
        Command::Build(arguments) => build::run(&checkout, &arguments),
        Command::Demo(arguments) => demo::run(&checkout, &arguments),
        Command::Parity(arguments) => parity::run(&checkout, &arguments),
        Command::Test(arguments) => test::run(&checkout, &arguments),
        Command::Attack(arguments) => attack::run(&checkout, &arguments),
        Command::Faults(arguments) => faults::run(&checkout, &arguments),
        Command::Soak(arguments) => soak::run(&checkout, &arguments),
        Command::Fuzz(arguments) => fuzz::run(&checkout, &arguments),
        Command::ConstantTime(arguments) => constant_time::run(&checkout, &arguments),
        Command::Tokens(arguments) => tokens::run(&checkout, &arguments),
        Command::Bench(arguments) => bench::run(&checkout, &arguments),
        Command::Site(arguments) => site::run(&checkout, &arguments),
    }
}

/// 0 if everything was as it should be, else 1.
fn exit_code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
