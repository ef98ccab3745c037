//! `cargo xtask up --host worker`

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use wicketgate_harness::document;
use wicketgate_harness::gate::WorkerTools;
use wicketgate_harness::interrupt::Interrupted;
use wicketgate_harness::log_reader::LogReader;
use wicketgate_harness::progress::say;
use wicketgate_harness::wait::wait_until;
use wicketgate_harness::workerd::{self, Settings, Workerd};

use super::policy_file::PolicyFile;
use super::{Arguments, answers, environment, say_ready, upstream};
use crate::checkout::Checkout;
use crate::follow::Follow;
use crate::prepare;

/// Runs workerd with the Worker until Ctrl-C.
pub(super) fn run(
    checkout: &Checkout,
    arguments: &Arguments,
    mut file: PolicyFile,
) -> Result<ExitCode> {
    let shown = arguments.policy.display();
    let faults = faults(file.text())?;
    if !faults.is_empty() {
        say(&format!("error: the gate refuses `{shown}`:"));
        faults.iter().for_each(|fault| say(&format!("  {fault}")));
        return Ok(ExitCode::FAILURE);
    }
    let tools = prepare::worker(checkout)?;
    let mut gate = start(checkout, &tools, arguments, file.text())?;
    if !answers(&arguments.upstream) {
        say(&format!("  nothing answers at {} yet", upstream::shown(&arguments.upstream)));
    }
    say_ready(gate.address(), arguments)?;

    let mut follow = Follow::new(LogReader::at_start(gate.log()));
    let ended = wait_until("Ctrl-C", Duration::MAX, || {
        gate.check()?;
        follow.print_new()?;
        let Some(text) = file.changed() else { return Ok(None::<()>) };
        match self::faults(&text) {
            Ok(faults) if faults.is_empty() => {
                // Its place is taken until it has ended.
                gate.stop();
                follow.print_new()?;
                gate = start(checkout, &tools, arguments, &text)?;
                follow = Follow::new(LogReader::at_start(gate.log()));
                say(&format!("reloaded `{shown}`"));
            }
            Ok(faults) => keep(arguments, &faults),
            Err(error) => keep(arguments, &[format!("{error:#}")]),
        }
        Ok(None)
    });
    match ended {
        Err(error) if !error.is::<Interrupted>() => Err(error),
        _ => {
            drop(gate);
            say("stopped");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn keep(arguments: &Arguments, faults: &[String]) {
    say(&format!("kept the old policy, for `{}` is not right:", arguments.policy.display()));
    faults.iter().for_each(|fault| say(&format!("  {fault}")));
}

/// Asked before, because a Worker that refuses its policy starts all the same.
fn faults(policy: &str) -> Result<Vec<String>> {
    Ok(workerd::faults(policy, &variables(policy)?))
}

fn variables(policy: &str) -> Result<BTreeMap<String, String>> {
    Ok(environment(&document::environment_names(policy)?))
}

fn start(
    checkout: &Checkout,
    tools: &WorkerTools,
    arguments: &Arguments,
    policy: &str,
) -> Result<Workerd> {
    let settings = Settings {
        listen: arguments.listen,
        upstream: &arguments.upstream,
        worker: &tools.worker,
        policy,
        environment: &document::environment_names(policy)?,
        authority: None,
        test: false,
    };
    Workerd::start(&tools.binary, &settings, &variables(policy)?, checkout.cache.run_folder()?)
}
