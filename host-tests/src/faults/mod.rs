//! Faults on real hosts, with a request loop running: what clients saw, what reached the origin,
//! and whether it recovered by itself.
//!
//! - [`Load`](load::Load) is the loop: guarded without credentials, guarded with, public;
//! - [`Origin`](origin::Origin) counts what reaches it, by the gate's proof;
//! - [`Bench`](bench::Bench) is both with a host between them;
//! - [`envoy`], [`module`] and [`worker`] declare the faults, each with its promise;
//! - [`clock`] gives a process a clock that can be set, [`sink`] is a log that can be blocked.

pub mod bench;
pub mod clock;
pub mod envoy;
pub mod load;
pub mod module;
pub mod origin;
pub mod outcome;
pub mod sink;
mod table;
pub mod worker;
mod worst;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub use bench::{Bench, Host};
pub use outcome::{Kind, Ledger, Outcome};
pub use table::Table;

use origin::Reached;

/// A fault on a host, with what is promised of it.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// The host.
    pub host: Host,
    /// Its name, unique on its host.
    pub name: &'static str,
    /// The outcomes that each kind of client may see while it lasts, beside those of a healthy
    /// gate. A guarded request without credentials never sees 200.
    pub sees: &'static [(Kind, &'static [Outcome])],
    /// The outcomes that somebody must have seen, or the fault did not happen.
    pub shows: &'static [(Kind, Outcome)],
    /// Its end.
    pub ends: End,
    /// Readies the bench and starts the host.
    pub ready: fn(&mut Bench) -> Result<()>,
    /// Causes the fault and takes it away.
    pub cause: fn(&mut Bench) -> Result<()>,
}

/// The end of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With its cause: then everything is as before within this time, and nobody did anything.
    ByItself(Duration),
    /// When the host is started again as it should be, which the time includes.
    Restarted(Duration),
}

/// The measurements.
#[derive(Clone, Debug)]
pub struct Row {
    /// The fault.
    pub fault: Fault,
    /// The outcomes that clients saw from its cause to its end.
    pub seen: Ledger,
    /// The requests that reached the origin in that time.
    pub reached: Reached,
    /// The time from its end until every client saw the right outcome, and went on seeing it.
    pub recovered: Duration,
    /// Its duration.
    pub lasted: Duration,
}

/// Every fault, those on Envoy first.
pub fn all() -> Vec<Fault> {
    [envoy::FAULTS, &module::faults(), worker::FAULTS].concat()
}

impl Fault {
    /// `host::name`, as trials are called.
    pub fn title(&self) -> String {
        format!("{}::{}", self.host.name(), self.name)
    }

    /// Makes it happen and measures.
    pub fn run(&self) -> Result<Row> {
        let mut bench = Bench::new(self.host)?;
        (self.ready)(&mut bench).context("before the fault")?;
        bench.load.healthy(LIMIT).with_context(|| self.state("before the fault", &bench))?;
        let before = bench.origin.reached();
        bench.load.take();
        let begin = Instant::now();
        (self.cause)(&mut bench).with_context(|| self.state("during the fault", &bench))?;
        let (lasted, limit) = (begin.elapsed(), self.ends.limit());
        // The promise is of the first right answers; that they last takes its own time.
        let recovered = bench.load.healthy(limit + LIMIT);
        let recovered = recovered.with_context(|| self.state("after the fault", &bench))?;
        let after = bench.origin.reached();
        let reached = Reached {
            with: after.with - before.with,
            public: after.public - before.public,
            unauthorised: after.unauthorised,
        };
        Ok(Row { fault: *self, seen: bench.load.take(), reached, recovered, lasted })
    }

    fn state(&self, when: &str, bench: &Bench) -> String {
        let seen = bench.load.take();
        let seen: Vec<_> =
            Kind::ALL.map(|kind| format!("{}: {}", kind.name(), seen.show(kind))).into();
        let log = bench.log();
        let start = log.len().saturating_sub(2_000);
        let tail = log.get(start..).unwrap_or_default();
        format!("{} {when}: {}; the log ends:\n{tail}", self.title(), seen.join("; "))
    }
}

impl End {
    fn limit(self) -> Duration {
        match self {
            Self::ByItself(limit) | Self::Restarted(limit) => limit,
        }
    }
}

impl Row {
    /// Holds it to the promise; fails with everything that is not as promised.
    pub fn check(&self) -> Result<()> {
        let mut broken = Vec::new();
        if self.reached.unauthorised > 0 {
            broken.push(format!(
                "{} unauthorised requests reached the origin",
                self.reached.unauthorised
            ));
        }
        for kind in Kind::ALL {
            for (outcome, count) in self.seen.of(kind) {
                if !self.fault.may_see(kind, outcome) {
                    broken.push(format!("{}: {outcome} x {count}", kind.name()));
                }
            }
        }
        for (kind, outcome) in self.fault.shows {
            if !self.seen.of(*kind).any(|(seen, _)| seen == *outcome) {
                broken.push(format!("{}: no {outcome}, so the fault did not happen", kind.name()));
            }
        }
        if self.recovered > self.fault.ends.limit() {
            broken.push(format!("recovered after {:?} only", self.recovered));
        }
        if broken.is_empty() {
            return Ok(());
        }
        bail!("not as promised: {}", broken.join("; "))
    }
}

impl Fault {
    fn may_see(&self, kind: Kind, outcome: Outcome) -> bool {
        if kind == Kind::Without && outcome == Outcome::Status(200) {
            return false;
        }
        let promised = self.sees.iter().filter(|(given, _)| *given == kind);
        let healthy = kind != Kind::Striking && outcome == kind.healthy();
        healthy || promised.into_iter().any(|(_, outcomes)| outcomes.contains(&outcome))
    }
}

/// The time limit for getting healthy, if nothing is promised about it.
const LIMIT: Duration = Duration::from_secs(30);
