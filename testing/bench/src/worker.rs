//! `cargo xtask bench worker`

mod arms;
pub(super) mod bounds;
mod config;
mod print;
mod runtime;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::value_parser;
use serde_json::Value;
use wicketgate_load::policies;
use wicketgate_runtime::progress::say;
use wicketgate_runtime::ships::WORKER;
use wicketgate_runtime::{files, tools};
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::{secret, test_tools, threads};

use self::arms::{Kit, request};
use self::runtime::Runtime;
use super::results::Results;
use super::rounds::{self, Plan};
use super::tokens::Signed;
use super::{arm, machine};
use crate::exit_code;

/// Measure what the gate costs in a Worker, beside what else there is for Workers.
///
/// One workerd, bound to a core, has a socket and a Worker for each arm, and one more Worker is the
/// origin that all of them ask; the requests come from another core. Each arm is first held to its
/// answers, the refusals included, and every answer that is timed is held to its status. Then come
/// rounds in which every arm is measured, in an order of its own. Exits with 1 if a bound is missed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The number of rounds; one more warms up
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = value_parser!(u32).range(1..=10_000))]
    rounds: u32,
    /// The number of requests of each arm in a round; a quarter if each has a new signature
    #[arg(long, value_name = "N", default_value_t = 4_000, value_parser = value_parser!(u32).range(10..=1_000_000))]
    requests: u32,
    /// Only this arm, and those that it is compared with; may be given more than once
    #[arg(long, value_name = "NAME")]
    arm: Vec<String>,
    /// Write the results to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask bench worker
  cargo xtask bench worker --rounds 100 --json docs/performance/worker.json
  cargo xtask bench worker --arm gate --arm hono-edits";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let plan = Plan {
        rounds: usize::try_from(arguments.rounds)?,
        requests: usize::try_from(arguments.requests)?,
    };
    let binary = tools::workerd(&checkout.cache)?;
    let peers = install(checkout)?;
    let worker = checkout.build(&WORKER)?;
    say("signing tokens, which is built for speed the first time");
    let mut signed = Vec::new();
    for algorithm in ["HS256", "RS256", "ES256"] {
        let name = algorithm.to_lowercase();
        let sent = arguments.arm.is_empty() || arguments.arm.iter().any(|arm| arm.contains(&name));
        let count = if sent { plan.tokens() } else { 1 };
        signed.push(Signed::make(checkout, algorithm, count + 1, &request)?);
    }
    let kit = Kit { secret: secret::make()?, signed };
    let mut arms = arm::chosen(kit.arms(), &arguments.arm, "floor")?;
    let mut secrets: BTreeMap<String, String> =
        kit.signed.iter().map(|signed| (signed.variable.clone(), signed.jwks.clone())).collect();
    secrets.insert(policies::TOKEN_VARIABLE.to_owned(), kit.secret.clone());
    let mut results = Results {
        machine: machine::machine(),
        versions: versions(checkout, &binary, &peers)?,
        rounds: plan.rounds,
        requests: plan.requests,
        ..Results::default()
    };

    let (core, other) = machine::cores()?;
    // workerd and its threads run where this one does when it is started.
    threads::bind_self(core)?;
    let folder = checkout.cache.run_folder()?;
    let bundles = peers.join(BUNDLES);
    say(&format!("starting workerd with {} arms", arms.len()));
    let runtime = Runtime::start(&binary, &arms, &worker.path, &bundles, &secrets, folder)?;
    threads::bind_self(other)?;
    for arm in &mut arms {
        rounds::check(arm, &runtime)?;
    }
    say(&format!("every arm answers as it must; measuring {} arms", arms.len()));
    results.arms = rounds::measure(&mut arms, &runtime, plan)?;
    let met = print::print(&results);
    if let Some(file) = &arguments.json {
        files::write(file, serde_json::to_string(&results)? + "\n")?;
    }
    Ok(exit_code(met))
}

/// Installs and bundles what else there is for Workers.
pub(crate) fn install(checkout: &Checkout) -> Result<PathBuf> {
    let mut bundle = vec!["node_modules/.bin/esbuild".to_owned()];
    bundle.extend(MODULES.map(|name| format!("{name}.mjs")));
    let options = ["--bundle", "--format=esm", "--out-extension:.js=.mjs", "--log-level=warning"];
    bundle.extend(options.map(str::to_owned));
    bundle.push(format!("--outdir={BUNDLES}"));
    let folder = checkout.root.join("testing/bench/src/worker/peers");
    test_tools::app_folder(&checkout.cache, "bench-worker-peers", &folder, &[bundle])
}

const MODULES: [&str; 8] =
    ["origin", "floor", "refusal", "javascript", "javascript-edits", "hono", "hono-edits", "jose"];

const BUNDLES: &str = "bundles";

fn versions(checkout: &Checkout, binary: &Path, peers: &Path) -> Result<Vec<(String, String)>> {
    let workerd = machine::told(Command::new(binary).arg("--version"));
    let workerd = workerd.split(' ').nth(1).unwrap_or("unknown").to_owned();
    let mut versions = vec![("workerd".to_owned(), workerd)];
    let package = files::read(&peers.join("package.json"))?;
    let package: Value = serde_json::from_str(&package).context("package.json")?;
    for name in ["hono", "jose"] {
        let version = package["dependencies"][name].as_str().context("an unknown package")?;
        versions.push((name.to_owned(), version.to_owned()));
    }
    versions.extend(machine::versions(checkout));
    Ok(versions)
}
