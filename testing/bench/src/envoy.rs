//! `cargo xtask bench envoy`

mod arms;
pub(super) mod bounds;
mod config;
pub(super) mod crowd;
mod footprint;
mod latency;
mod peers;
mod print;
mod proxy;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::value_parser;
use wicketgate_load::policies;
use wicketgate_load::service::Service;
use wicketgate_runtime::envoy_config::Manager;
use wicketgate_runtime::progress::{Step, say};
use wicketgate_runtime::ships::{FILTER, MODULE};
use wicketgate_runtime::{files, tools};
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::{secret, threads};

use self::arms::{Arm, Kit};
use self::config::Shipped;
use self::proxy::Proxy;
use super::results::Results;
use super::rounds::{self, Plan};
use super::tokens::Signed;
use super::traffic::request;
use super::{arm, machine};
use crate::exit_code;

/// Measure what the gate costs in Envoy, beside what else Envoy offers.
///
/// One Envoy with one worker, bound to a core, has a listener for each arm; the requests come from
/// another core. Each arm is first held to its answers, the refusals included, and every answer
/// that is timed is held to its status. Then come rounds in which every arm is measured, in an order
/// of its own. Exits with 1 if a bound is missed.
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
  cargo xtask bench envoy
  cargo xtask bench envoy --rounds 100 --json docs/performance/envoy.json
  cargo xtask bench envoy --arm gate --arm lua     without latency and memory";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let plan = Plan {
        rounds: usize::try_from(arguments.rounds)?,
        requests: usize::try_from(arguments.requests)?,
    };
    let binary = tools::envoy(&checkout.cache)?;
    let folder = checkout.cache.run_folder()?;
    let kit = kit(checkout, plan, folder.path())?;
    let mut arms = arm::chosen(kit.arms()?, &arguments.arm, "none")?;
    let (core, other) = machine::cores()?;
    let mut service = Service::bind(&kit.secret, (Ipv4Addr::LOCALHOST, 24))?;
    let mut secrets: BTreeMap<String, String> =
        kit.signed.iter().map(|signed| (signed.variable.clone(), signed.jwks.clone())).collect();
    secrets.insert(policies::TOKEN_VARIABLE.to_owned(), kit.secret.clone());
    secrets.insert("WICKETGATE_ENVIRONMENT".to_owned(), "production".to_owned());

    let mut results = Results {
        machine: machine::machine(),
        versions: versions(checkout, &binary),
        rounds: plan.rounds,
        requests: plan.requests,
        ..Results::default()
    };
    if arguments.arm.is_empty() {
        say("memory, and time to start");
        results.footprints =
            footprint::measure(checkout, &binary, &kit, service.address(), &secrets)?;
    }
    let proxy = start(checkout, &binary, &kit, &arms, &service, &secrets)?;
    proxy.worker()?.bind(core)?;
    // The service's threads run where this one does.
    threads::bind_self(other)?;
    service.serve()?;
    for arm in &mut arms {
        rounds::check(arm, &proxy)?;
    }
    say(&format!("every arm answers as it must; measuring {} arms", arms.len()));
    results.arms = rounds::measure(&mut arms, &proxy, plan)?;
    if arguments.arm.is_empty() {
        say("latency");
        results.latencies = latency::measure(&mut arms, &results.arms, &proxy, plan)?;
    }
    let met = print::print(&results);
    if let Some(file) = &arguments.json {
        files::write(file, serde_json::to_string(&results)? + "\n")?;
    }
    Ok(exit_code(met))
}

fn kit(checkout: &Checkout, plan: Plan, folder: &Path) -> Result<Kit> {
    let wasm = checkout.build(&FILTER)?.path;
    let native = checkout.build(&MODULE)?.path;
    say("signing tokens, which is built for speed the first time");
    let mut signed = Vec::new();
    for algorithm in ["HS256", "RS256", "ES256", "EdDSA"] {
        signed.push(Signed::make(checkout, algorithm, plan.tokens() + 1, &request)?);
    }
    let mut variables: BTreeSet<String> =
        signed.iter().map(|signed| signed.variable.clone()).collect();
    variables.insert(policies::TOKEN_VARIABLE.to_owned());
    variables.insert("WICKETGATE_ENVIRONMENT".to_owned());
    Ok(Kit {
        shipped: Shipped::new(checkout.shipped_envoy_yaml()?, Manager::Hardened, variables)?,
        wasm,
        native,
        modules: assembled(checkout, folder)?,
        secret: secret::make()?,
        signed,
    })
}

/// Modules made of their text, in `folder`.
fn assembled(checkout: &Checkout, folder: &Path) -> Result<PathBuf> {
    for name in ["noop", "noop-callbacks", "calls-public", "calls-allowed"] {
        let text = checkout.root.join(format!("testing/bench/src/envoy/{name}.wat"));
        let module = folder.join(format!("{name}.wasm"));
        let mut step = Step::begin(format!("assembling {name}.wat"));
        tools::binaryen(&checkout.cache)?.run("wasm-as", &[], &text, &module, &mut step)?;
        step.done();
    }
    Ok(folder.to_owned())
}

fn start(
    checkout: &Checkout,
    binary: &Path,
    kit: &Kit,
    arms: &[Arm],
    service: &Service,
    secrets: &BTreeMap<String, String>,
) -> Result<Proxy> {
    say(&format!("starting Envoy with {} arms", arms.len()));
    let listener = |arm: &Arm| kit.shipped.listener(&arm.name, arm.setup.clone());
    let listeners = arms.iter().map(listener).collect::<Result<Vec<_>>>()?;
    let config = kit.shipped.whole(listeners, service.address());
    let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
    Proxy::start(binary, &config, secrets, 1, &names, checkout.cache.run_folder()?)
}

fn versions(checkout: &Checkout, binary: &Path) -> Vec<(String, String)> {
    let envoy = machine::told(Command::new(binary).arg("--version"));
    let envoy = envoy
        .split("version:")
        .nth(1)
        .and_then(|rest| rest.split('/').nth(1))
        .unwrap_or("unknown")
        .to_owned();
    let mut versions = vec![("Envoy".to_owned(), envoy)];
    versions.extend(machine::versions(checkout));
    versions
}
