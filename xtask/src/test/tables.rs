//! Every example's table on a host.

use anyhow::{Context, Result};
use wicketgate_harness::example::Example;
use wicketgate_harness::gate::Host;
use wicketgate_harness::interrupt;
use wicketgate_harness::runner::Running;

use crate::checkout::Checkout;
use crate::prepare::{self, Prepared};
use crate::report::{Columns, Sum};
use crate::steps::Count;
use crate::terminal::{Paint, width};

/// Runs them on each of `hosts`, which take the same tools; each row counts.
pub(super) fn run(checkout: &Checkout, hosts: &[Host]) -> Result<Count> {
    let names = Example::names(&checkout.root)?;
    let load = |name: &String| Example::load(&checkout.root, name);
    let examples = names.iter().map(load).collect::<Result<Vec<_>>>()?;
    let mut count = Count::default();
    let Some(&first) = hosts.first() else { return Ok(count) };
    let prepared = prepare::examples(checkout, first, &examples)?;
    for (example, prepared) in examples.iter().zip(&prepared) {
        for &host in hosts {
            let title = format!("{} ({})", example.about.name, host.describe());
            match table(prepared, example, host) {
                Ok(sum) => {
                    println!("{title}: {}", sum.verdict(Paint::for_stdout()));
                    let (rows, passed) = (sum.rows as u64, sum.as_expected as u64);
                    count.add(Count { passed, failed: rows - passed });
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

/// Runs a table and prints the rows that are not as expected.
fn table(prepared: &Prepared, example: &Example, host: Host) -> Result<Sum> {
    let mut running = Running::start(&prepared.tools, example.clone(), &prepared.origin, host)?;
    let table = running.table()?;
    let columns = Columns::new(Paint::for_stdout(), width(), host, &table);
    let mut sum = Sum::default();
    for row in &table.rows {
        let result = running.run(row).context("the table ends here")?;
        sum.add(&result);
        if !result.passed() {
            println!("{}", columns.row(&result));
        }
    }
    Ok(sum)
}
