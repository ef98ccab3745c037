//! The Worker's part of docs/performance.md.

use super::tables;
use crate::results::Results;
use crate::worker::bounds::BOUNDS;

/// The section.
pub(super) fn section(results: &Results) -> String {
    let mut text = format!("{HEAD}\n");
    text.push_str(&tables::measured_on(results));
    text.push_str(BOUND);
    text.push_str(&tables::bounds(results, &BOUNDS));
    text.push_str(ARMS);
    text.push_str(&tables::arms(results));
    text.push_str(&tables::noise(results, "floor-again", "No check against no check"));
    text.push_str(PLOTS);
    text
}

const HEAD: &str = "
## In a Worker

One workerd, which is bound to a core, has a socket and a Worker for each row, and a Worker more that is the origin; requests come from another core over four kept connections, with the headers that Cloudflare adds. What is measured is the CPU time of all of workerd's threads, as the kernel counts it: the platform's own counting is coarser. A row is held to its answers as in Envoy, and measured in rounds as there. What it costs above no check is taken from the Worker that only asks the origin (`no check`), or only refuses (`no check, refused`), and gets the same bytes.

The others check the same and no more, of paths only a prefix: JavaScript by hand as in Cloudflare's own example of `timingSafeEqual`, hono with its `ipRestriction` and `bearerAuth`, jose with its `jwtVerify` and a key that was imported before. The gate also has the origin get the caller in place of the token, and keeps the answer out of shared caches; `and what the gate changes` means that the other does so too, and the bounds hold the gate against these rows. jose remembers no tokens: there, `cached` means that it is sent the same one each time.
";

const BOUND: &str = "\
The quotient of what both cost above no check, as above.

| | measured | at most | |
|---|---|---|---|
";

const ARMS: &str = "
Microseconds of workerd's CPU: the median of the rounds, and between which nine of ten are; above no check also the least of all rounds, and what a quarter of them did not exceed.

| | all | above no check | least | quarter |
|---|---|---|---|---|
";

const PLOTS: &str = "
![What a request costs in a Worker above no check](performance/worker.svg)

![What a request with a signed token costs in a Worker above no check](performance/worker-signed.svg)
";
