//! An arm of a measurement, and the requests that it must refuse.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Result, bail};

use super::traffic::Traffic;

/// One thing that is measured, set up by `S`.
pub(super) struct Arm<S> {
    pub(super) name: String,
    pub(super) what: String,
    /// The arm without a gate that gets the same requests.
    pub(super) base: Option<String>,
    pub(super) setup: S,
    pub(super) traffic: Traffic,
    /// The status of every answer.
    pub(super) expected: u16,
    /// The requests that must be refused.
    pub(super) wrong: Vec<Wrong>,
    /// `true` if its latency is measured, too.
    pub(super) is_main: bool,
}

/// A request that must be refused.
#[derive(Clone)]
pub(super) struct Wrong {
    pub(super) what: &'static str,
    pub(super) request: Vec<u8>,
    /// The address from which it comes.
    pub(super) from: IpAddr,
    pub(super) status: u16,
}

impl<S> Arm<S> {
    /// An arm that is sent one request again and again, and answers 200.
    pub(super) fn new(name: &str, what: &str, setup: S, request: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            what: what.to_owned(),
            base: None,
            setup,
            traffic: Traffic::same(request),
            expected: 200,
            wrong: Vec::new(),
            is_main: false,
        }
    }

    pub(super) fn main(self) -> Self {
        Self { is_main: true, ..self }
    }

    pub(super) fn above(self, base: &str) -> Self {
        Self { base: Some(base.to_owned()), ..self }
    }

    pub(super) fn sending(self, request: Vec<u8>) -> Self {
        self.with(Traffic::same(request))
    }

    pub(super) fn with(self, traffic: Traffic) -> Self {
        Self { traffic, ..self }
    }

    pub(super) fn answered(self, expected: u16) -> Self {
        Self { expected, ..self }
    }

    pub(super) fn refusing(self, wrong: Vec<Wrong>) -> Self {
        Self { wrong, ..self }
    }
}

/// The wanted arms, those that they are compared with, and `floor`; all where none is wanted.
pub(super) fn chosen<S>(arms: Vec<Arm<S>>, wanted: &[String], floor: &str) -> Result<Vec<Arm<S>>> {
    if wanted.is_empty() {
        return Ok(arms);
    }
    let mut names: BTreeSet<String> = BTreeSet::from([floor.to_owned()]);
    for name in wanted {
        let Some(arm) = arms.iter().find(|arm| arm.name == *name) else {
            let known: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
            bail!("there is no arm `{name}`; there are {}", known.join(", "))
        };
        names.insert(name.clone());
        names.extend(arm.base.clone());
    }
    Ok(arms.into_iter().filter(|arm| names.contains(&arm.name)).collect())
}

/// The address from which valid requests come.
pub(super) const NEAR: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_comes_with_what_it_is_compared_with() {
        let arms = || {
            let arm = |name: &str| Arm::new(name, "", (), Vec::new());
            vec![arm("floor"), arm("base"), arm("a").above("base"), arm("b").above("floor")]
        };
        let names = |wanted: &[String]| -> Vec<String> {
            let arms = chosen(arms(), wanted, "floor").unwrap();
            arms.into_iter().map(|arm| arm.name).collect()
        };
        assert_eq!(names(&["a".to_owned()]), ["floor", "base", "a"]);
        assert_eq!(names(&[]).len(), 4);
        let error = chosen(arms(), &["c".to_owned()], "floor").err().unwrap();
        assert_eq!(error.to_string(), "there is no arm `c`; there are floor, base, a, b");
    }
}
