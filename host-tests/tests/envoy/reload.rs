//! A policy in a file that Envoy watches: a bad one changes nothing, a good one counts at once.

use std::time::Duration;

use serde_json::json;
use wicketgate_host_tests::envoy::Gate;
use wicketgate_runtime::http::Request;
use wicketgate_runtime::wait::wait_until;

use crate::common::{TOKEN, WRONG, get, policy, setup};

fn wait_for(gate: &Gate, counters: &[&str], before: u64) {
    let sum = || counters.iter().map(|name| gate.proxy.count(name).unwrap()).sum::<u64>();
    wait_until("the update", Duration::from_secs(10), || Ok((sum() > before).then_some(())))
        .unwrap();
}

/// The rules that are in force at first.
fn as_before(gate: &mut Gate) {
    gate.passed(&get("/public", &[])).unwrap();
    gate.passed(&get("/internal/a", &[("x-internal-token", TOKEN)])).unwrap();
    gate.decisions(1).unwrap();
    let (_, reason) = gate.denied(&get("/internal/a", &[("x-internal-token", WRONG)])).unwrap();
    assert_eq!(reason, "credential_unknown");
}

const REFUSED: [&str; 2] = [".config_fail", ".update_rejected"];

#[test]
fn a_bad_update_keeps_the_policy_before_it() {
    let setup = setup();
    let mut gate = setup.start_watched().unwrap();
    as_before(&mut gate);

    let mut fault = policy();
    fault["rules"][0]["paths"] = json!(["internal"]);
    let mut nobodys_secret = policy();
    nobodys_secret["callers"]["cron"]["token"]["keys"][0]["env"] = json!("NOBODY_SET_THIS");
    let mut open = policy();
    open["rules"] = json!([]);
    open["surprise"] = json!(true);
    for bad in [fault, nobodys_secret, open, json!({}), json!([])] {
        let refused = REFUSED.iter().map(|name| gate.proxy.count(name).unwrap()).sum();
        setup.replace(&gate, &bad).unwrap();
        wait_for(&gate, &REFUSED, refused);
        as_before(&mut gate);
    }
}

#[test]
fn a_good_update_counts_at_once_and_breaks_nothing() {
    let setup = setup();
    let mut gate = setup.start_watched().unwrap();
    let public = get("/public", &[]);

    // A connection from before the update, and a request that is under way during it.
    let mut kept = gate.connect().unwrap();
    kept.write(&public.to_bytes()).unwrap();
    assert_eq!(kept.next_response().unwrap().unwrap().status, 200);
    gate.origin.take();
    gate.origin.hold();
    let mut under_way = gate.connect().unwrap();
    under_way.write(&public.to_bytes()).unwrap();
    gate.origin.wait_for(1).unwrap();

    let mut stricter = policy();
    stricter["rules"][0]["paths"] = json!(["/internal/*", "/public"]);
    let taken = gate.proxy.count(".config_reload").unwrap();
    setup.replace(&gate, &stricter).unwrap();
    wait_for(&gate, &[".config_reload"], taken);

    kept.write(&public.to_bytes()).unwrap();
    assert_eq!(
        kept.next_response().unwrap().unwrap().status,
        403,
        "a connection from before the update"
    );
    let response = gate.ask(&public).unwrap();
    assert_eq!(response.status, 403);
    assert_eq!(gate.decisions(2).unwrap()[1].text("error.type"), Some("credential_missing"));

    gate.origin.release();
    assert_eq!(under_way.next_response().unwrap().unwrap().status, 200, "what was under way");
    gate.one().unwrap();
    // The secret of the caller is still there, and opens what is new.
    gate.passed(&get("/public", &[("x-internal-token", TOKEN)])).unwrap();

    // And back again, with requests all along: none fails.
    for turn in 0..4 {
        let next = if turn % 2 == 0 { policy() } else { stricter.clone() };
        let taken = gate.proxy.count(".config_reload").unwrap();
        setup.replace(&gate, &next).unwrap();
        let good: Request = get("/internal/a", &[("x-internal-token", TOKEN)]);
        loop {
            let done = gate.proxy.count(".config_reload").unwrap() > taken;
            assert_eq!(gate.ask(&good).unwrap().status, 200);
            assert_eq!(gate.ask(&get("/internal/a", &[])).unwrap().status, 403);
            if done {
                break;
            }
        }
        let expected = if turn % 2 == 0 { 200 } else { 403 };
        assert_eq!(gate.ask(&public).unwrap().status, expected, "turn {turn}");
    }
}
