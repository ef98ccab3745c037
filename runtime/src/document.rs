//! Reads the parts of a policy document that a run needs.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;
use wicketgate_policy::{Document, Environment};

/// The host's own word on where it runs, which the gate reads beside the secrets.
pub const ENVIRONMENT: &str = Environment::CONFIRMATION;

/// Names of the environment variables that the gate will read for a policy, [`ENVIRONMENT`] among
/// them. The gate itself says which: a second rule for finding them would find others.
pub fn environment_names(policy: &str) -> Result<BTreeSet<String>> {
    let document = Document::parse(policy.as_bytes()).context("the policy is not JSON")?;
    Ok(document.variables().iter().map(|variable| variable.name.clone()).collect())
}

/// Returns `true` if allowed guarded requests get audit lines under this policy.
pub fn audits_allowed(policy: &str) -> Result<bool> {
    let document: Value = serde_json::from_str(policy).context("the policy is not JSON")?;
    Ok(document.pointer("/audit/allowed").and_then(Value::as_str) != Some("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_names_but_not_in_answers() {
        let policy = r#"{
            "callers": {"cron": {"token": {"keys": [{"env": "A"}, {"sha256": "ab"}]}}},
            "forward": {"proof": {"header": "x-proof", "env": "B"}},
            "default_deny": {"json": {"env": "C"}},
            "networks": {"pem_env": "D"}
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
