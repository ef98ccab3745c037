//! Measures the memory and the start time of an Envoy.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use wicketgate_load::{Connection, closed};
use wicketgate_runtime::interrupt;
use wicketgate_runtime::progress::say;
use wicketgate_testkit::checkout::Checkout;
use wicketgate_testkit::threads;

use super::arms::{Arm, Kit};
use super::proxy::Proxy;
use crate::results::{Footprint, median, two_digits};
use crate::rounds::Server as _;

/// Starts Envoy with one arm again and again, at one worker and at four.
pub(super) fn measure(
    checkout: &Checkout,
    binary: &Path,
    kit: &Kit,
    service: std::net::SocketAddr,
    secrets: &BTreeMap<String, String>,
) -> Result<Vec<Footprint>> {
    let mut arms: Vec<Arm> = kit.arms()?;
    arms.retain(|arm| ARMS.iter().any(|(name, _)| *name == arm.name));
    let mut footprints = Vec::new();
    for (workers, (name, what)) in [1, 4].iter().flat_map(|n| ARMS.map(|arm| (*n, arm))) {
        let Some(arm) = arms.iter_mut().find(|arm| arm.name == name) else { continue };
        let (mut memory, mut start) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            interrupt::check()?;
            let listener = kit.shipped.listener(name, arm.setup.clone())?;
            let config = kit.shipped.whole(vec![listener], service);
            let folder = checkout.cache.run_folder()?;
            let proxy = Proxy::start(binary, &config, secrets, workers, &[name], folder)?;
            start.push(proxy.start.as_secs_f64() * 1e3);
            let address = proxy.address(name)?;
            let open = (0..16).map(|_| Connection::open(address));
            let mut connections = open.collect::<Result<Vec<_>>>()?;
            closed(&mut connections, arm.traffic.take(2_000)?, arm.expected)?;
            memory.push(threads::resident(proxy.id())? as f64 / f64::from(1 << 20));
        }
        footprints.push(Footprint {
            what: what.to_owned(),
            workers,
            mebibytes: two_digits(median(&memory).context("no starts")?),
            start: median(&start).context("no starts")?.round(),
        });
    }
    say(&format!("  {STARTS} starts of each"));
    Ok(footprints)
}

const ARMS: [(&str, &str); 5] = [
    ("none", "no filter"),
    ("noop", "no-op wasm"),
    ("gate", "the gate"),
    ("gate-hs256-cached", "the gate with signed tokens"),
    ("module", "the native module"),
];
const STARTS: usize = 5;
