//! A client can't write its own address, whatever the connection manager believes.

use serde_json::json;
use wicketgate_host_tests::envoy::Gate;
use wicketgate_runtime::envoy_config::Manager;

use crate::common::{TOKEN, get, policy, with_secrets};

/// Headers by which clients, proxies and platforms tell an address: each with one that the policy
/// allows.
fn forgeries() -> Vec<Vec<(&'static str, &'static str)>> {
    let mut forgeries: Vec<_> = [
        "10.9.9.9",
        "10.9.9.9:443",
        "10.9.9.9, 127.0.0.1",
        "127.0.0.1, 10.9.9.9",
        "127.0.0.1,10.9.9.9",
        "10.9.9.9,",
        ",10.9.9.9",
        "::ffff:10.9.9.9",
        "[fd00::1]:443",
        "fd00::1",
        "192.168.0.1",
        "\"10.9.9.9\"",
        "for=10.9.9.9",
    ]
    .map(|value| vec![("X-Forwarded-For", value)])
    .into();
    forgeries.push(vec![("x-forwarded-for", "127.0.0.1"), ("X-FORWARDED-FOR", "10.9.9.9")]);
    forgeries.push(vec![("x-forwarded-for", "10.9.9.9"), ("x-forwarded-for", "127.0.0.1")]);
    for name in [
        "forwarded-for",
        "x-real-ip",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
        "fastly-client-ip",
        "x-cluster-client-ip",
        "x-original-forwarded-for",
        "x-envoy-external-address",
        "x-envoy-internal",
        "remote-addr",
        "wicketgate.peer",
        "wicketgate-peer",
    ] {
        forgeries.push(vec![(name, "10.9.9.9")]);
    }
    forgeries.push(vec![("forwarded", "for=10.9.9.9;proto=http")]);
    forgeries.push(vec![("forwarded", "for=\"[fd00::1]:443\"")]);
    forgeries
}

pub(crate) fn none_is_believed(gate: &mut Gate, reason: &str) {
    for forged in forgeries() {
        let headers = [&forged[..], &[("x-internal-token", TOKEN)]].concat();
        let (response, given) = gate.denied(&get("/office/report", &headers)).unwrap();
        assert_eq!((response.status, given.as_str()), (403, reason), "{forged:?}");
    }
}

pub(crate) const MANAGERS: [Manager; 2] = [Manager::EnvoyDefaults, Manager::Hardened];

#[test]
fn the_peer_counts_and_no_header() {
    for manager in MANAGERS {
        let mut policy = policy();
        policy["networks"]["here"] = json!(["127.0.0.9"]);
        policy["rules"][0]["allow"][0]["network"] = json!("here");
        let mut gate = with_secrets(&policy).manager(manager).start().unwrap();
        none_is_believed(&mut gate, "network_not_allowed");
        // An address that is allowed is no less so for what it claims to be.
        let claim = [("x-internal-token", TOKEN), ("x-forwarded-for", "10.9.9.9")];
        let from = "127.0.0.9".parse().unwrap();
        let allowed = gate.client().from(from).ask(&get("/internal/a", &claim)).unwrap();
        assert_eq!(allowed.status, 200);
        let line = gate.decisions(1).unwrap().remove(0);
        assert_eq!(line.text("client.address"), Some("127.0.0.9"));
        assert_eq!(gate.origin.take().len(), 1);
        // And one that is not allowed can't claim to be.
        let claim = [("x-internal-token", TOKEN), ("x-forwarded-for", "127.0.0.9")];
        let (_, reason) = gate.denied(&get("/internal/a", &claim)).unwrap();
        assert_eq!(reason, "network_not_allowed");
    }
}

#[test]
fn a_header_counts_from_a_trusted_proxy_only() {
    for manager in MANAGERS {
        let mut policy = policy();
        policy["client_address"] =
            json!({ "envoy": { "from": "x-forwarded-for", "trusted_proxies": ["172.16.0.0/12"] } });
        let mut gate = with_secrets(&policy).manager(manager).start().unwrap();
        // A peer that is no proxy is the client, and its own address is in no network here.
        none_is_believed(&mut gate, "network_not_allowed");
        drop(gate);

        // The same request by way of a proxy that the policy names.
        policy["client_address"]["envoy"]["trusted_proxies"] = json!(["127.0.0.0/8"]);
        let gate = with_secrets(&policy).manager(manager).start().unwrap();
        let claim = [("x-internal-token", TOKEN), ("x-forwarded-for", "1.2.3.4, 10.9.9.9")];
        gate.passed(&get("/office/report", &claim)).unwrap();
    }
}
