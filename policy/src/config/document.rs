//! A policy document that was read, and is not yet a policy.

use super::compile;
use super::wire;
use crate::environment::Environment;
use crate::form::node::Node;
use crate::form::read::Read;
use crate::form::{Faults, Holds, Variable};
use crate::policy::Policy;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use sha2::{Digest, Sha256};

/// A policy document: its members as far as they could be read, and the list of variables that it
/// needs.
#[derive(Debug)]
pub struct Document {
    root: Node,
    read: Option<wire::Policy>,
    faults: Faults,
    variables: Vec<Variable>,
    version: String,
}

impl Document {
    /// Reads JSON.
    ///
    /// # Errors
    /// One fault, with line and column, if the text is no JSON. Faults of its members are told by
    /// [`Self::compile`].
    pub fn parse(json: &[u8]) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let root = match Node::parse(json) {
            Ok(root) => root,
            Err(found) => {
                faults.add("", found, "a json document in utf-8, without comments");
                return Err(faults);
            }
        };
        let name = Environment::CONFIRMATION.into();
        faults.note(Variable { name, holds: Holds::Environment });
        let read = wire::Policy::read(&root, "", &mut faults);
        let variables = faults.take_variables();
        Ok(Self { root, read, faults, variables, version: version(json) })
    }

    /// The variables that it reads from the host's environment, each once.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Makes a policy from it.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn compile(self, environment: &Environment) -> Result<Policy, Faults> {
        let Self { root, read, faults, variables, version } = self;
        drop(variables);
        let policy = compile::compile(read, faults, &version, environment);
        // Free the tree last. If the policy's parts come to lie in its place, what is free is in
        // pieces, and the allocator searches them at every request.
        drop(root);
        policy
    }
}

impl Policy {
    /// Reads a document and makes a policy from it.
    ///
    /// # Errors
    /// Every fault of the document, each with its place.
    pub fn load(json: &[u8], environment: &Environment) -> Result<Self, Faults> {
        Document::parse(json)?.compile(environment)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(document: &Document) -> Vec<&str> {
        document.variables().iter().map(|variable| &*variable.name).collect()
    }

    #[test]
    fn variables_are_found_wherever_a_key_or_a_proof_names_one() {
        let json = br#"{"callers":{"a":{"token":{"keys":[{"env":"A"},{"env":"B"},{"env":"A"}]}}},
            "forward":{"proof":{"env":"C"}},"default_deny":{"json":{"env":"D"}}}"#;
        let document = Document::parse(json).unwrap();
        assert_eq!(names(&document), ["WICKETGATE_ENVIRONMENT", "A", "B", "C"]);
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
            let names = names(&document);
            assert_eq!(names, ["WICKETGATE_ENVIRONMENT", "A", "B", "C"], "{name}");
            let holds = [Holds::Environment, Holds::Secret, Holds::Keys, Holds::Secret];
            assert!(document.variables().iter().map(|variable| variable.holds).eq(holds));
        }
    }
}
