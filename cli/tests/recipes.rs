//! The recipes in `examples/recipes/`: `check` has nothing to say against a policy but what is
//! right, and `wicketgate test` finds every request answered as its cases say.

mod common;

use std::fs;

use common::{root, run};
use serde_json::Value;

/// Everything that `check` says about a recipe, warnings and notes, word for word. About those that
/// are not here it says nothing.
const SAID: [(&str, &[&str]); 4] = [
    (
        "kubernetes-probes",
        &["note public: GET of `/healthz`, `/internal/ready` needs no credential"],
    ),
    (
        "preflighted-console",
        &[
            "note public: OPTIONS of `/api/*` needs no credential",
            "note public: GET, HEAD of `/`, `/assets/*` needs no credential",
        ],
    ),
    (
        "prometheus-by-network",
        &["note public: GET of `/metrics` needs no credential from the addresses of `prometheus`"],
    ),
    (
        "worker-of-20-callers",
        &[
            "note worker-bound: on Cloudflare a variable holds at most 5 KB, and this policy takes 5843 bytes without blanks",
        ],
    ),
];

/// The names of all recipes.
fn names() -> Vec<String> {
    let folder = fs::read_dir(root().join("examples/recipes")).unwrap();
    let mut names: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 12, "{names:?}");
    names
}

fn policy(name: &str) -> String {
    format!("examples/recipes/{name}/policy.yaml")
}

#[test]
fn check_says_nothing_but_what_is_right() {
    let names = names();
    for (name, _) in SAID {
        assert!(names.contains(&name.to_owned()), "{name}");
    }
    for name in &names {
        // In a day on which no key is old.
        let arguments =
            ["check", "--json", "--deny-warnings", "--now", "2026-11-30", &policy(name)];
        let ran = run(&arguments, &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}: {}", ran.out);
        let said: Value = serde_json::from_str(&ran.out).unwrap();
        let said = said.pointer("/0/diagnostics").and_then(Value::as_array).unwrap();
        let text = |one: &Value, member: &str| one[member].as_str().unwrap_or_default().to_owned();
        let said: Vec<String> = said
            .iter()
            .map(|one| {
                let [severity, code, found] =
                    ["severity", "code", "found"].map(|member| text(one, member));
                format!("{severity} {code}: {found}")
            })
            .collect();
        let expected = SAID.iter().find(|(other, _)| other == name).map(|(_, said)| *said);
        assert_eq!(said, expected.unwrap_or_default(), "{name}");
    }
}

#[test]
fn every_request_is_answered_as_its_case_says() {
    for name in names() {
        let ran = run(&["test", "--json", "--min-coverage", "100", &policy(&name)], &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}: {}", ran.out);
        // One that lets nothing through guards well, and is none.
        let cases =
            fs::read_to_string(root().join(format!("examples/recipes/{name}/policy.test.yaml")));
        let cases = cases.unwrap();
        let count = |decision: &str| cases.matches(&format!("{{ decision: {decision}")).count();
        assert!(count("allow") >= 1 && count("deny") >= 6, "{name}");
    }
}

#[test]
fn the_index_names_every_recipe() {
    let page = fs::read_to_string(root().join("docs/recipes.md")).unwrap();
    let listed: Vec<&str> = page
        .match_indices("](../examples/recipes/")
        .filter_map(|(at, link)| page[at + link.len()..].split(['/', ')']).next())
        .collect();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, names());
}
