//! `wicketgate up --host worker`

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use wicketgate_policy::Host;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::document::environment_names;
use wicketgate_runtime::log_reader::LogReader;
use wicketgate_runtime::progress::say;
use wicketgate_runtime::tools;
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::workerd::{Settings, Workerd};

use super::built::Worker;
use super::policy_file::PolicyFile;
use super::{Arguments, compiled, ended, environment};
use crate::document::Document;
use crate::exit::Exit;

/// Runs workerd with the Worker until Ctrl-C.
pub(super) fn run(arguments: &Arguments, mut file: PolicyFile) -> Result<Exit> {
    let worker = Worker::choose()?;
    let cache = Cache::open()?;
    let binary = tools::workerd(&cache)?;
    let folder = cache.run_folder()?;
    let worker = worker.folder(&cache, &folder)?;
    let start = |document: &Document| start(arguments, &cache, &binary, &worker, document);
    let mut gate = start(file.document())?;
    arguments.say_ready(gate.address())?;

    let mut follow = arguments.follow(LogReader::at_start(gate.log()));
    let how = wait_until("Ctrl-C", Duration::MAX, || {
        gate.check()?;
        follow.print_new()?;
        let Some(document) = file.changed() else { return Ok(None::<()>) };
        // Check the policy first, because a Worker that refuses its policy starts all the same.
        if let Err(faults) = compiled(&document, Host::Cloudflare) {
            arguments.keep(&faults);
            return Ok(None);
        }
        // The address is in use until the old one has ended.
        gate.stop();
        follow.print_new()?;
        gate = start(&document)?;
        follow = arguments.follow(LogReader::at_start(gate.log()));
        say(&format!("reloaded `{}`", arguments.policy.display()));
        Ok(None)
    });
    drop(gate);
    say("stopped");
    ended(how)
}

fn start(
    arguments: &Arguments,
    cache: &Cache,
    binary: &Path,
    worker: &Path,
    document: &Document,
) -> Result<Workerd> {
    let policy = document.text()?;
    let names = environment_names(policy)?;
    let settings = Settings {
        listen: arguments.listen,
        upstream: &arguments.upstream,
        worker,
        policy,
        environment: &names,
        authority: None,
        test: false,
    };
    Workerd::start(binary, &settings, &environment(&names), cache.run_folder()?)
}
