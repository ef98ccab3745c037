//! The fault table: one trial for each fault, named `host::fault`.
//!
//! `WICKETGATE_FAULTS=print` prints the table of what ran.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};
use wicketgate_host_tests::faults::envoy::OPEN;
use wicketgate_host_tests::faults::{Table, all};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One at a time: they measure how long a host takes.
    arguments.test_threads = Some(1);
    let table = Arc::new(Mutex::new(Table::default()));
    let trials = all().into_iter().map(|fault| {
        let table = Arc::clone(&table);
        Trial::test(fault.title(), move || {
            let row = fault.run().map_err(|error| Failed::from(format!("{error:#}")))?;
            let kept = row.check().map_err(|error| Failed::from(format!("{error:#}")));
            table.lock().unwrap_or_else(PoisonError::into_inner).enter(row);
            kept
        })
    });
    let mut trials: Vec<_> = trials.collect();
    trials.push(Trial::test("a_gate_that_opens_is_seen", || {
        let row = OPEN.run().map_err(|error| Failed::from(format!("{error:#}")))?;
        match row.check() {
            Err(broken) if broken.to_string().contains("unauthorised requests") => Ok(()),
            other => Err(Failed::from(format!("{other:?}: {row:?}"))),
        }
    }));
    let conclusion = libtest_mimic::run(&arguments, trials);
    if std::env::var_os("WICKETGATE_FAULTS").is_some() {
        println!("{}", table.lock().unwrap_or_else(PoisonError::into_inner));
    }
    conclusion.exit_code()
}
