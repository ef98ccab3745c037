//! `cargo xtask bench crowd`

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;
use wicketgate_load::policies::TOKEN_VARIABLE;
use wicketgate_load::{Connection, open};
use wicketgate_runtime::envoy_config::Manager;
use wicketgate_runtime::progress::say;
use wicketgate_runtime::ships::FILTER;
use wicketgate_runtime::{interrupt, tools};
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::measured::{json, tokens};
use wicketgate_testkit::{secret, threads};

use super::config::Shipped;
use super::proxy::Proxy;
use crate::exit_code;
use crate::results::median;
use crate::rounds::Server as _;
use crate::traffic::request;

/// Measure how long a public request takes beside clients that send the dearest requests.
///
/// One Envoy, with Envoy's own settings, has one worker, bound to a core. Public requests come at random moments, first alone,
/// then beside four connections of which each sends ten of the dearest requests a second
/// (testing/load/dearest.json). The core alone decides about the same requests natively, too. Exits
/// with 1 if the slowest public requests take ten times as long, or a decision takes 5 ms.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The number of runs, alone and beside the others
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: u64,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask bench crowd
  cargo xtask bench crowd --runs 20";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    ensure!(arguments.runs > 0, "`--runs` is 0, expected at least 1");
    let dearest: Value = json(include_str!("../../../load/dearest.json"))?;
    let policies = policies(&dearest)?;
    say("deciding natively, which is built for speed the first time");
    let file = checkout.root.join("testing/load/dearest.json");
    let slowest = json(&tokens(checkout, ["dearest"], Some(&file))?)?;
    let slowest = slowest.as_f64().context("no time is told")?;

    let binary = tools::envoy(&checkout.cache)?;
    let wasm = checkout.build(&FILTER)?.path;
    let variables: BTreeSet<String> =
        [TOKEN_VARIABLE, "WICKETGATE_ENVIRONMENT"].map(str::to_owned).into();
    // The hardened settings resolve dots and refuse most of such targets before the gate.
    let manager = Manager::EnvoyDefaults;
    let shipped = Shipped::new(checkout.shipped_envoy_yaml()?, manager, variables)?;
    let secret = secret::make()?;
    let environment = BTreeMap::from([
        (TOKEN_VARIABLE.to_owned(), secret.clone()),
        ("WICKETGATE_ENVIRONMENT".to_owned(), "production".to_owned()),
    ]);
    let (core, other) = crate::machine::cores()?;
    let mut met = slowest < NATIVE_MILLIS;
    println!("the dearest decision, natively: {slowest:.2} ms (bound {NATIVE_MILLIS} ms)");
    for (name, policy, targets) in &policies {
        let listener = shipped.listener(name, shipped.gate(name, &wasm, policy)?)?;
        let config = shipped.whole(vec![listener], ([127, 0, 0, 1], 1).into());
        let folder = checkout.cache.run_folder()?;
        let proxy = Proxy::start(&binary, &config, &environment, 1, &[name], folder)?;
        proxy.worker()?.bind(core)?;
        threads::bind_self(other)?;
        let address = proxy.address(name)?;
        let public = request("/public", "x-internal-token", &secret);
        let wrong = secret::make()?;
        let dear: Vec<Vec<u8>> =
            targets.iter().map(|target| request(target, "x-internal-token", &wrong)).collect();
        let ask = |requests: Vec<&[u8]>, connections: usize, expected, gap, seed| {
            let open_all = (0..connections).map(|_| Connection::open(address));
            let mut connections = open_all.collect::<Result<Vec<_>>>()?;
            let mut took = open(&mut connections, requests, expected, gap, seed)?;
            took.sort_unstable();
            Ok::<_, anyhow::Error>(took)
        };
        let all = |seed| ask(vec![&public; REQUESTS], 16, 200, GAP, seed);
        let crowd = |seed| {
            let count = (GAP.as_secs_f64() * REQUESTS as f64 / CROWD_GAP.as_secs_f64()) as usize;
            let requests = dear.iter().map(Vec::as_slice).cycle().take(count.max(4)).collect();
            ask(requests, 4, 403, CROWD_GAP, seed)
        };
        all(0)?;
        let mut figures = [Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for run in 1..=arguments.runs {
            interrupt::check()?;
            let alone = all(run)?;
            let (beside, dear) = thread::scope(|scope| {
                let crowd = scope.spawn(|| crowd(run));
                let beside = all(run)?;
                let dear = crowd.join().map_err(|_| anyhow!("the crowd's thread panicked"))??;
                Ok::<_, anyhow::Error>((beside, dear))
            })?;
            let at = |took: &[Duration], percent: usize| {
                took[took.len() * percent / 100].as_secs_f64() * 1e3
            };
            let each =
                [at(&alone, 50), at(&alone, 99), at(&beside, 50), at(&beside, 99), at(&dear, 50)];
            for (figure, value) in figures.iter_mut().zip(each) {
                figure.push(value);
            }
        }
        let figures = figures.map(|figure| median(&figure).unwrap_or(f64::NAN));
        let [alone50, alone99, beside50, beside99, dear50] = figures;
        let ratio = beside99 / alone99;
        met &= ratio < RATIO;
        println!(
            "{name}: public p50 {alone50:.2} ms, p99 {alone99:.2} ms; beside the dearest p50 \
             {beside50:.2} ms, p99 {beside99:.2} ms: {ratio:.1} times (bound {RATIO}); the \
             dearest p50 {dear50:.2} ms"
        );
    }
    Ok(exit_code(met))
}

/// A policy for each stack, with its targets.
fn policies(dearest: &Value) -> Result<Vec<(String, String, Vec<String>)>> {
    let mut policies: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for request in dearest["dearest"].as_array().context("no requests")? {
        let stack = &request["stack"];
        let mut policy = dearest["policy"].clone();
        if !stack.is_null() {
            policy["origin"]["stack"] = stack.clone();
        }
        let keys = &mut policy["callers"]["cron"]["token"]["keys"][0];
        keys["env"] = TOKEN_VARIABLE.into();
        let name = stack.as_str().unwrap_or("unnamed").to_owned();
        let entry = policies.entry(name).or_insert_with(|| (policy.to_string(), Vec::new()));
        entry.1.push(request["target"].as_str().context("no target")?.to_owned());
    }
    Ok(policies.into_iter().map(|(name, (policy, targets))| (name, policy, targets)).collect())
}

/// The bounds.
const NATIVE_MILLIS: f64 = 5.0;
const RATIO: f64 = 10.0;

/// In a run, alone or beside the others.
const REQUESTS: usize = 2_000;
/// Between two public requests, in the mean.
const GAP: Duration = Duration::from_millis(4);
/// Between two of the dearest: 4 connections, 10 a second each.
const CROWD_GAP: Duration = Duration::from_millis(25);
