//! docs/performance.md, and the part of it that the README shows.

use std::fmt::Write as _;

use super::tables;
use crate::envoy::bounds::BOUNDS;
use crate::results::Results;
use crate::spread::Spread;

/// The page. `fuel` is the table of what requests cost without a clock.
pub(super) fn page(results: &Results, fuel: &str) -> String {
    let mut text = format!("{HEAD}\n{METHOD}\n");
    text.push_str(&tables::measured_on(results));
    text.push_str(BOUND);
    text.push_str(&tables::bounds(results, &BOUNDS));
    text.push_str(ARMS);
    text.push_str(&tables::arms(results));
    text.push_str(&tables::noise(results, "none-again", "No filter against no filter"));
    text.push_str(PLOTS);
    text.push_str(LATENCY);
    for latency in &results.latencies {
        let (what, rate, p50, p99) = (&latency.what, latency.rate, latency.p50, latency.p99);
        _ = writeln!(text, "| {what} | {rate:.0} | {p50:.0} | {p99:.0} |");
    }
    text.push_str(FOOTPRINT);
    for print in &results.footprints {
        let (what, workers, memory, start) =
            (&print.what, print.workers, print.mebibytes, print.start);
        _ = writeln!(text, "| {what} | {workers} | {memory:.1} | {start:.0} |");
    }
    let fuel = fuel.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    _ = write!(text, "{FUEL}```text\n{}\n```\n", fuel.trim());
    text
}

/// The part for the README.
pub(super) fn summary(results: &Results) -> String {
    let mut text =
        String::from("| a request, in Envoy | µs of worker CPU above no filter |\n|---|---|\n");
    for name in SUMMARY {
        let above = results.above(name).and_then(Spread::of);
        if let (Some(arm), Some(above)) = (results.arm(name), above) {
            _ = writeln!(text, "| {} | {} |", arm.what, above.text());
        }
    }
    text.push_str("\nMedian, and between which nine rounds of ten are; on one machine.\n");
    text
}

const SUMMARY: [&str; 11] = [
    "noop",
    "gate-public",
    "gate",
    "gate-denied",
    "module-public",
    "module",
    "api-key-rbac",
    "lua",
    "ext-authz",
    "gate-hs256-cached",
    "jwt-authn-hs256-uncached",
];

const HEAD: &str = "\
<!-- Made by `cargo xtask bench report` of docs/performance/envoy.json and worker.json: measure anew with `cargo xtask bench envoy --json docs/performance/envoy.json`, and the same of `worker`. -->
# What it costs

First in Envoy, then [in a Worker](#in-a-worker).
";

const METHOD: &str = "\
One Envoy with one worker, which is bound to a core, has a listener for each row; requests come from another core over four kept connections, so that the worker never sleeps. Envoy answers them itself. The connection manager is that of [envoy.yaml](../envoy/envoy.yaml), without an access log. The figures are the CPU time of the worker's thread, as the kernel counts it. Before a row is timed, its answers are checked, refusals included, and the status of every timed answer is checked too. Each round measures every row, in an order of its own. The cost of a row above no filter is its difference, within the round, from the row without a filter that gets the same bytes.

The gate's rows include the filter before it that hands over the peer's address, the removal of the token, the caller's header, `cache-control` on the answer, values for access logs and metrics, and constant time. Allowed requests have no audit line unless the row says so, because the other filters write none. The others check the same and no more, unless the row says so; of paths they compare a prefix at most. `uncached` means that no token is sent twice.
";

const BOUND: &str = "\
## Bounds

Each figure is the ratio of the two costs above no filter: of the medians, with the 95 % interval of a bootstrap over the rounds. Where that interval holds two numbers of which one is twice the other, the run says so and nothing else.

| | measured | at most | |
|---|---|---|---|
";

const ARMS: &str = "
## A request

Microseconds of the worker's CPU: the median of the rounds, and between which nine of ten are; above no filter also the least of all rounds, and what a quarter of them did not exceed.

| | all | above no filter | least | quarter |
|---|---|---|---|---|
";

const PLOTS: &str = "
![What a request costs above no filter](performance/cost.svg)

![What a request with a signed token costs above no filter](performance/signed.svg)
";

const LATENCY: &str = "
## Latency

Microseconds from the moment at which a request was due. Requests come at random moments, at half the rate that the worker can bear with that row. The figures are medians of nine runs.

| | requests a second | p50 | p99 |
|---|---|---|---|
";

const FOOTPRINT: &str = "
## Memory and start

An Envoy with one listener, after 2,000 requests: memory in use, and how long it took to listen. Medians of five starts.

| | workers | MiB | ms |
|---|---|---|---|
";

const FUEL: &str = "
## Without a clock

Fuel is very nearly the number of instructions that the filter runs for a request, counted under wasmtime; the host calls are those that it makes. Both are the same in every run, and a test compares them with this table. `cargo xtask bench core` counts them, and the instructions of a native decision.

";
