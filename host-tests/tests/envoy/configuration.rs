//! A policy that can't be in force keeps Envoy from starting, and its log says why.

use serde_json::{Value, json};
use wicketgate_host_tests::envoy::{Setup, is_of_the_gate};

use crate::common::{BEARER, PROOF, TOKEN, policy, setup, with_secrets};

fn refused(setup: &Setup) -> String {
    let log = setup.refused().unwrap();
    let said = log.lines().filter(|line| is_of_the_gate(line));
    said.map(|line| line.split_once("wicketgate: ").map_or(line, |(_, said)| said))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_fault_is_named_by_its_path() {
    let mut policy = policy();
    policy["rules"][0]["allow"][0]["caller"] = json!("nobody");
    policy["rules"][1]["paths"] = json!(["/portal/%2e", "no-slash"]);
    policy["networks"]["office"][1] = json!("10.0.0.0/33");
    policy["rules"][0]["alow"] = json!([]);
    let said = refused(&with_secrets(&policy));
    for path in [
        "rules[0].allow[0].caller: ",
        "rules[0].alow: ",
        "rules[1].paths[0]: ",
        "rules[1].paths[1]: ",
        "networks.office[1]: ",
    ] {
        assert!(said.lines().any(|line| line.starts_with(path)), "{path} in:\n{said}");
    }
}

#[test]
fn what_is_no_policy_at_all_is_refused() {
    for document in [json!({}), json!(null), json!("{"), json!([policy()])] {
        let said = refused(&with_secrets(&document));
        assert!(said.contains("the policy is refused"), "{document}: {said}");
    }
}

#[test]
fn an_absent_or_weak_secret_is_refused() {
    let with = || Setup::new(&policy()).gate(&crate::GATE);
    let setups: [(&str, Setup); 4] = [
        ("CRON_TOKEN", with().secret("PORTAL_TOKEN", BEARER).secret("ORIGIN_PROOF", PROOF)),
        ("ORIGIN_PROOF", with().secret("CRON_TOKEN", TOKEN).secret("PORTAL_TOKEN", BEARER)),
        ("PORTAL_TOKEN", setup().secret("PORTAL_TOKEN", "")),
        ("PORTAL_TOKEN", setup().secret("PORTAL_TOKEN", "too short")),
    ];
    for (name, setup) in setups {
        let said = refused(&setup);
        assert!(said.contains(name), "{name} in:\n{said}");
        assert!(!said.contains("too short"), "{said}");
    }
}

#[test]
fn a_development_policy_does_not_start_in_production() {
    let mut policy = policy();
    policy["environment"] = json!("development");
    let production = with_secrets(&policy).secret("WICKETGATE_ENVIRONMENT", "production");
    for setup in [with_secrets(&policy), production.clone()] {
        let said = refused(&setup);
        assert!(said.contains("environment: "), "{said}");
    }
    let development = production.secret("WICKETGATE_ENVIRONMENT", "development");
    development.start().unwrap();
}

/// The checks above can fail: the policy that they break is a good one.
#[test]
fn the_whole_policy_starts() {
    let good: Value = policy();
    with_secrets(&good).start().unwrap();
}
