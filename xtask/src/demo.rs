//! `cargo xtask demo`

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use wicketgate_runtime::interrupt::Interrupted;
use wicketgate_runtime::log_reader::LogReader;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::example::Example;
use wicketgate_testkit::gate::Host;
use wicketgate_testkit::runner::{RowResult, Running};
use wicketgate_testkit::table::Table;

use crate::follow::{Follow, coloured};
use crate::host::HostArguments;
use crate::prepare::{self, Prepared};
use crate::report::{Columns, Sum};
use crate::terminal::{Paint, width};
use crate::{curl, exit_code};

/// Run an example: a real app behind real Envoy with the filter, and its table of requests.
///
/// Builds the filter, installs what is missing, starts the app and Envoy on free ports with
/// secrets made for this run, sends every request of examples/NAME/requests.json and compares
/// what came of it: the answer, the audit line, and what the app itself says about which of its
/// handlers ran. Ends what it started. Exits with 1 if a row is not as expected.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The example, or `all`
    #[arg(long, value_name = "NAME", default_value = "signal-jobs")]
    example: String,
    #[command(flatten)]
    host: HostArguments,
    /// Leave the app and Envoy running until Ctrl-C, and print `curl` lines to try
    #[arg(long)]
    keep: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask demo
  cargo xtask demo --example all
  cargo xtask demo --example billing-services --envoy-defaults
  cargo xtask demo --host worker
  cargo xtask demo --keep

Columns: what the row shows; the request; who had to answer what (allow, deny: the gate; pass:
not guarded; envoy: refused by Envoy before the gate); the status and the reason code that came;
the handlers of the app that ran; microseconds for the whole exchange.";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let names = match arguments.example.as_str() {
        "all" => Example::names(&checkout.root)?,
        name => vec![name.to_owned()],
    };
    let host = arguments.host.host()?;
    let load = |name: &String| Example::load(&checkout.root, name);
    let examples = names.iter().map(load).collect::<Result<Vec<_>>>()?;
    let prepared = prepare::examples(checkout, host, &examples)?;
    let mut sums = Vec::new();
    let count = examples.len();
    for (index, (example, prepared)) in examples.into_iter().zip(&prepared).enumerate() {
        let name = example.about.name.clone();
        let (sum, running) = show(prepared, example, host)?;
        sums.push((name, sum));
        // With several examples the last one stays: each has its turn before.
        if arguments.keep && index + 1 == count {
            keep(running)?;
        }
    }
    let paint = Paint::for_stdout();
    if count > 1 {
        println!();
        for (name, sum) in &sums {
            println!("{name:<18} {}", sum.verdict(paint));
        }
    }
    Ok(exit_code(sums.iter().all(|(_, sum)| sum.good())))
}

fn show(prepared: &Prepared, example: Example, host: Host) -> Result<(Sum, Running)> {
    let paint = Paint::for_stdout();
    let table = Table::load(&example.folder.join("requests.json"))?;
    println!();
    println!("{}", paint.strong(&format!("{}: {}", example.about.name, example.about.about)));
    let mut running = Running::start(&prepared.tools, example, &prepared.origin, host)?;
    println!(
        "{} on {}, the app on {}",
        host.describe(),
        running.gate().address(),
        running.origin().address(),
    );
    println!();
    let columns = Columns::new(paint, width(), host, &table);
    println!("{}", columns.heading());
    let mut results = Vec::new();
    for row in &table.rows {
        let result = running.run(row)?;
        println!("{}", columns.row(&result));
        results.push(result);
    }
    println!();
    println!("{}", paint.strong("audit lines (the gate logs them as JSON)"));
    for event in results.iter().flat_map(|result: &RowResult| &result.events) {
        println!("{}", coloured(event, paint));
    }
    let mut sum = Sum::default();
    results.iter().for_each(|result| sum.add(result));
    println!();
    println!("{}", sum.verdict(paint));
    Ok((sum, running))
}

/// Waits for Ctrl-C, which is how this is meant to end.
fn keep(mut running: Running) -> Result<()> {
    println!();
    println!("{}", curl::lines(&mut running)?);
    println!("Ctrl-C ends both.");
    let mut follow = Follow::new(LogReader::at_end(running.gate().log())?);
    let ended = wait_until("Ctrl-C", Duration::MAX, || {
        running.gate().check()?;
        follow.print_new()?;
        Ok(None::<()>)
    });
    match ended {
        Err(error) if !error.is::<Interrupted>() => Err(error),
        _ => Ok(()),
    }
}
