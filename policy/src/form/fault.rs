//! Faults of a policy document, each with its place.

use super::variable::Variable;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// One fault of a policy document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    /// Its place: a JSON path such as `rules[0].paths[1]`, empty for the document itself.
    pub path: String,
    /// A description of the value that was found there. It never quotes a secret, or a text that
    /// may be one.
    pub found: String,
    /// A description of the value that was expected.
    pub expected: String,
}

impl Fault {
    /// The JSON path of a member of the object at `at`, as faults spell it.
    #[must_use]
    pub fn member(at: &str, name: &str) -> String {
        super::read::join(at, name)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "policy" } else { &self.path };
        write!(f, "{path}: found {}, expected {}", self.found, self.expected)
    }
}

impl core::error::Error for Fault {}

/// All faults of a policy document. Those of a single place come first, in the order of the
/// document; those between places follow.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Faults {
    all: Vec<Fault>,
    /// The variables that were read so far: every reader is handed the faults, and nothing else in
    /// which it could note them.
    variables: Vec<Variable>,
}

impl Faults {
    /// Adds one.
    pub(crate) fn add(
        &mut self,
        path: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        let fault = Fault { path: path.into(), found: found.into(), expected: expected.into() };
        if !self.all.contains(&fault) {
            self.all.push(fault);
        }
    }

    /// Notes a variable that was read.
    pub(crate) fn note(&mut self, variable: Variable) {
        if !self.variables.iter().any(|known| known.name == variable.name) {
            self.variables.push(variable);
        }
    }

    /// Takes the variables that were read, each once.
    pub(crate) fn take_variables(&mut self) -> Vec<Variable> {
        core::mem::take(&mut self.variables)
    }

    /// Returns `true` if there is a fault at a place or below it. Then the value there is not
    /// missing, but was refused.
    pub(crate) fn any_below(&self, path: &str) -> bool {
        // After the path comes a member or an item, never the rest of a longer name:
        // `networks.jobs-2` is not below `networks.jobs`, nor `rules[10]` below `rules[1`.
        let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        self.all.iter().any(|fault| fault.path.strip_prefix(path).is_some_and(below))
    }

    /// Returns `true` if there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The number of faults.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The faults.
    pub fn iter(&self) -> core::slice::Iter<'_, Fault> {
        self.all.iter()
    }
}

impl<'f> IntoIterator for &'f Faults {
    type Item = &'f Fault;
    type IntoIter = core::slice::Iter<'f, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One line a fault.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.all.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl core::error::Error for Faults {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_is_no_longer_name() {
        let mut faults = Faults::default();
        for path in ["networks.jobs-2[0]", "rules[10].paths", "callers.a.token.keys_2"] {
            faults.add(path, "x", "y");
        }
        faults.add("networks[\"b.c\"]", "x", "y");
        for path in ["networks.jobs-2", "networks", "rules[10]", "callers.a", "networks[\"b.c\"]"] {
            assert!(faults.any_below(path), "{path}");
        }
        for path in ["networks.jobs", "rules[1]", "rules[1", "callers.a.token.keys", "networks.b"] {
            assert!(!faults.any_below(path), "{path}");
        }
    }
}
