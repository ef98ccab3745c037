//! A policy that the command writes of an application's list, and what the core refuses by it.

use std::fs;

use serde_json::{Value, json};

use crate::common::run;
use crate::envoy::documents;
use crate::targets::{Route, Target};

/// The secret of the one caller that such a policy has.
pub(crate) const TOKEN: &str = "Zx3_9qLrT7vBn2KdZx3_9qLrT7vBn2Kd";

/// The routes of an application, and the policy that says them.
pub(crate) struct Routes {
    /// As the command wrote it, with CHANGE where a person decides.
    pub(crate) written: Value,
    /// As it writes it for a person who says that each parameter is one segment.
    pub(crate) one_segment: Value,
    pub(crate) list: Vec<Route>,
}

impl Routes {
    /// Writes the policy of a list in `tests/routes/`, and reads the list as the command does.
    pub(crate) fn write(flag: &str, list: &str) -> Self {
        let list = format!("cli/tests/routes/{list}");
        let write = |more: &[&str]| {
            let arguments = [&["routes", "--write", "-", flag, &list], more].concat();
            let ran = run(&arguments, &[], b"");
            assert_eq!((ran.code, ran.err.as_str()), (0, ""));
            documents(&ran.out).remove(0)
        };
        let (written, one_segment) = (write(&[]), write(&["--one-segment"]));
        let text = written.to_string();
        let ran = run(&["routes", "-", "--json", flag, &list], &[], text.as_bytes());
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        let route = |row: &Value| Route {
            // A list that tells no methods is of Next.js, whose pages answer GET.
            method: row["method"].as_str().unwrap_or("GET").to_owned(),
            path: row["path"].as_str().unwrap().to_owned(),
            guarded: row["guarded"].as_bool().unwrap(),
        };
        // The witness is asked what the others did.
        let rows = told["routes"].as_array().unwrap().iter().map(route);
        let list = rows.filter(|route| !route.path.starts_with("/__witness")).collect();
        Self { written, one_segment, list }
    }
}

/// The targets that the core does not let through, by `wicketgate test`, each with what it says.
pub(crate) fn refused(policy: &Value, targets: &[Target]) -> Vec<(Target, String)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    fs::write(&file, policy.to_string()).unwrap();
    let case = |(number, target): (usize, &Target)| {
        let headers = match target.guarded {
            true => json!([["x-internal-token", "{{INTERNAL_TOKEN}}"]]),
            false => json!([]),
        };
        json!({
            "name": format!("{number}"),
            "request": { "method": target.method, "target": target.text, "headers": headers },
            // Nobody called where a route is public, so there is no line.
            "expect": { "decision": "allow", "no_audit": !target.guarded },
        })
    };
    let cases: Vec<Value> = targets.iter().enumerate().map(case).collect();
    let cases = json!({ "env": { "INTERNAL_TOKEN": TOKEN }, "cases": cases });
    fs::write(folder.path().join("policy.test.json"), cases.to_string()).unwrap();
    let ran = run(&["test", "--json", file.to_str().unwrap()], &[], b"");
    let told: Value = serde_json::from_str(&ran.out)
        .unwrap_or_else(|_| panic!("{}{}\n{policy:#}", ran.out, ran.err));
    let told = told["cases"].as_array().unwrap_or_else(|| panic!("{}", ran.out));
    assert_eq!(told.len(), targets.len());
    let failed = told.iter().zip(targets).filter(|(case, _)| case["passed"] != true);
    failed.map(|(case, target)| (target.clone(), case["differences"].to_string())).collect()
}
