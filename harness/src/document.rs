//! What the harness needs to know of a policy document without being the gate.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;

/// The host's own word on where it runs, which the gate reads beside the secrets.
pub const ENVIRONMENT: &str = "WICKETGATE_ENVIRONMENT";

/// Names of the environment variables that the gate will read for a policy: those in its `env`
/// members, and [`ENVIRONMENT`].
pub fn environment_names(policy: &str) -> Result<BTreeSet<String>> {
    let document: Value = serde_json::from_str(policy).context("the policy is not JSON")?;
    let mut names = BTreeSet::from([ENVIRONMENT.to_owned()]);
    collect(&document, &mut names);
    Ok(names)
}

/// Whether an allowed guarded request gets an audit line under this policy.
pub fn audits_allowed(policy: &str) -> Result<bool> {
    let document: Value = serde_json::from_str(policy).context("the policy is not JSON")?;
    Ok(document.pointer("/audit/allowed").and_then(Value::as_str) != Some("none"))
}

fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(members) => {
            for (key, member) in members {
                match member.as_str() {
                    Some(name) if key == "env" || key.ends_with("_env") => {
                        names.insert(name.to_owned());
                    }
                    // The body of an answer is the user's own JSON, whatever its members.
                    _ if key == "json" => {}
                    _ => collect(member, names),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_names_but_not_in_answers() {
        let policy = r#"{
            "callers": {"cron": {"token": {"keys": [{"env": "A"}, {"sha256": "ab"}]}}},
            "forward": {"proof": {"header": "x-proof", "env": "B"}},
            "default_deny": {"json": {"env": "C"}}
        }"#;
        let names = environment_names(policy).unwrap();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["A", "B", "WICKETGATE_ENVIRONMENT"]);
    }

    #[test]
    fn allowed_requests_are_audited_unless_the_policy_says_no() {
        assert!(audits_allowed("{}").unwrap());
        assert!(audits_allowed(r#"{"audit": {"allowed": "guarded"}}"#).unwrap());
        assert!(!audits_allowed(r#"{"audit": {"allowed": "none"}}"#).unwrap());
    }
}
