//! A policy as the Worker would take it, asked of the core itself.

use std::collections::BTreeMap;

use wicketgate_policy::{Environment, Host, Policy};

/// Why the Worker would refuse `policy` with these variables: every fault, each with its place.
/// A Worker that refuses its policy answers nothing but 503.
pub fn faults(policy: &str, variables: &BTreeMap<String, String>) -> Vec<String> {
    let environment =
        variables.iter().fold(Environment::new(Host::Cloudflare), |all, (name, value)| {
            all.with(name, value.as_str())
        });
    match Policy::load(policy.as_bytes(), &environment) {
        Ok(_) => Vec::new(),
        Err(faults) => (&faults).into_iter().map(ToString::to_string).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_every_fault() {
        let faults = faults(r#"{"version": 2, "name": "X"}"#, &BTreeMap::new());
        assert!(faults.len() > 1 && faults[0].contains("version"), "{faults:?}");
    }
}
