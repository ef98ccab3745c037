//! Every example's table, with the hardened settings and with Envoy's own.

use anyhow::{Context, Result};
use wicketgate_harness::envoy_config::Manager;
use wicketgate_harness::example::Example;
use wicketgate_harness::gate::Host;
use wicketgate_harness::interrupt;
use wicketgate_harness::origin::Installed;
use wicketgate_harness::runner::{Running, Tools};

use crate::checkout::Checkout;
use crate::prepare;
use crate::report::{Columns, Sum};
use crate::steps::Count;
use crate::terminal::{Paint, width};

/// Runs them; each row counts.
pub(super) fn run(checkout: &Checkout) -> Result<Count> {
    let names = Example::names(&checkout.root)?;
    let load = |name: &String| Example::load(&checkout.root, name);
    let examples = names.iter().map(load).collect::<Result<Vec<_>>>()?;
    let (tools, installed) = prepare::all(checkout, Host::Envoy(Manager::Hardened), &examples)?;
    let mut count = Count::default();
    for (example, installed) in examples.iter().zip(&installed) {
        for (manager, settings) in
            [(Manager::Hardened, "hardened"), (Manager::EnvoyDefaults, "Envoy's defaults")]
        {
            let title = format!("{} ({settings})", example.about.name);
            match table(&tools, example, installed, Host::Envoy(manager)) {
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
fn table(tools: &Tools, example: &Example, installed: &Installed, host: Host) -> Result<Sum> {
    let mut running = Running::start(tools, example.clone(), installed, host)?;
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
