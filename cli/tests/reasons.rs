//! `wicketgate reasons`, as it is run, and what is made of it.

mod common;

use std::fs;

use common::{root, run};
use serde_json::Value;
use wicketgate_policy::Reason;

#[test]
fn the_document_is_what_the_command_says() {
    let path = root().join("docs/reasons.md");
    let ran = run(&["reasons"], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    if std::env::var_os("WICKETGATE_UPDATE").is_some() {
        fs::write(&path, &ran.out).unwrap();
    }
    let told = fs::read_to_string(path).unwrap_or_default();
    assert!(told == ran.out, "docs/reasons.md is not what `wicketgate reasons` says");
    let headings: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes: Vec<String> = Reason::ALL.iter().map(|reason| format!("`{reason}`")).collect();
    assert_eq!(headings, codes);
}

#[test]
fn one_of_them() {
    let ran = run(&["reasons", "key_expired"], &[], b"");
    assert_eq!(ran.code, 0);
    assert!(ran.out.starts_with("## `key_expired`\n\n*the key has expired*\n"), "{}", ran.out);
    let ran = run(&["reasons", "key_expired", "--json"], &[], b"");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&told[0]["code"], told.as_array().unwrap().len()), (&"key_expired".into(), 1));
    let ran = run(&["reasons", "nothing\u{1b}"], &[], b"");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_eq!(ran.err, "error: no reason is called `nothing\\u{1b}`\n");
}
