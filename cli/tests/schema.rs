//! `wicketgate schema`, held against the reader of policies itself.

mod common;

use std::fs;

use common::{root, run};
use serde_json::Value;
use wicketgate_policy::{Environment, Host, Policy};

fn schema() -> (String, jsonschema::Validator) {
    let ran = run(&["schema"], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let schema: Value = serde_json::from_str(&ran.out).unwrap();
    let compact: Value =
        serde_json::from_str(&run(&["schema", "--compact"], &[], b"").out).unwrap();
    assert_eq!(schema, compact);
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    let validator = jsonschema::draft7::options().build(&schema).unwrap();
    (ran.out, validator)
}

#[test]
fn the_one_in_docs_is_that_of_the_reader() {
    let path = root().join("docs/policy.schema.json");
    let (text, _) = schema();
    if std::env::var_os("WICKETGATE_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let told = fs::read_to_string(path).unwrap();
    assert!(told == text, "docs/policy.schema.json is not what `wicketgate schema` says");
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
    for vector in wicketgate_harness::vectors::load(&root().join("vectors")).unwrap() {
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

/// What is wrong with a document's structure is wrong by the schema; all else is for the reader.
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
                // How many of some members there are is said by members about each other.
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
