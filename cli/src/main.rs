//! `wicketgate`: the command for people who run the gate.
//!
//! Each command is a file. All of them ask the decision core; no rule is implemented a second time
//! here.

#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![cfg_attr(test, expect(clippy::string_slice, reason = "tests show the text at a place"))]

mod address;
mod audit;
mod check;
mod completions;
mod diagnostics;
mod diff;
mod document;
mod exit;
mod explain;
mod init;
mod known;
mod meant;
mod output;
mod policy;
mod reasons;
mod render;
mod routes;
mod schema;
mod secrets;
mod test;
mod time;
mod token;
mod up;
mod value;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::Exit;

/// Guards internal endpoints at the edge: write, check and roll out its policies.
#[derive(Debug, Parser)]
#[command(name = "wicketgate", version, long_version = up::VERSION.as_str(), after_help = exit::CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Check(check::Arguments),
    Try(explain::TryArguments),
    Explain(explain::Arguments),
    Render(render::Arguments),
    Diff(diff::Arguments),
    Routes(routes::Arguments),
    Test(test::Arguments),
    Up(up::Arguments),
    Token(token::Arguments),
    Audit(audit::Arguments),
    Reasons(reasons::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // `--help` and `--version` come this way too.
            _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Ok.into() };
        }
    };
    wicketgate_runtime::progress::show();
    let outcome = match arguments.command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Try(arguments) => explain::run_try(arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Render(arguments) => render::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Routes(arguments) => routes::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Up(arguments) => up::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Reasons(arguments) => reasons::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::say(&format!("error: {error:#}\n"));
            Exit::Usage.into()
        }
    }
}
