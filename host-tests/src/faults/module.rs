//! Faults on Envoy with the native module.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::Outcome::Status;
use super::bench::{Bench, Host, TOKEN};
use super::envoy;
use super::{End, Fault, Kind};

/// The filter's, but for those of a sandbox, and a panic.
pub fn faults() -> Vec<Fault> {
    let of_a_sandbox = ["trap", "memory_limit"];
    let shared = envoy::FAULTS.iter().filter(|fault| !of_a_sandbox.contains(&fault.name));
    let shared = shared.map(|fault| Fault { host: Host::Module, ..*fault });
    std::iter::once(PANIC).chain(shared).collect()
}

/// The request that causes it is answered, and no other feels it.
const PANIC: Fault = Fault {
    host: Host::Module,
    name: "panic",
    sees: &[(Kind::Striking, &[Status(503)])],
    shows: &[(Kind::Striking, Status(503))],
    ends: End::ByItself(Duration::from_secs(1)),
    ready: |bench| {
        bench.plan.faulty = true;
        bench.start()
    },
    cause: |bench| {
        let before = panics(bench)?;
        let mut caused = 0;
        for _ in 0..10 {
            for (part, target, token) in [
                ("request", "/internal/without/x", ""),
                ("request", "/internal/with/x", TOKEN),
                ("request", "/public/x", ""),
                ("response", "/internal/with/x", TOKEN),
            ] {
                bench.strike(target, &[(HEADER, part), ("x-internal-token", token)]);
                caused += 1;
            }
        }
        let counted = panics(bench)? - before;
        ensure!(counted == caused, "{caused} panics, {counted} counted");
        let log = bench.log();
        ensure!(log.contains("the gate panicked at "), "{log}");
        ensure!(!log.contains("a secret of the request"), "the log quotes a request: {log}");
        Ok(())
    },
};

fn panics(bench: &mut Bench) -> Result<u64> {
    bench.proxy()?.count("wicketgate_panics_total")
}

/// The header by which a request names the part at which its stream panics
/// (`envoy-module/src/fault.rs`).
const HEADER: &str = "wicketgate-test-panic";
