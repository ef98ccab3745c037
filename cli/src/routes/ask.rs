//! Asks the core which rules guard a path.

use serde::Serialize;
use wicketgate_policy::explain::{Chosen, RuleSteps};
use wicketgate_policy::{Header, Outcome, Peer, Policy, Reason, Request, Time, Verdict};

/// The guard of a path.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Guard {
    /// Nothing: it passes without credentials.
    Nothing,
    /// These rules, and all of them must allow.
    Rules(Vec<String>),
    /// The policy denies what no rule covers.
    Unmatched,
    /// Every call is refused, good credentials or not, for this reason.
    Refused(&'static str),
}

/// A caller that may call.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Admitted {
    /// The caller; `None` if no credential is needed.
    pub(super) caller: Option<String>,
    /// No credential is needed because it is public.
    pub(super) public: bool,
    /// The methods that it may use; `None` for all.
    pub(super) methods: Option<Vec<String>>,
    /// The networks in each of which its address must be.
    pub(super) networks: Vec<String>,
}

impl Admitted {
    /// Returns `true` if this is everybody, because the policy says so.
    pub(super) fn is_open(&self) -> bool {
        self.public && self.networks.is_empty()
    }
}

/// The gate to ask, and the host of the requests.
pub(super) struct Gate<'p> {
    pub(super) policy: &'p Policy,
    /// The names of the networks, in the order of the document.
    pub(super) networks: Vec<String>,
    pub(super) authority: &'p str,
    pub(super) now: Time,
}

impl Gate<'_> {
    /// The guard of a path, and its callers. Without a method, for all methods.
    pub(super) fn ask(&self, method: Option<&str>, path: &str) -> (Guard, Vec<Admitted>) {
        let headers = [
            (":method", method.unwrap_or("GET")),
            (":path", path),
            (":scheme", "https"),
            (":authority", self.authority),
        ];
        let headers =
            headers.map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
        let request = Request { headers: &headers, peer: Peer::Unknown };
        let told = self.policy.explain(&request, self.now);
        let reason = match &told.outcome {
            Outcome::Decided(decision) => match &decision.verdict {
                Verdict::Pass { .. } => return (Guard::Nothing, Vec::new()),
                Verdict::Allow(_) => None,
                Verdict::Deny(deny) => Some(deny.reason),
            },
            Outcome::Need(_) => None,
        };
        if reason == Some(Reason::Unmatched) {
            return (Guard::Unmatched, Vec::new());
        }
        match told.chosen {
            Chosen::Rules(rules) | Chosen::Ambiguous { all: rules, .. }
                if told.refused_everywhere.is_none() && reason != Some(Reason::PathAmbiguous) =>
            {
                let rules = rules.into_iter().map(str::to_owned).collect();
                (Guard::Rules(rules), self.admitted(method.is_some(), &told.rules))
            }
            _ => (Guard::Refused(reason.map_or("internal_error", Reason::code)), Vec::new()),
        }
    }

    fn admitted(&self, by_method: bool, rules: &[RuleSteps<'_>]) -> Vec<Admitted> {
        let of_rule =
            |rule: &RuleSteps<'_>| -> Vec<Admitted> {
                let alternatives = rule.alternatives.iter();
                let alternatives = alternatives.filter(|one| !by_method || one.method_holds);
                alternatives
                    .map(|one| Admitted {
                        caller: one.caller.map(str::to_owned),
                        public: one.public,
                        methods: one.methods.as_ref().filter(|_| !by_method).map(|methods| {
                            methods.iter().map(|&method| method.to_owned()).collect()
                        }),
                        networks: one
                            .network
                            .and_then(|(place, _)| self.networks.get(place).cloned())
                            .into_iter()
                            .collect(),
                    })
                    .collect()
            };
        let mut all = rules.iter().map(of_rule);
        let first = all.next().unwrap_or_default();
        all.fold(first, |admitted, rule| {
            admitted
                .iter()
                .flat_map(|one| rule.iter().filter_map(|other| both(one, other)))
                .collect()
        })
    }
}

/// The callers that two rules admit together.
fn both(one: &Admitted, other: &Admitted) -> Option<Admitted> {
    let caller = match (&one.caller, &other.caller) {
        (Some(one), Some(other)) if one != other => return None,
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    let methods = match (&one.methods, &other.methods) {
        (Some(one), Some(other)) => {
            Some(one.iter().filter(|method| other.contains(method)).cloned().collect::<Vec<_>>())
        }
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    if methods.as_ref().is_some_and(Vec::is_empty) {
        return None;
    }
    let mut networks = one.networks.clone();
    networks.extend(other.networks.iter().filter(|name| !one.networks.contains(name)).cloned());
    Some(Admitted { caller, public: one.public && other.public, methods, networks })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(caller: &str, methods: &[&str], networks: &[&str]) -> Admitted {
        let all = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let methods = Some(all(methods)).filter(|methods| !methods.is_empty());
        Admitted {
            caller: Some(caller.to_owned()),
            public: false,
            methods,
            networks: all(networks),
        }
    }

    #[test]
    fn two_rules_admit_whom_both_do() {
        let (a, b) = (admitted("a", &["GET", "POST"], &["x"]), admitted("a", &["POST"], &["y"]));
        assert_eq!(both(&a, &b), Some(admitted("a", &["POST"], &["x", "y"])));
        assert_eq!(both(&a, &admitted("b", &[], &[])), None);
        assert_eq!(both(&a, &admitted("a", &["PUT"], &[])), None);
        let all = Admitted { caller: None, public: true, methods: None, networks: Vec::new() };
        assert_eq!(both(&all, &b), Some(b.clone()));
        assert!(both(&all, &all).is_some_and(|both| both.is_open()));
    }
}
