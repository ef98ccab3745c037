//! The cost of a request in the module that ships, compared with a written table: fuel, which is
//! very nearly the instructions that run, and calls to the host. Both are the same in every run, so
//! nobody makes the module slower, or faster, unnoticed.
//!
//! `WICKETGATE_UPDATE=1 cargo test -p wicketgate-host-tests --test fuel` writes the figures anew.

use wicketgate_host_tests::built;
use wicketgate_host_tests::costs::{Costs, Row};
use wicketgate_host_tests::fake::{Host, Request};
use wicketgate_host_tests::module::Module;
use wicketgate_load::policies::{self, Many, ONE};
use wicketgate_tokens::signed as tokens;

#[test]
fn no_request_costs_another_amount_than_is_written_down() {
    let module = Module::new(built::filter().unwrap()).unwrap();
    COSTS.hold(&[opaque(&module), signed(&module)].concat());
}

/// Opaque tokens.
fn opaque(module: &Module) -> Vec<Row> {
    let mut rows = Vec::new();
    let gate = |policy: &str| gate(module, policy, &[(policies::TOKEN_VARIABLE, SECRET)]);
    let request =
        |path: &str, token: &str| Request::new("GET", path).header("x-internal-token", token);
    let mut one = gate(&policies::token(ONE, false));
    rows.push(row("public", &mut one, || request("/public/page", SECRET)));
    rows.push(row("allowed", &mut one, || request(GUARDED, SECRET)));
    rows.push(row("denied", &mut one, || request(GUARDED, WRONG)));
    let mut audited = gate(&policies::token(ONE, true));
    rows.push(row("allowed, audited", &mut audited, || request(GUARDED, SECRET)));
    for (rules, networks) in [(100, 1), (10_000, 1), (1, 100), (1, 10_000), (1, 1_000_000)] {
        let mut host = gate(&policies::token(Many { rules, networks, ..ONE }, false));
        let name = format!("allowed, {rules} rules, {networks} networks");
        rows.push(row(&name, &mut host, || request(GUARDED, SECRET)));
    }
    for keys in [1, 100, 10_000] {
        let token = policies::named_token(keys, SECRET);
        let mut host = gate(&policies::named_keys(Many { keys, ..ONE }, &token));
        let name = format!("allowed, {keys} keys that tokens name");
        rows.push(row(&name, &mut host, || request(GUARDED, &token)));
    }
    rows
}

/// Signed tokens.
fn signed(module: &Module) -> Vec<Row> {
    let mut rows = Vec::new();
    for algorithm in ["HS256", "EdDSA"] {
        let signed = tokens::signed(algorithm, 5, NOW).unwrap();
        let keys = format!(r#"{{"keys":[{}]}}"#, signed["jwk"]);
        let mut host = gate(module, &policies::signed("KEYS"), &[("KEYS", &keys)]);
        let token = |n: usize| signed["tokens"][n].as_str().unwrap().to_owned();
        let request = |n: usize| {
            Request::new("GET", GUARDED).header("authorization", format!("Bearer {}", token(n)))
        };
        let cached = format!("signed token, {algorithm}, cached");
        rows.push(row(&cached, &mut host, || request(0)));
        let mut next = 0;
        rows.push(row(&format!("signed token, {algorithm}, uncached"), &mut host, || {
            next += 1;
            request(next)
        }));
    }
    rows
}

fn gate(module: &Module, policy: &str, environment: &[(&str, &str)]) -> Host {
    let mut host = Host::new(module, policy, environment, NOW).unwrap();
    host.allow_fuel(u64::MAX / 2);
    assert!(host.configure(), "{:?}", host.logs());
    host
}

/// The last of some requests, when memory has its size and metrics are defined.
fn row(name: &str, host: &mut Host, mut request: impl FnMut() -> Request) -> Row {
    for _ in 0..3 {
        host.request(request());
    }
    let counts = |host: &Host| (host.fuel(), host.calls().values().sum::<u64>());
    let (fuel, calls) = counts(host);
    let exchange = host.request(request());
    assert_eq!(exchange.origin.is_some(), !name.starts_with("denied"), "{exchange:?}");
    let (fuel_after, calls_after) = counts(host);
    let (work, count) = (Some(fuel_after - fuel), calls_after - calls);
    Row { name: name.to_owned(), work, count }
}

const COSTS: Costs = Costs {
    file: "fuel.txt",
    head: "\
# What a request costs the filter that ships, all callbacks of its stream together.
# Made by `WICKETGATE_UPDATE=1 cargo test -p wicketgate-host-tests --test fuel`.",
    columns: ["request", "fuel", "host calls"],
};
const GUARDED: &str = "/internal/run";
const SECRET: &str = "tV3xq8Zr1LmNcB7yHs5dKfG2wPoJ9aEu4iRkXzQ6vM0";
const WRONG: &str = "tV3xq8Zr1LmNcB7yHs5dKfG2wPoJ9aEu4iRkXzQ6vM1";
/// 2026-11-23T12:00:00Z
const NOW: u64 = 1_795_435_200;
