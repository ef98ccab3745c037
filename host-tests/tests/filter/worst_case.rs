//! What the worst request costs. A worker of Envoy does nothing else meanwhile, so it is bounded:
//! in fuel, very nearly the instructions that the module runs.

use wicketgate_host_tests::fake::{Host, Request};

use crate::gate::{TOKEN, configured};

/// A policy on which every part of the path rule has work to do.
const POLICY: &str = r#"{
    "version": 1, "name": "worst", "environment": "production", "unmatched": "pass",
    "networks": { "office": ["10.0.0.0/8", "fd00::/8"] },
    "client_address": { "envoy": { "from": "x-forwarded-for", "trusted_proxies": ["127.0.0.1"] } },
    "callers": { "cron": { "token": { "header": "x-internal-token", "keys": [{ "id": "a", "env": "INTERNAL_JOB_TOKEN" }] } } },
    "rules": [
        { "id": "a", "paths": ["/internal/*"], "allow": [{ "caller": "cron", "network": "office" }] },
        { "id": "b", "paths": ["/{a}/{b}/{c}/*"], "ambiguous": "check", "allow": [{ "caller": "cron" }] },
        { "id": "c", "mode": "shadow", "paths": ["/*"], "allow": [{ "caller": "cron" }] }
    ],
    "origin": { "stack": "nextjs", "mounts": ["/a", "/b", "/api/v2"], "locales": ["en", "de"] },
    "forward": { "credential": "remove" }
}"#;

/// The most fuel that one request may take.
const LIMIT: u64 = 340_000_000;

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
    let mut host = configured(POLICY);
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

#[test]
fn no_header_map_costs_more_than_the_limit() {
    let mut host = configured(POLICY);
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
