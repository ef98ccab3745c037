//! Many mixed requests through Envoy over connections that are kept: whether memory stays where it
//! is, the counters add up, and the last are as quick as the first.

mod requests;

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use wicketgate_runtime::files;
use wicketgate_runtime::interrupt;

use crate::faults::Outcome;
use crate::faults::bench::{Bench, Host};
use crate::faults::load::Client;
use crate::faults::origin::Reached;

use requests::{Mixed, Verdict, mixed};

/// Connections at once.
const CONNECTIONS: u64 = 4;

/// Requests after which the allocator, the engine and the statistics have what they need.
const WARM: u64 = 5_000;

/// The memory that may come and go by itself, in KiB: buffers, blocks of the statistics, granules
/// of the heap. Two bytes for each of a million requests, 150 for each of the short form's.
const TOLERANCE: u64 = 2 * 1024;

/// The measurements.
#[derive(Clone, Debug)]
pub struct Report {
    /// Resident memory of Envoy in KiB: before the first request, and after each tenth.
    pub resident: Vec<u64>,
    /// The memory that Envoy's own allocator has given out, in KiB, at the same times.
    pub allocated: Vec<u64>,
    /// Which of those is after the warm-up.
    pub warm: usize,
    /// The requests that were sent, by the verdict that each must have.
    pub sent: Counts,
    /// The gate's counters. Requests that passed are the rest of all that Envoy took.
    pub counted: Counts,
    /// The requests that reached the origin.
    pub reached: Reached,
    /// Requests that Envoy took, by its own count.
    pub taken: u64,
    /// Latencies of the first and of the last tenth, in order.
    pub latencies: [Vec<Duration>; 2],
    /// The time that all of it took.
    pub took: Duration,
}

/// Requests by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Guarded and allowed.
    pub allowed: u64,
    /// Guarded and denied.
    pub denied: u64,
    /// Not guarded.
    pub passed: u64,
}

impl Counts {
    fn sum(self) -> u64 {
        self.allowed + self.denied + self.passed
    }

    fn add(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Allowed => &mut self.allowed,
            Verdict::Denied => &mut self.denied,
            Verdict::Passed => &mut self.passed,
        } += 1;
    }
}

/// Sends at least `requests` of them; each must be answered as its verdict says.
pub fn run(host: Host, requests: u64) -> Result<Report> {
    let mut bench = Bench::quiet(host)?;
    // As many lines as ever are written, and nobody keeps them.
    bench.plan.log = Some("/dev/null".into());
    bench.start()?;
    let mixed = mixed();
    let each = requests.div_ceil(10 * CONNECTIONS);
    let mut clients: Vec<_> = (0..CONNECTIONS).map(|_| Client::new(bench.address())).collect();
    let (mut sent, mut latencies) = (Counts::default(), [Vec::new(), Vec::new()]);
    let (mut resident, mut allocated) = (Vec::new(), Vec::new());
    let mut look = |bench: &mut Bench| -> Result<()> {
        resident.push(resident_kib(bench.proxy()?.id())?);
        allocated.push(bench.proxy()?.count("server.memory_allocated")? / 1024);
        Ok(())
    };
    look(&mut bench)?;
    let (mut warm, begin) = (None, Instant::now());
    for tenth in 0..10 {
        let times = round(&mut clients, &mixed, tenth * each, each, &mut sent)?;
        match tenth {
            0 => latencies[0] = times,
            9 => latencies[1] = times,
            _ => {}
        }
        look(&mut bench)?;
        if sent.sum() >= WARM && warm.is_none() {
            warm = Some(usize::try_from(tenth)? + 1);
        }
    }
    let took = begin.elapsed();
    let proxy = bench.proxy()?;
    let taken = proxy.count("http.ingress.downstream_rq_total")?;
    let decisions = proxy.page("/stats/prometheus")?;
    let (allowed, denied) = (decided(&decisions, "allow"), decided(&decisions, "deny"));
    let passed = taken.checked_sub(allowed + denied).context("more decisions than requests")?;
    let counted = Counts { allowed, denied, passed };
    let reached = bench.origin.reached();
    let warm = warm.context("too few requests to warm up")?;
    Ok(Report { resident, allocated, warm, sent, counted, reached, taken, latencies, took })
}

/// Sends `each` requests on every connection, the same sequence from another place on each.
fn round(
    clients: &mut [Client],
    mixed: &[Mixed],
    from: u64,
    each: u64,
    sent: &mut Counts,
) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    std::thread::scope(|scope| {
        let drive = |(place, client): (usize, &mut Client)| drive(client, mixed, from, each, place);
        let threads: Vec<_> = clients
            .iter_mut()
            .enumerate()
            .map(|client| scope.spawn(move || drive(client)))
            .collect();
        for thread in threads {
            let (counts, mut own) = thread.join().map_err(|_| anyhow!("a client panicked"))??;
            sent.allowed += counts.allowed;
            sent.denied += counts.denied;
            sent.passed += counts.passed;
            times.append(&mut own);
        }
        anyhow::Ok(())
    })?;
    times.sort_unstable();
    Ok(times)
}

fn drive(
    client: &mut Client,
    mixed: &[Mixed],
    from: u64,
    each: u64,
    place: usize,
) -> Result<(Counts, Vec<Duration>)> {
    let (mut counts, mut times) = (Counts::default(), Vec::new());
    let order = mixed.iter().cycle().skip(usize::try_from(from)? % mixed.len() + 3 * place);
    for request in order.take(usize::try_from(each)?) {
        interrupt::check()?;
        let begin = Instant::now();
        let outcome = client.ask(&request.bytes);
        times.push(begin.elapsed());
        let status = if request.verdict == Verdict::Denied { 403 } else { 200 };
        ensure!(outcome == Outcome::Status(status), "{}: {outcome}, not {status}", request.name);
        counts.add(request.verdict);
    }
    Ok((counts, times))
}

impl Report {
    /// Fails if memory grew, or if anything does not add up.
    pub fn check(&self) -> Result<()> {
        ensure!(self.sent == self.counted, "sent {:?}, counted {:?}", self.sent, self.counted);
        ensure!(self.taken == self.sent.sum(), "Envoy took {}: {:?}", self.taken, self.sent);
        let reached =
            Reached { with: self.sent.allowed, public: self.sent.passed, unauthorised: 0 };
        ensure!(self.reached == reached, "at the origin: {:?}, not {reached:?}", self.reached);
        let (warm, end) = (self.resident[self.warm], self.resident[self.resident.len() - 1]);
        ensure!(end <= warm + TOLERANCE, "from {warm} to {end} KiB: {:?}", self.resident);
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sum, seconds) = (self.sent.sum(), self.took.as_secs_f64());
        writeln!(f, "{sum} requests over {CONNECTIONS} connections in {seconds:.1} s")?;
        for (name, counts) in [("sent", self.sent), ("counted", self.counted)] {
            let Counts { allowed, denied, passed } = counts;
            writeln!(
                f,
                "{name}: {allowed} allowed + {denied} denied + {passed} passed = {}",
                counts.sum()
            )?;
        }
        let Reached { with, public, unauthorised } = self.reached;
        writeln!(
            f,
            "Envoy took {}; at the origin: {with} allowed, {public} public, {unauthorised} unauthorised",
            self.taken
        )?;
        let last = self.resident.len() - 1;
        for (name, kib) in [("resident", &self.resident), ("allocated", &self.allocated)] {
            writeln!(
                f,
                "{name}: {} KiB at first, {} after the warm-up, {} at the end",
                kib[0], kib[self.warm], kib[last]
            )?;
            writeln!(f, "  after each tenth: {:?}", &kib[1..])?;
        }
        for (name, times) in ["first", "last"].iter().zip(&self.latencies) {
            let at = |thousandth: usize| times[(times.len() - 1) * thousandth / 1000];
            let (half, most, nearly) = (at(500), at(990), at(999));
            writeln!(f, "{name} tenth: p50 {half:.0?}, p99 {most:.0?}, p99.9 {nearly:.0?}")?;
        }
        Ok(())
    }
}

/// The resident memory of a process, in KiB.
fn resident_kib(process: u32) -> Result<u64> {
    let status = files::read(format!("/proc/{process}/status").as_ref())?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    line.split_whitespace().nth(1).context("no VmRSS")?.parse().context("VmRSS")
}

/// The sum of the gate's counters with this outcome, from Envoy's page for Prometheus.
fn decided(page: &str, outcome: &str) -> u64 {
    let start = format!("wicketgate_decisions_total{{outcome=\"{outcome}\"");
    let lines = page.lines().filter(|line| line.starts_with(&start));
    lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
}
