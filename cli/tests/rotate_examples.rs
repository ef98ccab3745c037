//! `wicketgate token rotate` for every caller of every example: what is to be pasted is a policy,
//! step by step, and no key that is planned for later is lost.

mod common;

use std::fs;

use common::{root, run};
use serde_json::Value;

#[test]
fn every_caller_of_the_examples_can_be_rotated() {
    let directory = tempfile::tempdir().unwrap();
    let (mut callers, mut planned) = (0, 0);
    for example in
        ["billing-services", "job-callbacks", "latest-runs", "signal-jobs", "task-worker"]
    {
        let file = format!("examples/{example}/policy.json");
        let policy: Value =
            serde_json::from_str(&fs::read_to_string(root().join(&file)).unwrap()).unwrap();
        let with_token = policy["callers"].as_object().unwrap().iter();
        for (caller, _) in with_token.filter(|(_, caller)| caller.get("token").is_some()) {
            callers += 1;
            let keys = &policy["callers"][caller]["token"]["keys"];
            let later: Vec<&Value> = keys
                .as_array()
                .unwrap()
                .iter()
                .filter(|key| key["not_before"].as_str().is_some_and(|start| start > "2090"))
                .collect();
            planned += later.len();
            for stolen in [false, true] {
                let out = directory.path().join(format!("{example}-{caller}-{stolen}"));
                let id = format!("{caller}-2027-q1");
                let mut arguments = vec!["token", "rotate", &file, "--caller", caller];
                arguments.extend(["--id", &id, "--json", "--out", out.to_str().unwrap()]);
                arguments.extend(stolen.then_some("--stolen"));
                let ran = run(&arguments, &[], b"");
                assert_eq!(ran.code, 0, "{example}, {caller}: {}", ran.err);
                let told: Value = serde_json::from_str(&ran.out).unwrap();
                for step in told["steps"].as_array().unwrap() {
                    if step["at"].is_null() {
                        continue;
                    }
                    let mut pasted = policy.clone();
                    pasted["callers"][caller]["token"]["keys"] = step["keys"].clone();
                    let checked = run(&["check", "-"], &[], pasted.to_string().as_bytes());
                    assert_eq!(checked.code, 0, "{example}, {caller}: {}", checked.out);
                    let kept = |key: &&Value| step["keys"].as_array().unwrap().contains(key);
                    // If a secret is stolen, keys for later end too, because they may have been in
                    // the same place.
                    assert!(stolen || later.iter().all(kept), "{example}, {caller}: {step}");
                    assert!(!stolen || !later.iter().any(kept), "{example}, {caller}: {step}");
                }
            }
        }
    }
    assert_eq!((callers, planned), (13, 1));
}
