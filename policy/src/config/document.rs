//! A policy document that is JSON, and not yet a policy.

use super::compile;
use super::environment::Environment;
use super::fault::Faults;
use super::node::Node;
use crate::policy::Policy;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use sha2::{Digest, Sha256};

/// A policy document: JSON that says which variables it needs.
#[derive(Debug)]
pub struct Document {
    root: Node,
    version: String,
}

impl Document {
    /// Reads JSON.
    ///
    /// # Errors
    /// One fault, with line and column, when it is none.
    pub fn parse(json: &[u8]) -> Result<Self, Faults> {
        match Node::parse(json) {
            Ok(root) => Ok(Self { root, version: version(json) }),
            Err(found) => {
                let mut faults = Faults::default();
                faults.add("", found, "a json document");
                Err(faults)
            }
        }
    }

    /// The names of the variables that it reads from the host's environment, each once.
    #[must_use]
    pub fn variables(&self) -> Vec<&str> {
        let mut names: Vec<&str> = [Environment::CONFIRMATION].into();
        collect_variables(&self.root, &mut names);
        names
    }

    /// Makes a policy of it.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn compile(&self, environment: &Environment) -> Result<Policy, Faults> {
        compile::compile(&self.root, &self.version, environment)
    }
}

/// The first 48 bits of the document's SHA-256: which policy is active, in audit lines and metrics.
fn version(json: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(json).iter().take(6) {
        // Writing to a string does not fail.
        _ = write!(text, "{byte:02x}");
    }
    text
}

fn collect_variables<'n>(node: &'n Node, names: &mut Vec<&'n str>) {
    match node {
        Node::Object(members) => {
            for (name, value) in members {
                match value {
                    Node::String(variable) if matches!(&**name, "env" | "jwks_env" | "pem_env") => {
                        if !names.contains(&variable.as_str()) {
                            names.push(variable);
                        }
                    }
                    // Bodies of deny answers, claims and keys are others' words, not members.
                    _ if matches!(&**name, "claims" | "json" | "jwk" | "jwks") => {}
                    value => collect_variables(value, names),
                }
            }
        }
        Node::Array(items) => items.iter().for_each(|item| collect_variables(item, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_wherever_a_key_or_a_proof_names_one() {
        let json = br#"{"callers":{"a":{"token":{"keys":[{"env":"A"},{"env":"B"},{"env":"A"}]}}},
            "forward":{"proof":{"env":"C"}},"default_deny":{"json":{"env":"D"}}}"#;
        let document = Document::parse(json).unwrap();
        assert_eq!(document.variables(), ["WICKETGATE_ENVIRONMENT", "A", "B", "C"]);
    }
}
