//! `cargo xtask attack`

use std::process::ExitCode;

use anyhow::{Result, bail};
use wicketgate_attack::campaign::{self, Plan};
use wicketgate_attack::finding::{self, Finding, Row};
use wicketgate_attack::grammar::Lists;
use wicketgate_attack::origins::{ORIGINS, Origin};
use wicketgate_harness::envoy_config::Manager;
use wicketgate_harness::gate::{Host, HostTools};
use wicketgate_harness::{files, interrupt};

use crate::checkout::Checkout;
use crate::{exit_code, prepare};

/// Try to walk round the gate: guarded targets in every spelling, on real origins behind real hosts.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Send at least 100,000 targets to every origin, and all of them through every gate
    #[arg(long, conflicts_with = "quick")]
    full: bool,
    /// Send about 10,000 targets to all origins together (the default)
    #[arg(long)]
    quick: bool,
    /// Attack only this origin; may be given more than once
    #[arg(long, value_name = "NAME")]
    origin: Vec<String>,
    /// Only behind this host: envoy, envoy-defaults, worker, or core for none; may be given more
    /// than once
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Where random choices begin
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Targets for each origin
    #[arg(long)]
    targets: Option<usize>,
    /// Targets that lead nowhere without a gate, sent through each gate all the same
    #[arg(long)]
    dead: Option<usize>,
}

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let origins = chosen(&arguments.origin)?;
    let plan = plan(checkout, arguments)?;
    let mut rows = Vec::new();
    let mut findings = Vec::new();
    let mut missed = 0;
    for origin in origins {
        let installed = plan.install(origin)?;
        let report = plan.run(origin, &installed)?;
        for row in &report.rows {
            println!("{}", line(row));
        }
        rows.extend(report.rows);
        keep(checkout, origin, &report.findings)?;
        findings.extend(report.findings);
        missed += report.missed_by_prefix;
        interrupt::check()?;
    }
    for finding in &findings {
        println!("{}", finding.describe());
    }
    println!("{missed} live targets would have passed a comparison of raw prefixes");
    println!("{} bypasses", findings.len());
    Ok(exit_code(findings.is_empty()))
}

fn chosen(names: &[String]) -> Result<Vec<&'static Origin>> {
    if names.is_empty() {
        return Ok(ORIGINS.iter().collect());
    }
    let find = |name: &String| {
        let found = ORIGINS.iter().find(|origin| origin.name == name);
        let all: Vec<_> = ORIGINS.iter().map(|origin| origin.name).collect();
        found.ok_or_else(|| anyhow::anyhow!("no origin `{name}`: there are {}", all.join(", ")))
    };
    names.iter().map(find).collect()
}

fn plan(checkout: &Checkout, arguments: &Arguments) -> Result<Plan> {
    let mut hosts = Vec::new();
    let all = [Host::Envoy(Manager::Hardened), Host::Envoy(Manager::EnvoyDefaults), Host::Worker];
    for name in &arguments.host {
        if name != campaign::CORE && !all.iter().any(|host| campaign::name(*host) == name) {
            bail!("no host `{name}`: there are envoy, envoy-defaults, worker, core");
        }
    }
    for host in all {
        let named = arguments.host.iter().any(|name| name == campaign::name(host));
        if arguments.host.is_empty() || named {
            let (tools, _): (_, Vec<_>) = prepare::all(checkout, host, &[])?;
            let tools: HostTools = tools.host;
            hosts.push((host, tools));
        }
    }
    Ok(Plan {
        cache: checkout.cache.clone(),
        origins: checkout.root.join("attack/origins"),
        hosts,
        lists: Lists::read(&checkout.root),
        seed: arguments.seed,
        targets: arguments.targets.unwrap_or(if arguments.full { 110_000 } else { 3_000 }),
        dead: arguments.dead.unwrap_or(if arguments.full { usize::MAX } else { 500 }),
    })
}

fn line(row: &Row) -> String {
    let Row { origin, host, targets, live, bypasses, seconds } = row;
    format!("{origin:<24} {host:<16} {targets:>8} {live:>8} {bypasses:>8} {seconds:>8.1} s")
}

/// Writes the findings of an origin as vectors, ready to be kept.
fn keep(checkout: &Checkout, origin: &Origin, findings: &[Finding]) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let folder = checkout.target_dir().join("attack");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{}.json", origin.name));
    let vectors = finding::vectors(origin, &findings.iter().collect::<Vec<_>>());
    files::write(&path, format!("{vectors:#}\n"))?;
    println!("findings as vectors: {}", path.display());
    Ok(())
}
