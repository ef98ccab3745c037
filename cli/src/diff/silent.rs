//! What differs between two documents and shows in no single answer.

use serde_json::Value;

use super::side::{Side, entries, items, text};
use crate::value::member;

/// The members that differ, each with the reason why no request shows it.
pub(super) fn differences([before, after]: [&Side; 2]) -> Vec<String> {
    let (before, after) = (&before.written, &after.written);
    let mut told = Vec::new();
    for (name, why) in [
        ("name", "it is written to the log"),
        ("audit", "it is about the log"),
        ("abuse", "it counts several requests"),
        ("absent_secrets", "it is about hosts that lack a secret"),
    ] {
        if member(before, name) != member(after, name) {
            told.push(format!("`{name}`: {why}"));
        }
    }
    let rules = |of: &Value| -> Vec<(String, Value)> {
        let named = items(member(of, "rules")).iter();
        named.map(|r| (text(member(r, "id")).unwrap_or_default().to_owned(), r.clone())).collect()
    };
    let (before_rules, after_rules) = (rules(before), rules(after));
    let find = |rules: &[(String, Value)], id: &str| {
        rules
            .iter()
            .find(|(other, _)| other == id)
            .map(|(_, rule)| rule.clone())
            .unwrap_or_default()
    };
    let mut ids: Vec<&String> = before_rules.iter().chain(&after_rules).map(|(id, _)| id).collect();
    ids.sort();
    ids.dedup();
    for id in ids {
        let [before, after] = [find(&before_rules, id), find(&after_rules, id)];
        let shadow = [&before, &after].map(|rule| member(rule, "mode") == "shadow");
        let [was, is] = shadow;
        if (was && (is || after.is_null()) || is && before.is_null()) && before != after {
            told.push(format!("rule `{id}`: in shadow mode it only writes to the log"));
        } else if member(&before, "rate_limit") != member(&after, "rate_limit") {
            told.push(format!("rule `{id}`, `rate_limit`: it counts several requests"));
        }
    }
    let callers = |of: &Value| -> Vec<(String, Value)> {
        entries(member(of, "callers")).map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    for (name, caller) in callers(after) {
        let Some((_, old)) = callers(before).into_iter().find(|(other, _)| *other == name) else {
            continue;
        };
        let [was, is] = [&old, &caller].map(|caller| member(caller, "jwt"));
        if member(was, "keys") != member(is, "keys") {
            told.push(format!(
                "caller `{name}`, `jwt.keys`: tokens are signed with made-up keys here"
            ));
        }
        for timing in ["lifetime", "leeway"] {
            if member(was, timing) != member(is, timing) {
                told.push(format!(
                    "caller `{name}`, `jwt.{timing}`: only tokens of usual times are tried here"
                ));
            }
        }
    }
    told
}
