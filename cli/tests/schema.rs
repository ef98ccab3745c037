//! `wicketgate schema`, held against the reader of policies and the lines of the gate.

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{root, run};
use serde_json::Value;
use wicketgate_policy::{Environment, Host, Policy};
use wicketgate_runtime::audit::contract;
use wicketgate_runtime::vectors::{self, Native, Subject};

fn schema() -> (String, jsonschema::Validator) {
    schema_of("policy")
}

fn schema_of(what: &str) -> (String, jsonschema::Validator) {
    let ran = run(&["schema", what], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let schema: Value = serde_json::from_str(&ran.out).unwrap();
    let compact: Value =
        serde_json::from_str(&run(&["schema", what, "--compact"], &[], b"").out).unwrap();
    assert_eq!(schema, compact);
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    let validator =
        jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap();
    (ran.out, validator)
}

#[test]
fn those_in_docs_are_what_the_command_says() {
    assert_eq!(run(&["schema"], &[], b"").out, schema().0);
    for what in ["policy", "audit"] {
        let path = root().join(format!("docs/{what}.schema.json"));
        let (text, _) = schema_of(what);
        if std::env::var_os("WICKETGATE_UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let told = fs::read_to_string(path).unwrap_or_default();
        assert!(
            told == text,
            "docs/{what}.schema.json is not what `wicketgate schema {what}` says"
        );
    }
}

#[test]
fn the_reference_is_what_the_command_says_and_says_what_each_member_is() {
    let path = root().join("docs/policy.md");
    let ran = run(&["schema", "--markdown"], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    if std::env::var_os("WICKETGATE_UPDATE").is_some() {
        fs::write(&path, &ran.out).unwrap();
    }
    let told = fs::read_to_string(path).unwrap_or_default();
    assert!(told == ran.out, "docs/policy.md is not what `wicketgate schema --markdown` says");
    // A sentence of its own for each member, at every place.
    let schema: Value = serde_json::from_str(&schema().0).unwrap();
    let mut count = 0;
    described(&schema, "", &told, &mut count);
    assert!(count >= 100, "only {count} members");
}

#[test]
fn the_page_and_the_types_of_audit_lines_are_what_the_table_says() {
    let ran = run(&["schema", "audit", "--markdown"], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let page = root().join("docs/audit.md");
    let types = root().join("policy-js/package/index.d.ts");
    // The types of decisions stand before these and are written by hand.
    let before = fs::read_to_string(&types).unwrap();
    let start = contract::typescript();
    let (by_hand, _) = before.split_once(start.lines().next().unwrap()).unwrap();
    let whole = format!("{by_hand}{start}");
    if std::env::var_os("WICKETGATE_UPDATE").is_some() {
        fs::write(&page, &ran.out).unwrap();
        fs::write(&types, &whole).unwrap();
    }
    let told = fs::read_to_string(page).unwrap_or_default();
    assert!(told == ran.out, "docs/audit.md is not what `wicketgate schema audit --markdown` says");
    let told = fs::read_to_string(types).unwrap();
    assert!(told == whole, "policy-js/package/index.d.ts is not of the table of audit fields");
}

fn described(schema: &Value, at: &str, told: &str, count: &mut usize) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{at}.{name}");
        let text = member["description"].as_str().unwrap_or_default();
        let what = text.split("\n\n").next().unwrap().split(" Default: ").next().unwrap();
        assert!(what.len() > 8 && what.ends_with('.'), "{place} is not told: {text:?}");
        assert!(told.contains(&format!("| `{name}` |")) && told.contains(what), "{place}");
        *count += 1;
        described(member, &place, told, count);
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(schema) = schema.get(inner) {
            described(schema, at, told, count);
        }
    }
}

#[test]
fn good_policies_are_valid() {
    let (_, schema) = schema();
    let mut count = 0;
    let examples = fs::read_dir(root().join("examples")).unwrap();
    let examples = examples.map(|entry| entry.unwrap().path().join("policy.json"));
    let mut policies: Vec<Value> = examples
        .filter(|path| path.exists())
        .map(|path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
        .collect();
    for vector in vectors::load(&root().join("vectors")).unwrap() {
        policies.push(serde_json::from_str(&vector.policy).unwrap());
    }
    policies.dedup();
    for policy in &policies {
        let errors: Vec<String> =
            schema.iter_errors(policy).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{policy}");
        count += 1;
    }
    assert!(count >= 20, "only {count} policies");
}

/// The schema refuses every fault of a document's structure. All other faults are for the reader.
#[test]
fn documents_with_faults_of_structure_are_not_valid() {
    let (_, schema) = schema();
    let (mut structural, mut others) = (0, 0);
    for entry in fs::read_dir(root().join("policy/tests/bad")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension() != Some("json".as_ref()) {
            continue;
        }
        let text = fs::read(&path).unwrap();
        let Ok(document) = serde_json::from_slice::<Value>(&text) else { continue };
        let Err(faults) = Policy::load(&text, &Environment::new(Host::Envoy)) else { panic!() };
        let kinds = ["an array", "an object", "a string", "a number", "null"];
        // Of keys in a document the schema says no more than that they stand there.
        let mut ours = faults.iter().filter(|fault| !fault.path.contains(".keys.jwk"));
        let is_structural = ours.any(|fault| {
            fault.found == "an unknown member"
                || fault.expected == "this member"
                // The schema knows no rules about the number of several members together.
                || fault.expected.starts_with("one of `") && fault.found.starts_with('`')
                || kinds.contains(&fault.found.as_str())
        });
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if is_structural {
            assert!(!schema.is_valid(&document), "{name}: valid");
            structural += 1;
        } else {
            others += 1;
        }
    }
    assert!(structural >= 15 && others >= 15, "{structural} of structure, {others} others");
}

/// Every line that the core writes over the whole corpus is one by the schema, and by the check
/// that the lines of real hosts go through.
#[test]
fn audit_lines_are_what_their_schema_says() {
    let (_, schema) = schema_of("audit");
    let mut core = Native::default();
    let mut seen = BTreeMap::new();
    let mut count = 0;
    for vector in vectors::load(&root().join("vectors")).unwrap() {
        let observation = core.run(&vector);
        for line in observation.lines {
            let place = format!("{}: {}\n{line}", vector.file, vector.name);
            let value: Value = serde_json::from_str(&line).unwrap();
            let errors: Vec<String> =
                schema.iter_errors(&value).map(|error| error.to_string()).collect();
            assert_eq!(errors, [""; 0], "{place}");
            assert_eq!(contract::faults(&line), [""; 0], "{place}");
            count += 1;
            for name in value.as_object().unwrap().keys() {
                *seen.entry(name.clone()).or_insert(0) += 1;
            }
            if count % 50 == 0 {
                wrong(&schema, &value, &place);
            }
        }
    }
    assert!(count > 1_000, "only {count} lines");
    // And the corpus reaches every field, so that none is in the schema for nothing.
    let told: Value = serde_json::from_str(&schema_of("audit").0).unwrap();
    let unseen: Vec<&String> = told["properties"]
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| !seen.contains_key(*name))
        .collect();
    // No single request makes these: what counts several does (`host-tests/tests/envoy/abuse.rs`).
    assert_eq!(
        unseen,
        ["wicketgate.abuse.bucket", "wicketgate.abuse.count", "wicketgate.abuse.key_id"]
    );
}

/// A line with anything changed is none, by both.
fn wrong(schema: &jsonschema::Validator, line: &Value, place: &str) {
    let refused = |line: &Value| {
        assert!(!schema.is_valid(line), "{line} is valid, {place}");
        // Made anew, its fields may stand in another order.
        let mut faults = contract::faults(&line.to_string());
        faults.retain(|fault| !fault.ends_with("out of its place"));
        assert_ne!(faults, [""; 0], "{line}, {place}");
    };
    let mut more = line.clone();
    more["note"] = "x".into();
    refused(&more);
    for name in line.as_object().unwrap().keys() {
        for value in [Value::Null, 7.into(), Value::from(["x"])] {
            let mut changed = line.clone();
            changed[name] = value;
            refused(&changed);
        }
    }
    for name in ["@timestamp", "rule.ruleset", "wicketgate.decision", "wicketgate.version"] {
        let mut less = line.clone();
        less.as_object_mut().unwrap().remove(name);
        refused(&less);
    }
}
