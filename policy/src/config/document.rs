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

/// A policy document: JSON, with the list of variables that it needs.
#[derive(Debug)]
pub struct Document {
    root: Node,
    version: String,
}

impl Document {
    /// Reads JSON.
    ///
    /// # Errors
    /// One fault, with line and column, if the text is no JSON.
    pub fn parse(json: &[u8]) -> Result<Self, Faults> {
        match Node::parse(json) {
            Ok(root) => Ok(Self { root, version: version(json) }),
            Err(found) => {
                let mut faults = Faults::default();
                faults.add("", found, "a json document in utf-8, without comments");
                Err(faults)
            }
        }
    }

    /// The names of the variables that it reads from the host's environment, each once.
    #[must_use]
    pub fn variables(&self) -> Vec<&str> {
        let mut names: Vec<&str> = [Environment::CONFIRMATION].into();
        collect(&self.root, &VARIABLES, &mut names);
        names
    }

    /// Makes a policy from it.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn compile(&self, environment: &Environment) -> Result<Policy, Faults> {
        compile::compile(&self.root, &self.version, environment)
    }
}

/// The first 48 bits of the document's SHA-256. They tell in audit lines and metrics which policy
/// is active.
fn version(json: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(json).iter().take(6) {
        // Writing to a string does not fail.
        _ = write!(text, "{byte:02x}");
    }
    text
}

/// The places at which a document names variables; `*` is any member or any item. Texts in all
/// other places mean something else: names of callers, networks and claims, bodies of answers,
/// keys.
const VARIABLES: [&[&str]; 4] = [
    &["callers", "*", "token", "keys", "*", "env"],
    &["callers", "*", "jwt", "keys", "jwks_env"],
    &["callers", "*", "jwt", "keys", "pem_env"],
    &["forward", "proof", "env"],
];

/// Adds the texts at the places, in the order of the document.
fn collect<'n>(node: &'n Node, places: &[&[&str]], names: &mut Vec<&'n str>) {
    let below = |here: &dyn Fn(&str) -> bool| -> Vec<&[&str]> {
        let split = places.iter().filter_map(|place| place.split_first());
        split.filter(|(step, _)| here(step)).map(|(_, rest)| rest).collect()
    };
    match node {
        Node::String(name) => {
            let is_one = places.iter().any(|place| place.is_empty());
            if is_one && !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        Node::Object(members) => {
            for (name, value) in members {
                let places = below(&|step| step == "*" || step == name);
                if !places.is_empty() {
                    collect(value, &places, names);
                }
            }
        }
        Node::Array(items) => {
            let places = below(&|step| step == "*");
            if !places.is_empty() {
                items.iter().for_each(|item| collect(item, &places, names));
            }
        }
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

    #[test]
    fn what_names_a_variable_is_its_place_and_no_word() {
        for name in ["json", "claims", "jwk", "jwks", "env", "jwks_env", "pem_env", "token", "*"] {
            let json = alloc::format!(
                r#"{{"callers":{{"{name}":{{"token":{{"header":"x","keys":[{{"id":"{name}","env":"A"}}]}},
                "jwt":{{"claims":{{"env":"NO","{name}":"NO"}},"keys":{{"jwks_env":"B","jwk":{{"env":"NO"}}}}}}}}}},
                "networks":{{"{name}":["NO"],"env":"NO"}},"forward":{{"proof":{{"env":"C"}}}},
                "rules":[{{"id":"{name}","deny":{{"json":{{"env":"NO","keys":[{{"env":"NO"}}]}}}}}}]}}"#
            );
            let document = Document::parse(json.as_bytes()).unwrap();
            let names = document.variables();
            assert_eq!(names, ["WICKETGATE_ENVIRONMENT", "A", "B", "C"], "{name}");
        }
    }
}
