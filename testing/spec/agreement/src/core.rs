//! Finds out the core's verdict on a target, by asking it as clients do.
//!
//! For each set of rules there is a caller whom exactly these rules admit. So a request with its
//! token is allowed if, and only if, the core chose no other rule.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wicketgate_policy::{
    Environment, Header, Host, Outcome, Peer, Policy, Reason, Request, Time, Verdict as Decided,
};
use wicketgate_spec::{Gate, Verdict};

/// A policy as the core has it, once as usual and once with rules that check what is ambiguous.
pub struct Core {
    strict: Policy,
    checking: Policy,
    /// For each set of rules a policy in which these are public, and nobody may call the others nor
    /// what no rule covers.
    public: Vec<Policy>,
    tokens: Vec<String>,
}

/// The answer to one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Answer {
    Pass,
    Allow,
    Deny(Reason),
}

impl Core {
    /// The core with this policy.
    ///
    /// # Panics
    ///
    /// If the core refuses the policy.
    #[must_use]
    pub fn of(gate: &Gate) -> Self {
        let sets = 1_usize << gate.rules.len();
        let tokens: Vec<String> = (0..sets)
            .map(|set| format!("wg_k{set}_{set:02}4f8a1c0d9e2b7365af01d2c4b6e8f790"))
            .collect();
        let environment = tokens
            .iter()
            .enumerate()
            .fold(Environment::new(Host::Envoy), |environment, (set, token)| {
                environment.with(&format!("TOKEN_{set}"), token.as_str())
            });
        let load = |ambiguous| {
            let document = document(gate, sets, ambiguous).to_string();
            Policy::load(document.as_bytes(), &environment)
                .unwrap_or_else(|faults| panic!("{faults}\n{document}"))
        };
        let open = |set| {
            let document = public(gate, set).to_string();
            Policy::load(document.as_bytes(), &environment)
                .unwrap_or_else(|faults| panic!("{faults}\n{document}"))
        };
        let public = (0..sets).map(open).collect();
        Self { strict: load("deny"), checking: load("check"), public, tokens }
    }

    /// The core's behaviour, if it is not `expected`. `sure`: the target could be nothing beside
    /// what the rules cover.
    #[must_use]
    pub fn contradicts(
        &self,
        expected: &Verdict,
        sure: bool,
        host: &str,
        target: &[u8],
    ) -> Option<String> {
        if target.is_empty() {
            return None;
        }
        self.opens_otherwise(expected, sure, host, target)
            .or_else(|| self.guards_otherwise(expected, host, target))
    }

    /// The core's behaviour where rules are public, if it is not the expected one.
    fn opens_otherwise(
        &self,
        expected: &Verdict,
        sure: bool,
        host: &str,
        target: &[u8],
    ) -> Option<String> {
        let rules = set(&expected.rules());
        let everything = self.public.len() - 1;
        let differs = |set: usize, opens: bool| {
            let answer = ask(self.public.get(set)?, None, host, target);
            let differs = (answer == Answer::Allow) != opens;
            differs.then(|| format!("the core: {answer:?} where the rules {set:#b} are public"))
        };
        let opens = sure && rules != 0;
        differs(everything, opens).or_else(|| differs(rules, opens)).or_else(|| {
            let mut ones = (0..usize::BITS).map(|rule| 1 << rule).filter(|one| rules & one != 0);
            ones.find_map(|one| differs(everything & !one, false))
        })
    }

    fn guards_otherwise(&self, expected: &Verdict, host: &str, target: &[u8]) -> Option<String> {
        let everybody = self.tokens.len() - 1;
        let ask = |policy, set: usize| ask(policy, self.tokens.get(set), host, target);
        let strict = ask(&self.strict, everybody);
        let (policy, rules) = match (expected, strict) {
            (Verdict::Pass, Answer::Pass) => return None,
            (Verdict::TooComplex, Answer::Deny(Reason::PathTooComplex)) => return None,
            (Verdict::Guarded(rules), Answer::Allow) => (&self.strict, rules),
            (Verdict::Ambiguous(rules), Answer::Deny(Reason::PathAmbiguous)) => {
                (&self.checking, rules)
            }
            (_, other) => return Some(format!("the core: {other:?} for a caller of every rule")),
        };
        let exactly = set(rules);
        if ask(policy, exactly) != Answer::Allow {
            return Some(format!("the core chose a rule besides {rules:?}"));
        }
        let spared =
            rules.iter().find(|rule| ask(policy, exactly & !(1 << **rule)) == Answer::Allow);
        spared.map(|rule| format!("the core did not choose rule {rule}"))
    }
}

/// The number of the caller whom exactly these rules admit.
fn set(rules: &BTreeSet<usize>) -> usize {
    rules.iter().map(|rule| 1 << rule).sum()
}

fn ask(policy: &Policy, token: Option<&String>, host: &str, target: &[u8]) -> Answer {
    let headers = [
        Header { name: b":method", value: b"GET" },
        Header { name: b":path", value: target },
        Header { name: b":authority", value: host.as_bytes() },
        Header { name: b"x-token", value: token.map_or(b"", |token| token.as_bytes()) },
    ];
    let request = Request { headers: &headers, peer: Peer::Address(b"127.0.0.1") };
    let Outcome::Decided(decision) = policy.decide(&request, Time::BUILD) else {
        panic!("the peer is known, and nothing else can be needed");
    };
    match decision.verdict {
        Decided::Pass { .. } => Answer::Pass,
        Decided::Allow(_) => Answer::Allow,
        Decided::Deny(deny) => Answer::Deny(deny.reason),
    }
}

/// The policy in which these rules are public, and all else is closed.
fn public(gate: &Gate, set: usize) -> Value {
    let mut document = document(gate, 0, "refuse");
    for (place, rule) in document["rules"].as_array_mut().into_iter().flatten().enumerate() {
        let open = set >> place & 1 == 1;
        rule["allow"] = if open { json!([{ "public": true }]) } else { json!([]) };
    }
    document["unmatched"] = json!("deny");
    document
}

fn document(gate: &Gate, sets: usize, ambiguous: &str) -> Value {
    let callers = (0..sets).map(|set| {
        let key = json!({ "id": format!("k{set}"), "env": format!("TOKEN_{set}") });
        (format!("c{set}"), json!({ "token": { "header": "x-token", "keys": [key] } }))
    });
    let rules = gate.rules.iter().enumerate().map(|(place, rule)| {
        let admitted = (0..sets).filter(|set| set >> place & 1 == 1);
        let allow: Vec<Value> =
            admitted.map(|set| json!({ "caller": format!("c{set}") })).collect();
        let mut value = json!({ "id": format!("r{place}"), "paths": rule.paths, "allow": allow });
        if ambiguous == "check" {
            value["ambiguous"] = json!("check");
        }
        if !rule.hosts.is_empty() {
            value["hosts"] = json!(rule.hosts);
        }
        value
    });
    let mut origin = json!({});
    for (name, list) in [("mounts", &gate.mounts), ("locales", &gate.locales)] {
        if !list.is_empty() {
            origin[name] = json!(list);
        }
    }
    if let Some(stack) = &gate.stack {
        origin["stack"] = json!(stack);
    }
    json!({
        "version": 1, "name": "agreement", "environment": "production", "unmatched": "pass",
        "callers": Value::Object(callers.collect()),
        "rules": rules.collect::<Vec<_>>(),
        "origin": origin,
        "forward": { "credential": "remove" },
    })
}
