//! Everything that has to be there before an example can run.

use std::thread;

use anyhow::{Context, Result, anyhow};
use wicketgate_runtime::ships::{FILTER, MODULE, Ships, WORKER};
use wicketgate_runtime::tools;
use wicketgate_testkit::example::Example;
use wicketgate_testkit::gate::{EnvoyTools, Host, HostTools, WorkerTools};
use wicketgate_testkit::origin::Installed;
use wicketgate_testkit::runner::Tools;

use wicketgate_testkit::checkout::Checkout;

/// Everything that one example needs.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The gate's host, with the gate.
    pub(crate) tools: Tools,
    /// Its origin.
    pub(crate) origin: Installed,
}

/// Builds the gate for its host, and meanwhile installs the host and what the examples' origins
/// need: for each example what it takes.
pub(crate) fn examples(
    checkout: &Checkout,
    host: Host,
    examples: &[Example],
) -> Result<Vec<Prepared>> {
    let (tools, origins) = all(checkout, host, examples)?;
    let prepared = origins.into_iter().map(|origin| Prepared { tools: tools.clone(), origin });
    Ok(prepared.collect())
}

/// The host with the gate, and every example's origin.
pub(crate) fn all(
    checkout: &Checkout,
    host: Host,
    examples: &[Example],
) -> Result<(Tools, Vec<Installed>)> {
    let origins = || {
        let origin = |example: &Example| {
            Installed::new(&checkout.cache, example)
                .with_context(|| format!("the origin of `{}`", example.about.name))
        };
        examples.iter().map(origin).collect::<Result<Vec<_>>>()
    };
    let (host, origins) = match host {
        Host::Envoy(_) | Host::Module(_) => {
            let gate = if matches!(host, Host::Module(_)) { &MODULE } else { &FILTER };
            let (tools, origins) = envoy_and(checkout, gate, origins)?;
            (HostTools::Envoy(tools), origins)
        }
        Host::Worker => {
            let (tools, origins) = worker_and(checkout, origins)?;
            (HostTools::Worker(tools), origins)
        }
    };
    Ok((Tools { cache: checkout.cache.clone(), host }, origins))
}

/// Envoy and the gate for it, and `others` meanwhile.
fn envoy_and<T>(
    checkout: &Checkout,
    gate: &Ships,
    others: impl FnOnce() -> Result<T>,
) -> Result<(EnvoyTools, T)> {
    let install = || Ok((tools::envoy(&checkout.cache)?, others()?));
    let (filter, (binary, others)) = both(|| checkout.build(gate), install)?;
    let shipped = checkout.shipped_envoy_yaml()?;
    Ok((EnvoyTools { binary, filter: filter.path, shipped }, others))
}

/// workerd and the Worker, and `others` meanwhile.
fn worker_and<T>(
    checkout: &Checkout,
    others: impl FnOnce() -> Result<T>,
) -> Result<(WorkerTools, T)> {
    let install = || Ok((tools::workerd(&checkout.cache)?, others()?));
    let (worker, (binary, others)) = both(|| checkout.build(&WORKER), install)?;
    Ok((WorkerTools { binary, worker: worker.path }, others))
}

/// Runs both at once. Both are waited for, whichever fails: no child outlives a failure of the
/// other.
fn both<A: Send, B>(
    build: impl FnOnce() -> Result<A> + Send,
    install: impl FnOnce() -> Result<B>,
) -> Result<(A, B)> {
    thread::scope(|scope| {
        let build = scope.spawn(build);
        let installed = install();
        let built = build.join().map_err(|_| anyhow!("the build panicked"))?;
        let (installed, built) = (installed?, built?);
        Ok((built, installed))
    })
}
