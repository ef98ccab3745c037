//! The recipes in `examples/recipes/` on real hosts: `wicketgate up` runs each policy, and every
//! request of its cases goes over the wire.

#[path = "recipes_on_hosts/cases.rs"]
mod cases;
#[expect(dead_code, reason = "these run the command in another way")]
mod common;
#[path = "common/envoy.rs"]
#[expect(dead_code, reason = "the tests of `render` use the rest")]
mod envoy;
#[path = "recipes_on_hosts/gate.rs"]
mod gate;
#[path = "recipes_on_hosts/origin.rs"]
mod origin;

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use cases::{cases, has_line, left_out, observe, trace};
use common::root;
use gate::{Gate, Host};
use wicketgate_runtime::vectors::{Vector, judge};
use wicketgate_runtime::wait::wait_until;

/// Requests that no client can make a real host see, by recipe and name. They are on the core alone.
const LEFT_OUT: [(&str, &str); 0] = [];

/// What a host does with a request before the gate is asked, or to what it hands the gate: recipe,
/// case, and the difference word for word.
const ENVOY_ITSELF: [(&str, &str, &str); 4] = [
    ("kubernetes-probes", "without a token, as /healthz%2f..%2finternal%2frun", ESCAPED_SLASH),
    ("nginx-in-front", "without a token, as /internal%2frun", ESCAPED_SLASH),
    ("nlb-proxy-protocol", "without a token, as /partner/orders/7%2f8", ESCAPED_SLASH),
    ("preflighted-console", "without a token, as /assets/..%2fapi/users/7", ESCAPED_SLASH),
];

/// Hardened, Envoy takes no path with one.
const ESCAPED_SLASH: &str = "the host answered 400 without asking the gate";

/// The same for workerd.
const WORKERD_ITSELF: [(&str, &str, &str); 0] = [];

/// Whoever runs a gate holds one of these, so that there are two gates at once at most.
static GATES: [Mutex<()>; 2] = [Mutex::new(()), Mutex::new(())];

#[test]
#[ignore = "needs Envoy and the built filter: cargo xtask test --only cli"]
fn every_request_is_answered_on_envoy_as_its_case_says() {
    let host = Host::envoy();
    let folders = fs::read_dir(root().join("examples/recipes")).unwrap();
    let mut names: Vec<String> =
        folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let all = |turn: usize| -> Vec<(usize, Vec<String>)> {
        let mine = names.iter().skip(turn).step_by(GATES.len());
        mine.map(|name| run(&host, turn, name, &ENVOY_ITSELF)).collect()
    };
    let ran = std::thread::scope(|scope| {
        let other = scope.spawn(|| all(1));
        [all(0), other.join().unwrap()].concat()
    });
    let asked: usize = ran.iter().map(|(sent, _)| sent).sum();
    let differences: Vec<String> = ran.into_iter().flat_map(|(_, found)| found).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    // All of them: fewer would be no test of the recipes.
    assert!(names.len() >= 12 && asked >= 298, "{} recipes, {asked} requests", names.len());
}

#[test]
#[ignore = "needs workerd and the built Worker: cargo xtask test --only cli"]
fn every_request_is_answered_on_workerd_as_its_case_says() {
    let (asked, differences) = run(&Host::worker(), 1, "worker-of-20-callers", &WORKERD_ITSELF);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(asked >= 50, "{asked} requests");
}

/// Sends every request of a recipe, and returns how many were sent, and what differs.
fn run(
    host: &Host,
    turn: usize,
    name: &str,
    listed: &[(&str, &str, &str)],
) -> (usize, Vec<String>) {
    let turn = GATES.get(turn).unwrap().lock();

    let folder: PathBuf = root().join("examples/recipes").join(name);
    let (out, sent): (Vec<Vector>, Vec<Vector>) =
        cases(&folder).into_iter().partition(|case| left_out(case).is_some());
    let out: Vec<(&str, &str)> = out.iter().map(|case| (name, case.name.as_str())).collect();
    let expected = LEFT_OUT.iter().filter(|(recipe, _)| *recipe == name).copied();
    assert_eq!(out, expected.collect::<Vec<_>>(), "left out, as no client can send them");

    let mut gate = Gate::start(host, &sent);
    let answers: Vec<_> =
        sent.iter().enumerate().map(|(index, case)| gate.ask(index, case)).collect();
    let lines = sent.iter().filter(|case| has_line(case)).count();
    // If fewer come, each request that lacks its line says so.
    _ = wait_until("the audit lines", Duration::from_secs(5), || {
        Ok((gate.lines().len() >= lines).then_some(()))
    });
    let lines = gate.lines();
    gate.end();
    drop(turn);

    let mut differences = Vec::new();
    for (index, (case, answer)) in sent.iter().zip(&answers).enumerate() {
        let mine = lines.iter().filter(|line| line.contains(&trace(index))).cloned().collect();
        let found = judge(case, &observe(case, answer, mine)).join("; ");
        let expected = listed.iter().find(|(recipe, of, _)| (*recipe, *of) == (name, &case.name));
        if found != expected.map_or("", |(_, _, difference)| difference) {
            differences.push(format!("{name}: {}: {found}", case.name));
        }
    }
    (sent.len(), differences)
}
