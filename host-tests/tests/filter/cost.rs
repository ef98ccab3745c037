//! The cost of a request in the module, in fuel: very nearly the instructions that run, and the
//! same in every run.

use wicketgate_host_tests::fake::{Host, Request};

use crate::gate::{TOKEN, configured, gate, job, public, stranger};

/// The fuel of one request, once metrics are defined and memory has its size.
fn fuel(host: &mut Host, request: impl Fn() -> Request) -> u64 {
    for _ in 0..3 {
        host.request(request());
    }
    let before = host.fuel();
    host.request(request());
    host.fuel() - before
}

/// The least fuel of several requests. The allocator takes turns among a few free places, some of
/// which cost a little more, so that two equal requests can differ.
fn least(host: &mut Host, request: impl Fn() -> Request) -> u64 {
    (0..6).map(|_| fuel(host, &request)).min().unwrap_or_default()
}

/// A policy with one rule and caller that count, and more of everything beside them.
fn policy(rules: usize, networks: usize, keys: usize) -> String {
    let list = |count: usize, item: &dyn Fn(usize) -> String| {
        (0..count).map(item).collect::<Vec<_>>().join(",")
    };
    let rules = list(rules, &|n| {
        format!(r#"{{"id":"r{n}","paths":["/area{n}/{{id}}/*","/page{n}"],"allow":[{{"caller":"cron"}}]}},"#)
            .trim_end_matches(',')
            .to_owned()
    });
    let networks = list(networks, &|n| {
        let (high, low) = (n / 256 % 256, n % 256);
        format!(r#""{}.{high}.{low}.0/25""#, 20 + n / 65_536)
    });
    // The digest of nothing in particular: only the first key is ever offered.
    let keys = list(keys, &|n| format!(r#"{{"id":"k{n:04}","named":true,"sha256":"{n:064x}"}}"#));
    format!(
        r#"{{"version":1,"name":"cost","environment":"production","unmatched":"pass",
            "networks":{{"office":["127.0.0.0/8",{networks}]}},
            "callers":{{
                "cron":{{"token":{{"header":"x-internal-token","keys":[{{"id":"2026-q4","env":"INTERNAL_JOB_TOKEN"}}]}}}},
                "many":{{"token":{{"header":"x-many","keys":[{keys}]}}}}}},
            "rules":[
                {{"id":"jobs","paths":["/internal/*"],"allow":[{{"methods":["POST"],"caller":"cron","network":"office"}}]}},
                {{"id":"many","paths":["/many"],"allow":[{{"caller":"many"}}]}},{rules}],
            "forward":{{"credential":"remove"}}}}"#
    )
}

/// Asserts that many cost no more than few, to within a hundredth.
#[track_caller]
fn assert_level(what: &str, few: u64, many: u64) {
    let ratio = many as f64 / few as f64;
    assert!((0.98..=1.01).contains(&ratio), "{what}: {few} against {many}");
}

#[test]
fn choosing_a_rule_does_not_slow_down_with_their_number() {
    let (mut few, mut many) = (configured(&policy(10, 1, 1)), configured(&policy(1_000, 1, 1)));
    for (name, request) in [
        ("allowed", job as fn() -> Request),
        ("denied", stranger),
        ("public", public),
        ("one of the many", || Request::new("GET", "/area7/x/y")),
    ] {
        assert_level(name, fuel(&mut few, request), fuel(&mut many, request));
    }
}

#[test]
fn finding_an_address_does_not_slow_down_with_the_number_of_networks() {
    let (mut few, mut many) = (configured(&policy(1, 10, 1)), configured(&policy(1, 10_000, 1)));
    for peer in ["127.0.0.1:1", "20.0.3.7:1", "20.0.3.200:1", "9.9.9.9:1"] {
        let request = || job().from_peer(peer);
        assert_level(peer, fuel(&mut few, request), fuel(&mut many, request));
    }
}

#[test]
fn a_token_with_an_id_does_not_slow_down_with_the_number_of_keys() {
    // Eight are compared one by one, which costs another amount than hashing.
    let (mut few, mut many) = (configured(&policy(1, 1, 10)), configured(&policy(1, 1, 1_000)));
    for id in ["k0000", "k9999"] {
        let token = format!("wg_{id}_4f8a1c0d9e2b7365af01d2c4b6e8f790");
        let request = || Request::new("GET", "/many").header("x-many", &token);
        assert_level(id, fuel(&mut few, request), fuel(&mut many, request));
    }
}

#[test]
fn the_place_of_the_first_wrong_byte_does_not_show() {
    let mut host = gate();
    let costs: Vec<u64> = (0..TOKEN.len())
        .map(|place| {
            let mut token = TOKEN.as_bytes().to_vec();
            token[place] = if token[place] == b'x' { b'y' } else { b'x' };
            least(&mut host, || stranger().header("x-internal-token", &token))
        })
        .collect();
    assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
    // The measure is fine enough to see a byte more.
    let longer = least(&mut host, || stranger().header("x-internal-token", format!("{TOKEN}x")));
    assert_ne!(longer, costs[0]);
}

#[test]
fn which_of_many_keys_matched_does_not_show() {
    let keys: Vec<String> =
        (0..32).map(|n| format!("{n:02}-4f8a1c0d9e2b7365af01d2c4b6e8f790")).collect();
    let names: Vec<String> = (0..32).map(|n| format!("KEY_{n:02}")).collect();
    let list: Vec<String> =
        (0..32).map(|n| format!(r#"{{"id":"k{n:02}","env":"KEY_{n:02}"}}"#)).collect();
    let policy = format!(
        r#"{{"version":1,"name":"keys","environment":"production","unmatched":"pass",
            "callers":{{"cron":{{"token":{{"header":"x-internal-token","keys":[{}]}}}}}},
            "rules":[{{"id":"jobs","paths":["/internal/*"],"allow":[{{"caller":"cron"}}]}}],
            "forward":{{"credential":"remove"}}}}"#,
        list.join(",")
    );
    let environment: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(keys.iter().map(String::as_str)).collect();
    let mut host = crate::gate::started(&policy, &environment);
    assert!(host.configure(), "{:?}", crate::gate::logged(&host));
    let costs: Vec<u64> = keys
        .iter()
        .map(|key| fuel(&mut host, || stranger().header("x-internal-token", key)))
        .collect();
    assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
}
