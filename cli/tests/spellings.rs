//! The table on the first page of the documentation: each spelling walks past a prefix rule, is held
//! by the file that it names, stands on the page as it stands in the playground, and is stopped by
//! the gate.

mod common;

use std::fs;

use common::{root, run};
use serde_json::Value;

#[test]
fn each_spelling_is_held_shown_and_stopped() {
    let folder = root().join("docs/playground");
    let text = fs::read_to_string(folder.join("spellings.json")).unwrap();
    let spellings: Value = serde_json::from_str(&text).unwrap();
    let policy = folder.join("spellings.policy.json");
    let page = fs::read_to_string(root().join("docs/README.md")).unwrap();
    let shown: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let rows = spellings["rows"].as_array().unwrap();
    assert!(rows.len() >= 12 && shown.len() == rows.len(), "{} of {}", shown.len(), rows.len());
    for (row, shown) in rows.iter().zip(shown) {
        let text = |name: &str| row[name].as_str().unwrap();
        let target = text("target");
        let headers: Vec<&str> =
            row["headers"].as_array().into_iter().flatten().map(|h| h.as_str().unwrap()).collect();
        let with: String = headers.iter().map(|header| format!(" with `{header}`")).collect();
        assert_eq!(*shown, format!("| `{target}`{with} | {} | {} |", text("ran"), text("why")));

        // What a rule on the raw path would say.
        let is_guarded = ["/account", "/report"].contains(&target)
            || ["/internal/", "/tasks/"].iter().any(|prefix| target.starts_with(prefix));
        assert!(!is_guarded, "{target} does not walk past a rule on the raw path");

        // As JSON writes it in vectors, and as a line has it in lists.
        let held_by = fs::read_to_string(root().join(text("held_by"))).unwrap();
        let held = match headers.first().and_then(|header| header.split_once(": ")) {
            Some((name, value)) => held_by.contains(&format!(
                "\"target\": \"{target}\", \"headers\": [[\"{name}\", \"{value}\"]]"
            )),
            None if text("held_by").ends_with(".txt") => held_by.lines().any(|line| line == target),
            None => held_by.contains(&format!("{}", Value::from(target))),
        };
        assert!(held, "{target} is not in {}", text("held_by"));

        let mut words = vec!["explain", policy.to_str().unwrap(), "--json", "--target", target];
        headers.iter().for_each(|header| words.extend(["--header", header]));
        let ran = run(&words, &[], b"");
        let code = if row["passes"] == true { 0 } else { 2 };
        assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{target}");
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        if row["passes"] == true {
            let removed = told["removed_headers"].as_array().unwrap();
            assert!(
                told["decision"] == "pass" && removed.len() == headers.len(),
                "{target}: {told}"
            );
        } else {
            assert_eq!(told["decision"], "deny", "{target}");
        }
    }
}
