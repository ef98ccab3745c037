//! The attack on one origin.

mod ablate;
mod learn;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::envoy_config::Manager;
use wicketgate_runtime::interrupt;
use wicketgate_testkit::gate::{Gate, Host, HostTools};
use wicketgate_testkit::origin::Installed;

use crate::finding::{Finding, Row};
use crate::grammar::{self, Lists};
use crate::judge::{self, Judge};
use crate::lawful::{self, Lost};
use crate::ledger::Ledger;
use crate::origins::{Form, Origin, TOKEN};
use crate::probe::Probe;
use crate::rng::Rng;
use crate::sweep::{Protocol, sweep};

/// The plan of the attack, for all origins.
#[derive(Debug)]
pub struct Plan {
    /// The place of the files of installs and runs.
    pub cache: Cache,
    /// The folder with the origins.
    pub origins: PathBuf,
    /// The hosts, with what running them takes.
    pub hosts: Vec<(Host, HostTools)>,
    /// Collected lists.
    pub lists: Lists,
    /// The seed of random choices.
    pub seed: u64,
    /// Targets for each origin.
    pub targets: Targets,
    /// Public URLs that must pass untouched.
    pub lawful: Vec<Vec<u8>>,
    /// `true` if lawful URLs and HTTP/2 are tried with every origin, or only with one of a stack
    /// and one without.
    pub everywhere: bool,
    /// `true` if a comparison of raw prefixes takes the gate's place: shows that the attack can
    /// fail.
    pub broken: bool,
    /// The number of probes that lead nowhere without a gate, and are sent through each gate all
    /// the same.
    pub dead: usize,
}

/// The number of targets for an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Targets {
    /// For the first origin with a framework.
    pub first: usize,
    /// On another server than the first of its framework.
    pub kin: usize,
}

/// The result of one place.
#[derive(Debug, Default)]
pub struct Report {
    /// Lines of the table.
    pub rows: Vec<Row>,
    /// Guarded handlers that ran.
    pub findings: Vec<Finding>,
    /// Lawful URLs that did not get through, with the gate's place.
    pub lost: Vec<(&'static str, Lost)>,
}

/// A host's name, as in `--host` and in the table.
pub fn name(host: Host) -> &'static str {
    match host {
        Host::Envoy(Manager::Hardened) => "envoy",
        Host::Envoy(Manager::EnvoyDefaults) => "envoy-defaults",
        Host::Module(Manager::Hardened) => "module",
        Host::Module(Manager::EnvoyDefaults) => "module-defaults",
        Host::Worker => "worker",
    }
}

/// The name of the decision core, asked natively with what a client sent.
pub const CORE: &str = "core";

/// In the table, the core with a policy in which public paths are rules.
const CORE_PUBLIC: &str = "core, public";

/// The form of the policy behind a host. Either form is tried on Envoy, and both by the core.
fn form(host: Host) -> Form {
    match host {
        Host::Envoy(Manager::Hardened) | Host::Module(Manager::Hardened) => Form::Unmatched,
        Host::Envoy(Manager::EnvoyDefaults)
        | Host::Module(Manager::EnvoyDefaults)
        | Host::Worker => Form::Public,
    }
}

impl Plan {
    /// The places at which an origin is attacked, each of which can be done by itself.
    pub fn places(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(CORE).chain(self.hosts.iter().map(|(host, _)| name(*host)))
    }

    /// Attacks `origin` at each of its places that is `wanted`, and hands over what came of each as
    /// soon as it is known.
    pub fn run(
        &self,
        origin: &Origin,
        installed: &Installed,
        wanted: &dyn Fn(&str) -> bool,
        done: &mut dyn FnMut(&'static str, Report) -> Result<()>,
    ) -> Result<()> {
        let folder = self.cache.run_folder()?;
        let mut ledger = Ledger::new(folder.path())?;
        let running = start(installed, folder.path(), &ledger)?;
        let start = Instant::now();
        let (probes, live) = self.live(origin, running.address(), &mut ledger)?;
        let direct = start.elapsed().as_secs_f32();
        if wanted(CORE) {
            let mut report = Report::default();
            self.judge(origin, running.address(), &mut ledger, &probes, &live, &mut report)?;
            report.rows[0].seconds += direct;
            done(CORE, report)?;
        }
        let through = self.through(origin, &probes, &live);
        for (host, tools) in self.hosts.iter().filter(|(host, _)| wanted(name(*host))) {
            interrupt::check()?;
            let mut report = Report::default();
            let start = Instant::now();
            self.gate(origin, running.address(), *host, tools, &mut ledger, &through, &mut report)
                .with_context(|| format!("{} behind {}", origin.name, name(*host)))?;
            for row in &mut report.rows {
                row.live = live.len();
            }
            // Another server has the same policy.
            if self.thorough(origin) && origin.kin.is_none() {
                let lost =
                    lawful::sent(&self.cache, origin, form(*host), *host, tools, &self.lawful)?;
                report.rows[0].false_denials = Some(lost.len());
                report.lost.extend(lost.into_iter().map(|lost| (name(*host), lost)));
            }
            // The start of a gate, and lawful URLs, are this place's too.
            let rows: f32 = report.rows.iter().skip(1).map(|row| row.seconds).sum();
            report.rows[0].seconds = start.elapsed().as_secs_f32() - rows;
            done(name(*host), report)?;
        }
        Ok(())
    }

    /// The number of targets for an origin.
    pub fn targets(&self, origin: &Origin) -> usize {
        if origin.kin.is_some() { self.targets.kin } else { self.targets.first }
    }

    fn thorough(&self, origin: &Origin) -> bool {
        self.everywhere || IN_ANY_CASE.contains(&origin.name)
    }

    /// Makes the probes and sends them to the origin itself: which of them run what. A fifth of them
    /// are mutants of those that did.
    fn live(
        &self,
        origin: &Origin,
        address: SocketAddr,
        ledger: &mut Ledger,
    ) -> Result<(Vec<Probe>, BTreeMap<usize, String>)> {
        let count = self.targets(origin);
        let learned = learn::learn(origin, address, ledger)?;
        let mut probes = grammar::probes(origin, &self.lists, &learned, self.seed, count * 4 / 5);
        let mut live =
            sweep(address, Protocol::Http1, &probes.iter().collect::<Vec<_>>(), ledger)?.ran;
        // Targets that the raw prefix lets through lead nowhere new.
        let odd: Vec<&Probe> =
            live.keys().map(|at| &probes[*at]).filter(|probe| passes_prefix(probe)).collect();
        let mutants = grammar::mutants(origin, &odd, self.seed, count / 5);
        let more =
            sweep(address, Protocol::Http1, &mutants.iter().collect::<Vec<_>>(), ledger)?.ran;
        live.extend(more.into_iter().map(|(at, handler)| (at + probes.len(), handler)));
        probes.extend(mutants);
        Ok((probes, live))
    }

    /// Asks the core about every probe. If it passes a live one, the request that it would forward
    /// is sent to the origin: a handler that runs then is a hole.
    fn judge(
        &self,
        origin: &Origin,
        address: SocketAddr,
        ledger: &mut Ledger,
        probes: &[Probe],
        live: &BTreeMap<usize, String>,
        report: &mut Report,
    ) -> Result<()> {
        let forms = if self.broken { &Form::ALL[..1] } else { &Form::ALL };
        for &form in forms {
            let start = Instant::now();
            let gate = if self.broken { Judge::RawPrefix } else { Judge::core(origin, form)? };
            let found = self.forward(origin, address, ledger, &gate, probes, live)?;
            let mut row = Row {
                origin: origin.name.to_owned(),
                host: if form == Form::Public { CORE_PUBLIC } else { CORE }.to_owned(),
                targets: probes.len(),
                live: live.len(),
                bypasses: found.len(),
                ..Row::default()
            };
            report.findings.extend(found);
            if !self.broken {
                let lost = lawful::judged(origin, form, &self.lawful)?;
                row.false_denials = Some(lost.len());
                report.lost.extend(lost.into_iter().map(|lost| (CORE, lost)));
            }
            row.seconds = start.elapsed().as_secs_f32();
            report.rows.push(row);
        }
        Ok(())
    }

    /// Sends to the origin what `gate` would forward of those that are live: what ran.
    fn forward(
        &self,
        origin: &Origin,
        address: SocketAddr,
        ledger: &mut Ledger,
        gate: &Judge,
        probes: &[Probe],
        live: &BTreeMap<usize, String>,
    ) -> Result<Vec<Finding>> {
        let forwarded: Vec<(usize, Probe)> = probes
            .iter()
            .enumerate()
            // A second request behind the first is for the host to judge.
            .filter(|(at, probe)| live.contains_key(at) && probe.is_one_request())
            .filter_map(|(at, probe)| Some((at, gate.forwards(probe)?)))
            .collect();
        let sent: Vec<&Probe> = forwarded.iter().map(|(_, probe)| probe).collect();
        let ran = sweep(address, Protocol::Http1, &sent, ledger)?.ran;
        let finding = |(index, handler): (usize, String)| Finding {
            origin: origin.name,
            host: CORE,
            handler,
            probe: probes[forwarded[index].0].clone(),
            server: address,
        };
        Ok(ran.into_iter().map(finding).collect())
    }

    /// The probes that go through the gates: all live ones, and as many of the rest as planned,
    /// because a host may change a target before the origin sees it.
    fn through<'p>(
        &self,
        origin: &Origin,
        probes: &'p [Probe],
        live: &BTreeMap<usize, String>,
    ) -> Vec<&'p Probe> {
        let mut dead: Vec<usize> = (0..probes.len()).filter(|at| !live.contains_key(at)).collect();
        Rng::new(self.seed, origin.name).shuffle(&mut dead);
        dead.truncate(self.dead);
        live.keys().chain(&dead).map(|at| &probes[*at]).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "one call, and each is another thing")]
    fn gate(
        &self,
        origin: &Origin,
        address: SocketAddr,
        host: Host,
        tools: &HostTools,
        ledger: &mut Ledger,
        probes: &[&Probe],
        report: &mut Report,
    ) -> Result<()> {
        let start = Instant::now();
        let secrets = BTreeMap::from([(TOKEN.to_owned(), judge::token().to_owned())]);
        let policy = origin.policy(form(host)).to_string();
        let folder = self.cache.run_folder()?;
        let mut gate = Gate::start(host, tools, &policy, address, &secrets, folder)?;
        self.send(origin, name(host), Protocol::Http1, &gate, probes, start, ledger, report)?;
        gate.check()?;
        if host != Host::Worker && self.thorough(origin) {
            // The worker's host speaks HTTP/1.1 only; the platform translates before it.
            let count = self.targets(origin);
            let more = grammar::http2(origin, self.seed, count / 5);
            let probes: Vec<&Probe> = probes.iter().copied().take(count).chain(&more).collect();
            let place = match host {
                Host::Envoy(Manager::Hardened) => "envoy, HTTP/2",
                Host::Module(Manager::Hardened) => "module, HTTP/2",
                Host::Module(Manager::EnvoyDefaults) => "module-defaults, HTTP/2",
                Host::Envoy(Manager::EnvoyDefaults) | Host::Worker => "defaults, HTTP/2",
            };
            let start = Instant::now();
            self.send(origin, place, Protocol::Http2, &gate, &probes, start, ledger, report)?;
            gate.check()?;
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one call, and each is another thing")]
    fn send(
        &self,
        origin: &Origin,
        place: &'static str,
        protocol: Protocol,
        gate: &Gate,
        probes: &[&Probe],
        start: Instant,
        ledger: &mut Ledger,
        report: &mut Report,
    ) -> Result<()> {
        let swept = sweep(gate.address(), protocol, probes, ledger)?;
        for (at, handler) in &swept.ran {
            report.findings.push(Finding {
                origin: origin.name,
                host: place,
                handler: handler.clone(),
                probe: probes[*at].clone(),
                server: gate.address(),
            });
        }
        report.rows.push(Row {
            origin: origin.name.to_owned(),
            host: place.to_owned(),
            targets: probes.len(),
            bypasses: swept.ran.len(),
            seconds: start.elapsed().as_secs_f32(),
            ..Row::default()
        });
        Ok(())
    }
}

/// The origins with which everything is tried in any case: one of a stack that serves a handler under
/// several names, one whose policy names no stack, so that all that any stack does applies.
const IN_ANY_CASE: [&str; 2] = ["django-gunicorn", "node-http"];

/// Starts the origin, which writes into the ledger.
fn start(
    installed: &Installed,
    folder: &Path,
    ledger: &Ledger,
) -> Result<wicketgate_testkit::origin::Origin> {
    let file = ledger.path().display().to_string();
    installed.start(folder, &BTreeMap::from([("ATTACK_RAN".to_owned(), file)]), &[])
}

fn passes_prefix(probe: &Probe) -> bool {
    Judge::RawPrefix.forwards(probe).is_some()
}
