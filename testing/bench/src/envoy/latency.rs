//! Measures the time of answers while requests come at half the rate that the worker can bear.

use std::time::Duration;

use anyhow::{Context, Result};
use wicketgate_load::{Connection, open};
use wicketgate_runtime::interrupt;
use wicketgate_runtime::progress::say;

use super::arms::Arm;
use super::proxy::Proxy;
use crate::results::{ArmResult, Latency, median, two_digits};
use crate::rounds::{Plan, Server as _};

/// Measures the main arms, each at half of its own capacity.
pub(super) fn measure(
    arms: &mut [Arm],
    results: &[ArmResult],
    proxy: &Proxy,
    plan: Plan,
) -> Result<Vec<Latency>> {
    let mut main: Vec<(&mut Arm, f64)> = Vec::new();
    for (arm, result) in arms.iter_mut().zip(results).filter(|(arm, _)| arm.is_main) {
        main.push((arm, median(&result.micros).context("no rounds")?));
    }
    let mut samples = vec![(Vec::new(), Vec::new()); main.len()];
    let mut order: Vec<usize> = (0..main.len()).collect();
    let mut random = fastrand::Rng::with_seed(SEED);
    for run in 0..RUNS {
        random.shuffle(&mut order);
        for &index in &order {
            interrupt::check()?;
            let (arm, micros) = &mut main[index];
            let gap = Duration::from_secs_f64(*micros * 2.0 / 1e6);
            let address = proxy.address(&arm.name)?;
            let connections = (0..CONNECTIONS).map(|_| Connection::open(address));
            let mut connections = connections.collect::<Result<Vec<_>>>()?;
            let requests = arm.traffic.take(plan.requests.max(1_000))?;
            let took = open(&mut connections, requests, arm.expected, gap, SEED + run);
            let mut took = took.with_context(|| format!("the latency of `{}`", arm.name))?;
            took.sort_unstable();
            let at = |percent: usize| took[took.len() * percent / 100].as_secs_f64() * 1e6;
            samples[index].0.push(at(50));
            samples[index].1.push(at(99));
        }
    }
    say(&format!("  {RUNS} runs"));
    let mut latencies = Vec::new();
    for ((arm, micros), (p50, p99)) in main.into_iter().zip(samples) {
        latencies.push(Latency {
            name: arm.name.clone(),
            what: arm.what.clone(),
            rate: (0.5e6 / micros).round(),
            p50: two_digits(median(&p50).context("no runs")?),
            p99: two_digits(median(&p99).context("no runs")?),
        });
    }
    Ok(latencies)
}

const RUNS: u64 = 9;
/// More than are ever under way at half of capacity.
const CONNECTIONS: usize = 16;
const SEED: u64 = 7;
