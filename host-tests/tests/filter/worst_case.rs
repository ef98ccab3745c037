//! The cost of the worst request. A worker of Envoy does nothing else meanwhile, so the cost is
//! bounded, in fuel: very nearly the instructions that the module runs. Ten million of them are
//! about a millisecond.

use serde_json::Value;
use wicketgate_host_tests::fake::{Host, Request};

use crate::gate::{TOKEN, configured};
use crate::random::Random;

/// The dearest requests that a search has found, and a policy on which every part of the path rule
/// has work to do.
const DEAREST: &str = include_str!("../../../testing/load/dearest.json");

/// That policy, for an origin of this stack, or for one that nobody has named, which may be any.
fn policy(stack: Option<&str>) -> String {
    let mut policy = dearest()["policy"].take();
    if let Some(stack) = stack {
        policy["origin"]["stack"] = stack.into();
    }
    policy.to_string()
}

fn dearest() -> Value {
    serde_json::from_str(DEAREST).unwrap()
}

/// The most fuel that one request may take.
const LIMIT: u64 = 60_000_000;

/// Targets of up to 60 KB, as long as Envoy lets through by default.
fn targets() -> Vec<(&'static str, String)> {
    let fill = |part: &str, length: usize| format!("/{}", part.repeat(length / part.len()));
    let mut targets = Vec::new();
    for length in [200, 1_000, 8_000, 60_000] {
        for (name, part) in [
            ("plain", "a/"),
            ("one long segment", "a"),
            ("escapes", "%61"),
            ("escapes of escapes", "%252561"),
            ("half escapes", "%"),
            ("dots", "../"),
            ("encoded dots", "%2e%2e/"),
            ("backslashes", "\\a"),
            ("slashes", "/"),
            ("parameters", ";a=b/"),
            ("everything", "/a;b\\../%2e%2e;%5c%2f//..;%3f%23%09%00;/%252e%255c"),
            ("mounts", "a/b/en/api/v2/"),
            ("data routes", "_next/data/b/index/x.json/"),
            ("payloads", "x.rsc.segments/.prefetch.rsc"),
            ("schemes", "http://a\\b/"),
        ] {
            targets.push((name, fill(part, length)));
        }
        targets.push((
            "queries",
            format!("/_next/image?{}", "url=/%2561/../a;b&".repeat(length / 18)),
        ));
        let inner = "/a;b%5c../%252e%252e;/".repeat(length / 22);
        targets.push(("a long inner target", format!("/_next/image?url={inner}")));
    }
    // Just below the bounds on readings, where the work is most.
    for count in 1..40 {
        targets.push(("near the bound", format!("/{}internal", "x/%2e%2e;a//".repeat(count))));
    }
    targets
}

fn fuel(host: &mut Host, request: Request) -> u64 {
    let before = host.fuel();
    let exchange = host.request(request);
    host.clear_logs();
    // Out of fuel, which the host ends at a billion, is a failure too.
    let spent = host.fuel().checked_sub(before);
    spent.filter(|_| exchange.failure.is_none()).unwrap_or(u64::MAX)
}

#[test]
fn no_target_costs_more_than_the_limit() {
    let mut host = configured(&policy(Some("nextjs")));
    let mut costs: Vec<(u64, &str, usize)> = Vec::new();
    for (name, target) in targets() {
        let request = Request::new("GET", &target).header("x-internal-token", TOKEN);
        costs.push((fuel(&mut host, request), name, target.len()));
    }
    costs.sort_unstable();
    println!("the dearest: {:?}", &costs[costs.len() - 3..]);
    let (most, ..) = costs[costs.len() - 1];
    assert!(most < LIMIT, "{costs:?}");
    // The measure is not of something that was refused before it was read.
    assert!(most > 1_000_000, "{costs:?}");
}

/// The parts from which targets are put together: some for every step, and for every alias.
const PARTS: [&str; 44] = [
    "/",
    "//",
    "\\",
    "..",
    ".",
    "/../",
    "%2e",
    "%2f",
    "%5c",
    "%25",
    "%252f",
    "%25252e",
    "%",
    "%4",
    "%zz",
    "%u0069",
    "%u002f",
    "%6@",
    ";",
    ";a=b",
    "?",
    "#",
    "%3f",
    "%23",
    "%00",
    "%09",
    "%0a",
    "%ff",
    "%c0%af",
    "%E2%84%AA",
    "%c3",
    "http:",
    "ws:a",
    "*",
    " ",
    "a",
    "A",
    "/a/",
    "/en/",
    "/_next/data/b/",
    ".json",
    ".rsc.segments/",
    "/_next/image",
    "url=",
];

/// Some change to a target: a part put in, a stretch repeated, taken out or moved.
fn mutate(target: &str, random: &mut Random) -> String {
    let bytes = target.as_bytes();
    let at = random.below(bytes.len() + 1);
    let end = (at + 1 + random.below(40)).min(bytes.len());
    let (head, rest) = bytes.split_at(at);
    let (stretch, tail) = rest.split_at(end.saturating_sub(at));
    let part = PARTS[random.below(PARTS.len())].as_bytes();
    let changed = match random.below(6) {
        0 | 1 => [head, part, rest].concat(),
        2 => [head, &stretch.repeat(1 + random.below(30)), tail].concat(),
        3 => [head, tail].concat(),
        4 => [head, &part.repeat(1 + random.below(60)), tail].concat(),
        _ => [head, tail, stretch].concat(),
    };
    let text: String = changed.into_iter().take(60_000).map(char::from).collect();
    if text.is_empty() { "/".to_owned() } else { text }
}

/// Looks for the dearest target: those that cost most are changed on, a few hundred times.
fn search(policy: &str, seed: u64) -> (u64, String) {
    /// As many as the dearest are kept of.
    const KEPT: usize = 12;
    let mut host = configured(policy);
    let mut random = Random::new(seed);
    let mut cost = |target: &str| {
        let request = Request::new("GET", target).header("x-internal-token", TOKEN);
        fuel(&mut host, request)
    };
    let mut kept: Vec<(u64, String)> = targets()
        .into_iter()
        .map(|(_, target)| (cost(&target), target))
        .chain((0..60).map(|_| {
            let parts = 1 + random.below(60);
            let target: String = (0..parts).map(|_| PARTS[random.below(PARTS.len())]).collect();
            (0, format!("/_next/image?url=/{target}"))
        }))
        .collect();
    for round in 0..ROUNDS {
        kept.sort_by(|one, two| two.cmp(one));
        // Some that are cheap stay for a while: the way to the dearest may begin there.
        kept.truncate(if round < ROUNDS / 4 { 4 * KEPT } else { KEPT });
        let parent = &kept[random.below(kept.len())].1;
        let mut child = mutate(parent, &mut random);
        for _ in 0..random.below(3) {
            child = mutate(&child, &mut random);
        }
        let spent = cost(&child);
        if kept.iter().all(|(other, target)| *other != spent || target.len() != child.len()) {
            kept.push((spent, child));
        }
    }
    kept.into_iter().max().unwrap_or_default()
}

/// Changes that are tried for each policy.
const ROUNDS: usize = 1_500;

#[test]
fn no_search_finds_a_target_that_costs_more_than_the_limit() {
    for (stack, seed) in [(Some("nextjs"), 1), (Some("nextjs"), 2), (None, 3)] {
        let name = stack.unwrap_or("unnamed");
        let (most, target) = search(&policy(stack), seed);
        println!("{name}: {most} for {} bytes, {:.200}", target.len(), target.escape_debug());
        assert!(most < LIMIT, "{name}: {most} for {}", target.escape_debug());
        // It is no search that finds nothing dear.
        assert!(most > 3_000_000, "{name}: {most}");
    }
}

#[test]
fn what_the_bench_sends_is_dear() {
    for dear in dearest()["dearest"].as_array().unwrap() {
        let mut host = configured(&policy(dear["stack"].as_str()));
        let target = dear["target"].as_str().unwrap();
        let request = Request::new("GET", target).header("x-internal-token", TOKEN);
        let spent = fuel(&mut host, request);
        assert!((20_000_000..LIMIT).contains(&spent), "{spent} for {target:.200}");
    }
}

#[test]
fn no_header_map_costs_more_than_the_limit() {
    let mut host = configured(&policy(Some("nextjs")));
    let request = || Request::new("GET", "/internal/x").header("x-internal-token", TOKEN);
    let many = (0..100).fold(request(), |request, n| {
        request.header(format!("X_Original-Url.{n}"), "x".repeat(500))
    });
    let mut costs = vec![("many", fuel(&mut host, many))];
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1, ".repeat(5_000)),
        ("x-forwarded-for", "::ffff:127.0.0.1,".repeat(3_500)),
        ("x-internal-token", "x".repeat(60_000)),
        ("x-internal-token", " ".repeat(60_000)),
        ("user-agent", "\u{1}".repeat(60_000)),
        ("x-request-id", "\"".repeat(60_000)),
    ] {
        costs.push((name, fuel(&mut host, request().header(name, value))));
    }
    println!("{costs:?}");
    assert!(costs.iter().all(|(_, cost)| *cost < LIMIT), "{costs:?}");
}
