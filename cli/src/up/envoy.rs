//! `wicketgate up` on Envoy.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use wicketgate_policy::jwt::KeyAddress;
use wicketgate_policy::{Host, Policy as Compiled};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::document::environment_names;
use wicketgate_runtime::envoy::{Envoy, Update};
use wicketgate_runtime::envoy_config::{self, Manager, Policy, Settings};
use wicketgate_runtime::log_reader::LogReader;
use wicketgate_runtime::progress::say;
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::{files, tools};

use super::built::Wasm;
use super::policy_file::PolicyFile;
use super::refusals::Refusals;
use super::{Arguments, compiled, ended, environment};
use crate::document::{Document, Tree};
use crate::exit::Exit;
use crate::output;
use crate::render::for_running;

/// Runs Envoy with the filter until Ctrl-C.
pub(super) fn run(arguments: &Arguments, mut file: PolicyFile, policy: &Compiled) -> Result<Exit> {
    let shown = arguments.policy.display();
    let wasm = Wasm::choose(arguments.wasm.as_deref())?;
    let shipped = for_running(policy, arguments.options)?;
    let cache = Cache::open()?;
    let binary = match &arguments.envoy {
        Some(path) => {
            // The path must be absolute, because Envoy runs in another folder. A bare name is
            // looked up in `PATH`.
            let path = path.canonicalize().unwrap_or_else(|_| path.clone());
            tools::envoy_at("--envoy", path)?
        }
        None => tools::envoy(&cache)?,
    };
    let folder = cache.run_folder()?;
    let wasm = wasm.path(&cache, &folder)?;

    let watched = folder.path().join("gate.json");
    let text = file.document().text()?;
    let names = environment_names(text).with_context(|| shown.to_string())?;
    let settings = Settings {
        listen: arguments.listen,
        upstream: &arguments.upstream,
        filter: &wasm,
        environment: &names,
        policy: Policy::Watched(&watched),
        manager: match arguments.envoy_defaults {
            true => Manager::EnvoyDefaults,
            false => Manager::Hardened,
        },
    };
    let first = envoy_config::extension(&shipped, &settings, text)?;
    files::write(&watched, first.to_string())?;
    let environment = environment(&names);
    let mut envoy = Envoy::start(&binary, &shipped, &settings, &environment, folder)?;
    if let Update::Refused(reasons) = envoy.first()? {
        let reasons: String = reasons.iter().map(|reason| format!("  {reason}\n")).collect();
        output::say(&format!("error: the gate refuses `{shown}`:\n{reasons}"));
        return Ok(Exit::InvalidPolicy);
    }
    if by_certificate(file.document()) {
        say("  nobody can show a certificate here: callers with one are denied");
    }
    arguments.say_ready(envoy.address())?;
    let keys = policy.key_addresses();
    let started = Started { shipped: &shipped, settings, environment: &environment, keys };

    let mut follow = arguments.follow(LogReader::at_start(envoy.log()));
    let mut refusals = Refusals::new(LogReader::at_start(&envoy.access_log()));
    let how = wait_until("Ctrl-C", Duration::MAX, || {
        envoy.check()?;
        follow.print_new()?;
        refusals.say_new()?;
        if let Some(document) = file.changed() {
            match reload(&mut envoy, &started, &document)? {
                Update::Live => {
                    say(&format!("reloaded `{shown}`"));
                    follow.forget(&[]);
                }
                Update::Refused(reasons) => {
                    arguments.keep(&reasons);
                    follow.forget(&reasons);
                }
            }
        }
        Ok(None::<()>)
    });
    drop(envoy);
    say("stopped");
    ended(how)
}

/// Settings that stay as they were when Envoy was started.
struct Started<'s> {
    shipped: &'s str,
    settings: Settings<'s>,
    environment: &'s BTreeMap<String, String>,
    /// Addresses with keys, each a cluster of Envoy's.
    keys: &'s [KeyAddress],
}

fn reload(envoy: &mut Envoy, started: &Started<'_>, document: &Document) -> Result<Update> {
    let Started { shipped, settings, environment, keys } = *started;
    let names = document.text().and_then(environment_names).unwrap_or_default();
    // Envoy's environment stays as it was at its start.
    let late: Vec<_> = names
        .iter()
        .filter(|name| !environment.contains_key(*name) && std::env::var_os(name).is_some())
        .map(|name| format!("it reads `{name}`, which is new to it: start `wicketgate up` again"))
        .collect();
    if !late.is_empty() {
        return Ok(Update::Refused(late));
    }
    // Report faults with their places, which the gate in Envoy does not know.
    match compiled(document, Host::Envoy) {
        Err(faults) => return Ok(Update::Refused(faults)),
        Ok(policy) if policy.key_addresses() != keys => {
            let reason = "it fetches keys otherwise than before: start `wicketgate up` again";
            return Ok(Update::Refused(vec![reason.to_owned()]));
        }
        Ok(_) => {}
    }
    envoy.update(shipped, &Settings { environment: &names, ..settings }, document.text()?)
}

/// Returns `true` if a caller is known by its certificate.
fn by_certificate(document: &Document) -> bool {
    let callers = document.tree.as_ref().and_then(|tree| tree.get("callers"));
    let mut callers = callers.map(Tree::members).unwrap_or_default().iter();
    callers.any(|caller| caller.value.get("mtls").is_some())
}
