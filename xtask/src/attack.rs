//! `cargo xtask attack`

mod ablation;
mod arguments;
mod kept;
mod progress;
mod table;

use std::process::ExitCode;

use anyhow::{Result, bail};
use wicketgate_attack::campaign::{self, Plan, Report, Targets};
use wicketgate_attack::grammar::Lists;
use wicketgate_attack::origins::{self, Origin, Weight};
use wicketgate_attack::{finding, lawful};
use wicketgate_runtime::envoy_config::Manager;
use wicketgate_runtime::progress::say;
use wicketgate_runtime::{files, interrupt};
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::gate::{Host, HostTools};

use crate::steps::{self, Count};
use crate::terminal::Paint;
use crate::{exit_code, prepare};
pub(crate) use arguments::Arguments;
use arguments::Broken;
use kept::{Done, Kept};
use table::Table;

pub(crate) fn run(checkout: &Checkout, arguments: &Arguments) -> Result<ExitCode> {
    let without = matches!(arguments.broken, Some(Broken::Without(_)));
    if (without || arguments.ablation) && !ablation::has_switches() {
        return Ok(exit_code(ablation::in_a_build_with_switches(checkout)?));
    }
    let count = if arguments.ablation {
        ablate(checkout, arguments)?
    } else {
        attack(checkout, arguments)?
    };
    Ok(exit_code(count.failed == 0))
}

/// Installs the origins of the quick form.
pub(crate) fn install(checkout: &Checkout) -> Result<()> {
    for origin in chosen(&[], false)? {
        origin.install(&checkout.cache, &folder(checkout))?;
    }
    Ok(())
}

fn folder(checkout: &Checkout) -> std::path::PathBuf {
    checkout.root.join("testing/attack/origins")
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
        fresh: false,
        broken: None,
        ablation: false,
    };
    let mut count = attack(checkout, &quick)?;
    let mut found = 0;
    let broken = Arguments {
        origin: ["node-http", "flask-gunicorn"].map(str::to_owned).to_vec(),
        broken: Some(Broken::RawPrefix),
        ..quick
    };
    let plan = plan(checkout, &broken)?;
    for origin in chosen(&broken.origin, false)? {
        let installed = origin.install(&plan.cache, &plan.origins)?;
        plan.run(origin, &installed, &|_| true, &mut |_, report| {
            found += report.findings.len();
            Ok(())
        })?;
    }
    println!("a comparison of raw prefixes in the gate's place: {found} bypasses");
    count.add(Count::one(found >= LEAST_WHEN_BROKEN));
    Ok(count)
}

/// Bypasses of a gate that compares raw prefixes that the quick form must find.
const LEAST_WHEN_BROKEN: usize = 300;

fn attack(checkout: &Checkout, arguments: &Arguments) -> Result<Count> {
    let (left_out, origins) = here(&arguments.origin, arguments.full)?;
    let commit = kept::commit(checkout);
    // A run with a part broken on purpose is no result.
    let keeps = arguments.full && arguments.broken.is_none();
    let mut kept = Kept::open(checkout, commit.as_deref().filter(|_| keeps), arguments.fresh)?;
    if keeps && commit.is_none() {
        say("  the tree differs from its commit: nothing is kept");
    }
    if let Some(Broken::Without(pieces)) = &arguments.broken {
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        wicketgate_attack::ablation::switch_off(&pieces)?;
    }
    let plan = plan(checkout, arguments)?;
    let mut failed = Count::default();
    println!("{}", Table::HEAD);
    let mut passing = Table::new(Paint::for_stdout());
    for (number, origin) in origins.iter().enumerate() {
        interrupt::check()?;
        if plan.places().all(|place| kept.get(&plan, origin, place).is_some()) {
            continue;
        }
        progress::tell(&plan, &kept, &origins, number);
        let before = kept.places(&plan, origin);
        let run = origin.install(&plan.cache, &plan.origins).and_then(|installed| {
            plan.run(origin, &installed, &|place| !before.contains(&place), &mut |place, report| {
                let lines = lines(&report);
                let done = kept.add(&plan, origin, place, report, lines)?;
                print(&mut passing, done);
                Ok(())
            })
        });
        if let Err(error) = run {
            interrupt::check()?;
            println!("error: {}: {error:#}", origin.name);
            failed.add(Count::one(false));
        }
        keep(checkout, origin, &plan, &kept)?;
    }
    // All of it once more where some of it was known before.
    let chosen = if keeps { here(&[], true)?.1 } else { origins };
    let mut table = Table::new(Paint::for_stdout());
    let mut missing = Vec::new();
    if keeps {
        println!("\n{}", Table::HEAD);
    }
    for origin in &chosen {
        for place in plan.places() {
            match kept.get(&plan, origin, place) {
                Some(done) if keeps => print(&mut table, done),
                Some(done) => done.rows.iter().for_each(|row| _ = table.row(row)),
                None => missing.push(format!("{} ({place})", origin.name)),
            }
        }
    }
    println!("{}", table.sum(plan.lawful.len()));
    if let (Some(commit), true) = (&commit, keeps) {
        println!("commit {commit}, seed {}", arguments.seed);
    }
    if keeps && !missing.is_empty() {
        println!("not done yet: {}", missing.join(", "));
    }
    for origin in &left_out {
        let why = format!("{} (no `{}` here)", origin.name, origin.missing().unwrap_or_default());
        println!("skipped: {why}");
        steps::left_out(&why);
    }
    let mut count = table.count();
    count.add(failed);
    Ok(count)
}

fn ablate(checkout: &Checkout, arguments: &Arguments) -> Result<Count> {
    let (left_out, origins) = here(&arguments.origin, true)?;
    let core = Arguments { host: vec![campaign::CORE.to_owned()], ..arguments.clone() };
    let mut plan = plan(checkout, &core)?;
    if arguments.targets.is_none() {
        plan.targets = ABLATION;
    }
    let mut count = ablation::table(&plan, &origins, &[])?;
    count.skipped += left_out.len() as u64;
    for origin in left_out {
        println!("skipped: {} (no `{}` here)", origin.name, origin.missing().unwrap_or_default());
    }
    Ok(count)
}

/// Prints the result of a place: its rows, and its faults.
fn print(table: &mut Table, done: &Done) {
    done.rows.iter().for_each(|row| println!("{}", table.row(row)));
    done.lines.iter().for_each(|line| println!("{line}"));
}

/// Findings with how to see them again, and what was lost.
fn lines(report: &Report) -> Vec<String> {
    let findings = report.findings.iter().take(SHOWN).map(finding::Finding::describe);
    let mut lines: Vec<String> = findings.collect();
    if report.findings.len() > SHOWN {
        lines.push(format!("... and {} more", report.findings.len() - SHOWN));
    }
    for (host, lost) in report.lost.iter().take(SHOWN) {
        let arrived = match &lost.arrived {
            Some(target) => format!("arrived as {}", target.escape_ascii()),
            None => "did not arrive".to_owned(),
        };
        lines.push(format!("behind {host}, the lawful {} {arrived}", lost.target.escape_ascii()));
    }
    lines
}

/// Findings of an origin at a place that are printed; all of them are written down.
const SHOWN: usize = 40;

/// Those with these names; without a name, those of the quick or of the full form.
fn chosen(names: &[String], full: bool) -> Result<Vec<&'static Origin>> {
    if names.is_empty() {
        let light = |origin: &&Origin| full || origin.weight == Weight::Light;
        return Ok(origins::origins().filter(light).collect());
    }
    let find = |name: &String| match origins::named(name) {
        Some(origin) => Ok(origin),
        None => {
            let all: Vec<_> = origins::origins().map(|origin| origin.name).collect();
            bail!("no origin `{name}`: there are {}", all.join(", "))
        }
    };
    names.iter().map(find).collect()
}

/// Those for which the machine lacks a program, and the others.
fn here(names: &[String], full: bool) -> Result<(Vec<&'static Origin>, Vec<&'static Origin>)> {
    Ok(chosen(names, full)?.into_iter().partition(|origin| origin.missing().is_some()))
}

/// For each origin of the full form. The first of a framework is tried with all of the grammar;
/// another server under it only with what a server can see.
const FULL: Targets = Targets { first: 6_000, kin: 2_500 };

/// For each origin of the quick form, which is a part of `cargo xtask test`.
const QUICK: Targets = Targets { first: 1_500, kin: 900 };

/// For each origin of the ablation: enough that a piece that few spellings need is missed.
const ABLATION: Targets = Targets { first: 8_000, kin: 3_000 };

fn plan(checkout: &Checkout, arguments: &Arguments) -> Result<Plan> {
    let (targets, dead) = if arguments.full { (FULL, 600) } else { (QUICK, 300) };
    let given = |count| Targets { first: count, kin: count };
    let broken = arguments.broken.is_some();
    Ok(Plan {
        cache: checkout.cache.clone(),
        origins: folder(checkout),
        hosts: if broken { Vec::new() } else { hosts(checkout, &arguments.host)? },
        lists: Lists::read(&checkout.root)?,
        seed: arguments.seed,
        targets: arguments.targets.map_or(targets, given),
        lawful: lawful::urls(&checkout.root),
        everywhere: arguments.full,
        broken: arguments.broken == Some(Broken::RawPrefix),
        dead: arguments.dead.unwrap_or(dead),
    })
}

fn hosts(checkout: &Checkout, names: &[String]) -> Result<Vec<(Host, HostTools)>> {
    let all = [
        Host::Envoy(Manager::Hardened),
        Host::Envoy(Manager::EnvoyDefaults),
        Host::Worker,
        Host::Module(Manager::Hardened),
        Host::Module(Manager::EnvoyDefaults),
    ];
    for name in names {
        if name != campaign::CORE && !all.iter().any(|host| campaign::name(*host) == name) {
            let hosts = all.map(campaign::name).join(", ");
            bail!("no host `{name}`: there are {hosts}, {}", campaign::CORE);
        }
    }
    // The module is attacked where it is asked for: before it stands the same Envoy, and the corpus
    // holds it to the filter.
    let wanted = |host: &Host| match names {
        [] => !matches!(host, Host::Module(_)),
        names => names.iter().any(|name| name == campaign::name(*host)),
    };
    let prepared = all.into_iter().filter(wanted).map(|host| {
        let (tools, _) = prepare::all(checkout, host, &[])?;
        Ok((host, tools.host))
    });
    prepared.collect()
}

/// Writes the findings of an origin as vectors, ready to become part of the corpus.
fn keep(checkout: &Checkout, origin: &Origin, plan: &Plan, kept: &Kept) -> Result<()> {
    let done = plan.places().filter_map(|place| kept.get(plan, origin, place));
    let vectors: Vec<_> = done.flat_map(|done| done.vectors.iter().cloned()).collect();
    if vectors.is_empty() {
        return Ok(());
    }
    let folder = checkout.target_dir().join("attack");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{}.json", origin.name));
    files::write(&path, format!("{:#}\n", finding::vectors(origin, &vectors)))?;
    println!("as vectors: {}", path.display());
    Ok(())
}
