//! `cargo xtask attack`

mod table;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::ValueEnum;
use wicketgate_attack::campaign::{self, Plan, Report};
use wicketgate_attack::finding::{self, Finding};
use wicketgate_attack::grammar::Lists;
use wicketgate_attack::lawful;
use wicketgate_attack::origins::{ORIGINS, Origin};
use wicketgate_harness::envoy_config::Manager;
use wicketgate_harness::gate::{Host, HostTools};
use wicketgate_harness::{files, interrupt};

use crate::checkout::Checkout;
use crate::steps::Count;
use crate::terminal::Paint;
use crate::{exit_code, prepare};
use table::Table;

/// Try to walk round the gate: guarded targets in every spelling, on real origins behind real hosts.
///
/// Sends every target to each origin without a gate, which shows which are live; asks the decision
/// core about each; and sends the live ones, and others, through the gate on its hosts. A guarded
/// handler that ran without credentials, as the origin itself wrote it down, is a bypass. Lawful
/// public URLs must arrive as the same bytes; one that does not is a false denial. Findings are
/// written as vectors into the target folder. Exits with 1 if there was one.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// At least 100,000 targets for every origin, all of them through every gate: over an hour
    #[arg(long, conflicts_with = "quick")]
    full: bool,
    /// Over 1,500 targets for every origin and 10,000 together, the live ones through every gate (the default)
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
    #[arg(long, value_name = "COUNT")]
    targets: Option<usize>,
    /// Targets that lead nowhere without a gate, sent through each gate all the same
    #[arg(long, value_name = "COUNT")]
    dead: Option<usize>,
    /// Put something else in the gate's place, to see that the attack finds what there is to find
    #[arg(long = "break", value_name = "HOW")]
    broken: Option<Broken>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Broken {
    /// A comparison of raw prefixes
    RawPrefix,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask attack
  cargo xtask attack --origin nextjs --host core --targets 100000 --seed 7
  cargo xtask attack --full
  cargo xtask attack --break raw-prefix --origin node-http";

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    Ok(exit_code(attack(checkout, arguments)?.failed == 0))
}

/// Installs the origins.
pub(crate) fn install(checkout: &Checkout) -> Result<()> {
    for origin in &ORIGINS {
        origin.install(&checkout.cache, &folder(checkout))?;
    }
    Ok(())
}

fn folder(checkout: &Checkout) -> std::path::PathBuf {
    checkout.root.join("attack/origins")
}

/// The quick form, and that the attack can fail. Each line of the table counts.
pub(crate) fn check(checkout: &Checkout) -> Result<Count> {
    let quick = Arguments {
        full: false,
        quick: true,
        origin: Vec::new(),
        host: Vec::new(),
        seed: 1,
        targets: None,
        dead: None,
        broken: None,
    };
    let mut count = attack(checkout, &quick)?;
    let mut found = 0;
    for name in ["node-http", "flask-gunicorn"] {
        let broken = Arguments {
            origin: vec![name.to_owned()],
            broken: Some(Broken::RawPrefix),
            ..quick.clone()
        };
        let plan = plan(checkout, &broken)?;
        for origin in chosen(&broken.origin)? {
            found += plan.run(origin, &origin.install(&plan.cache, &plan.origins)?)?.findings.len();
        }
    }
    println!("a comparison of raw prefixes in the gate's place: {found} bypasses");
    count.add(Count::one(found >= LEAST_WHEN_BROKEN));
    Ok(count)
}

/// Bypasses of a gate that compares raw prefixes that the quick form must find.
const LEAST_WHEN_BROKEN: usize = 300;

fn attack(checkout: &Checkout, arguments: &Arguments) -> Result<Count> {
    let origins = chosen(&arguments.origin)?;
    let plan = plan(checkout, arguments)?;
    let installed = origins
        .iter()
        .map(|origin| origin.install(&plan.cache, &plan.origins))
        .collect::<Result<Vec<_>>>()?;
    let mut table = Table::new(Paint::for_stdout());
    println!("{}", Table::HEAD);
    for (origin, installed) in origins.into_iter().zip(installed) {
        let report = plan.run(origin, &installed)?;
        report.rows.iter().for_each(|row| println!("{}", table.row(row)));
        show(&report);
        keep(checkout, origin, &report.findings)?;
        interrupt::check()?;
    }
    println!("{}", table.sum(plan.lawful.len()));
    Ok(table.count())
}

/// Every finding, the first of each kind with how to see it again.
fn show(report: &Report) {
    for finding in report.findings.iter().take(SHOWN) {
        println!("{}", finding.describe());
    }
    if report.findings.len() > SHOWN {
        println!("... and {} more", report.findings.len() - SHOWN);
    }
    for (host, lost) in report.lost.iter().take(SHOWN) {
        let arrived = match &lost.arrived {
            Some(target) => format!("arrived as {}", target.escape_ascii()),
            None => "did not arrive".to_owned(),
        };
        println!("behind {host}, the lawful {} {arrived}", lost.target.escape_ascii());
    }
}

/// Findings of one origin that are printed; all of them are written down.
const SHOWN: usize = 40;

fn chosen(names: &[String]) -> Result<Vec<&'static Origin>> {
    if names.is_empty() {
        return Ok(ORIGINS.iter().collect());
    }
    let find = |name: &String| match ORIGINS.iter().find(|origin| origin.name == name) {
        Some(origin) => Ok(origin),
        None => {
            let all: Vec<_> = ORIGINS.iter().map(|origin| origin.name).collect();
            bail!("no origin `{name}`: there are {}", all.join(", "))
        }
    };
    names.iter().map(find).collect()
}

fn plan(checkout: &Checkout, arguments: &Arguments) -> Result<Plan> {
    let (targets, dead) = if arguments.full { (110_000, usize::MAX) } else { (1_500, 300) };
    let broken = arguments.broken.is_some();
    Ok(Plan {
        cache: checkout.cache.clone(),
        origins: folder(checkout),
        hosts: if broken { Vec::new() } else { hosts(checkout, &arguments.host)? },
        lists: Lists::read(&checkout.root)?,
        seed: arguments.seed,
        targets: arguments.targets.unwrap_or(targets),
        lawful: lawful::urls(&checkout.root),
        everywhere: arguments.full,
        broken,
        dead: arguments.dead.unwrap_or(dead),
    })
}

fn hosts(checkout: &Checkout, names: &[String]) -> Result<Vec<(Host, HostTools)>> {
    let all = [Host::Envoy(Manager::Hardened), Host::Envoy(Manager::EnvoyDefaults), Host::Worker];
    for name in names {
        if name != campaign::CORE && !all.iter().any(|host| campaign::name(*host) == name) {
            bail!("no host `{name}`: there are envoy, envoy-defaults, worker, core");
        }
    }
    let wanted =
        |host: &Host| names.is_empty() || names.iter().any(|name| name == campaign::name(*host));
    let prepared = all.into_iter().filter(wanted).map(|host| {
        let (tools, _) = prepare::all(checkout, host, &[])?;
        Ok((host, tools.host))
    });
    prepared.collect()
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
    println!("as vectors: {}", path.display());
    Ok(())
}
