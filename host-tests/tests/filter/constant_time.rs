//! No wrong token is told from another by the work that it makes: the fuel of the request's
//! callbacks in the module that ships, over every key of a list, every place of the first wrong
//! byte, and a thousand tokens that have nothing right about them.

use std::collections::BTreeMap;

use wicketgate_host_tests::built;
use wicketgate_host_tests::fake::Host;
use wicketgate_host_tests::module::Module;

use crate::gate::{NOW, logged, module, stranger};

/// As many as one header may have.
const KEYS: usize = 32;

fn host(module: &Module) -> Host {
    let key = |n: usize| format!(r#"{{"id":"k{n:02}","env":"KEY_{n:02}"}}"#);
    let list: Vec<String> = (0..KEYS).map(key).collect();
    let policy = format!(
        r#"{{"version":1,"name":"keys","environment":"production","unmatched":"pass",
            "callers":{{"cron":{{"token":{{"header":"x-internal-token","keys":[{}]}}}}}},
            "rules":[{{"id":"jobs","paths":["/internal/*"],"allow":[{{"caller":"cron"}}]}}],
            "forward":{{"credential":"remove"}}}}"#,
        list.join(",")
    );
    let names: Vec<String> = (0..KEYS).map(|n| format!("KEY_{n:02}")).collect();
    let tokens = tokens();
    let environment: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(tokens.iter().map(String::as_str)).collect();
    let mut host = Host::new(module, policy, &environment, NOW).unwrap();
    assert!(host.configure(), "{:?}", logged(&host));
    // Metrics are defined and memory has its size after a few.
    for _ in 0..3 {
        host.request(stranger().header("x-internal-token", tokens[0].replace('-', "_")));
    }
    host
}

fn tokens() -> Vec<String> {
    (0..KEYS).map(|n| format!("{n:02}-4f8a1c0d9e2b7365af01d2c4b6e8f790")).collect()
}

/// Every key with one byte changed, in every place; and tokens of the same length, made by a small
/// generator with a fixed seed.
fn wrong_tokens() -> Vec<String> {
    let changed = tokens().into_iter().flat_map(|token| {
        (0..token.len()).map(move |place| {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
            String::from_utf8(bytes).unwrap()
        })
    });
    let mut state = 20_261_123_u64;
    let mut next = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from_digit(u32::try_from(state >> 60).unwrap(), 16).unwrap()
    };
    let length = tokens()[0].len();
    let strangers: Vec<String> =
        (0..1_000).map(|_| (0..length).map(|_| next()).collect()).collect();
    changed.chain(strangers).collect()
}

/// The number of wrong tokens for each cost. Each is sent twice, because the allocator alternates
/// between two states, whatever was sent.
fn costs(host: &mut Host) -> BTreeMap<u64, usize> {
    let mut costs = BTreeMap::new();
    for token in wrong_tokens() {
        let before = host.fuel();
        for _ in 0..2 {
            let exchange = host.request(stranger().header("x-internal-token", &token));
            assert_eq!(exchange.reason(), "credential_unknown", "{token}");
        }
        *costs.entry(host.fuel() - before).or_default() += 1;
        host.clear_logs();
    }
    costs
}

#[test]
fn every_wrong_token_of_one_length_costs_the_same() {
    let costs = costs(&mut host(module()));
    let count: usize = costs.values().sum();
    println!("{count} wrong tokens, fuel: {costs:?}");
    assert!(count >= 2_000, "only {count} tokens");
    assert_eq!(costs.len(), 1, "{costs:?}");
}

#[test]
fn a_comparison_that_ends_early_is_seen() {
    let wasm = built::filter_with_early_exit().unwrap();
    let costs = costs(&mut host(&Module::new(&wasm).unwrap()));
    println!("with an early exit, fuel: {costs:?}");
    assert!(costs.len() > 1, "{costs:?}");
}
