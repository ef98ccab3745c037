//! Every example's table on a host, and its audit lines explained.

use std::path::Path;

use anyhow::{Context, Result};
use wicketgate_runtime::interrupt;
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::cli_build;
use wicketgate_testkit::example::Example;
use wicketgate_testkit::gate::Host;
use wicketgate_testkit::runner::Running;

use super::explained::{Explained, explain};
use crate::prepare::{self, Prepared};
use crate::report::{Columns, Sum};
use crate::steps::Count;
use crate::terminal::{Paint, width};

/// Runs them on each of `hosts`, which take the same tools; each row counts, and each audit line
/// that `wicketgate explain` is asked about.
pub(super) fn run(checkout: &Checkout, hosts: &[Host]) -> Result<Count> {
    let names = Example::names(&checkout.root)?;
    let load = |name: &String| Example::load(&checkout.root, name);
    let examples = names.iter().map(load).collect::<Result<Vec<_>>>()?;
    let mut count = Count::default();
    let Some(&first) = hosts.first() else { return Ok(count) };
    let prepared = prepare::examples(checkout, first, &examples)?;
    let command = cli_build::build(&checkout.cache, &checkout.root, &checkout.target_dir())?;
    for (example, prepared) in examples.iter().zip(&prepared) {
        for &host in hosts {
            let title = format!("{} ({})", example.about.name, host.describe());
            match table(prepared, example, host, &command) {
                Ok((sum, explained)) => {
                    println!("{title}: {}", sum.verdict(Paint::for_stdout()));
                    let (rows, passed) = (sum.rows as u64, sum.as_expected as u64);
                    count.add(Count { passed, failed: rows - passed, skipped: 0 });
                    println!("{title}: {}", explained.verdict());
                    count.add(explained.count());
                }
                // The other tables can still tell something.
                Err(error) => {
                    interrupt::check()?;
                    println!("{title}: error: {error:#}");
                    count.add(Count::one(false));
                }
            }
        }
    }
    Ok(count)
}

/// Runs a table and has its audit lines explained; prints the rows that are not as expected, and
/// the lines that are not.
fn table(
    prepared: &Prepared,
    example: &Example,
    host: Host,
    command: &Path,
) -> Result<(Sum, Explained)> {
    let mut running = Running::start(&prepared.tools, example.clone(), &prepared.origin, host)?;
    let table = running.table()?;
    let paint = Paint::for_stdout();
    let columns = Columns::new(paint, width(), host, &table);
    let (mut sum, mut lines) = (Sum::default(), Vec::new());
    for row in &table.rows {
        let result = running.run(row).context("the table ends here")?;
        sum.add(&result);
        if !result.passed() {
            println!("{}", columns.row(&result));
        }
        let target = running.target(row)?;
        lines.extend(result.events.into_iter().map(|event| (event, target.clone())));
    }
    let explained = explain(command, &prepared.tools.cache, running.policy(), &lines)?;
    for wrong in &explained.wrong {
        println!("{}", paint.bad(&format!("    explain: {wrong}")));
    }
    Ok((sum, explained))
}
