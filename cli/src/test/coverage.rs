//! Measures how much of a policy its cases cover: the possible results of each rule, and each
//! reason that the policy's own members can cause.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use wicketgate_policy::Reason;
use wicketgate_runtime::vectors::Observation;

use crate::document::{Document, Tree};
use crate::value::member;

/// The results that are covered, and those that are not.
#[derive(Debug, Serialize)]
pub(super) struct Coverage {
    pub(super) percent: u8,
    pub(super) covered: Vec<String>,
    pub(super) missing: Vec<String>,
}

pub(super) struct Builder {
    all: BTreeSet<String>,
    seen: BTreeSet<String>,
}

impl Builder {
    pub(super) fn new(document: &Document) -> Self {
        let mut builder = Self { all: BTreeSet::new(), seen: BTreeSet::new() };
        if let Some(tree) = &document.tree {
            builder.collect(tree);
        }
        builder
    }

    fn collect(&mut self, tree: &Tree) {
        let rules = tree.get("rules").map(Tree::items).unwrap_or_default();
        for rule in rules {
            let id = rule.text_of("id").unwrap_or_default();
            let allow = rule.get("allow").map(Tree::items).unwrap_or_default();
            let anyone = allow.iter().any(|alternative| alternative.get("anyone").is_some());
            if !allow.is_empty() {
                self.all.insert(allows(id));
            }
            if !anyone {
                self.all.insert(denies(id));
            }
            self.reason(Reason::NobodyAllowed, allow.is_empty());
            let has =
                |member: &str| allow.iter().any(|alternative| alternative.get(member).is_some());
            self.reason(
                Reason::MethodNotAllowed,
                !allow.is_empty() && allow.iter().all(|a| a.get("methods").is_some()),
            );
            self.reason(Reason::NetworkNotAllowed, has("network"));
            self.reason(Reason::CredentialMissing, has("caller"));
            self.reason(Reason::CredentialUnknown, has("caller"));
            self.reason(Reason::IdentityMalformed, has("pass_identity"));
        }
        self.reason(Reason::PathAmbiguous, !rules.is_empty());
        self.reason(Reason::Unmatched, tree.text_of("unmatched") == Some("deny"));
        let callers = tree.get("callers").map(Tree::members).unwrap_or_default();
        self.reason(Reason::CallerNotAllowed, has_other_callers(tree));
        for key in callers
            .iter()
            .filter_map(|caller| caller.value.get("token")?.get("keys"))
            .flat_map(Tree::items)
        {
            self.reason(
                Reason::KeyRevoked,
                key.get("revoked").is_some_and(|revoked| revoked.to_json() == "true"),
            );
            self.reason(Reason::KeyExpired, key.get("not_after").is_some());
            self.reason(Reason::KeyNotYetValid, key.get("not_before").is_some());
        }
    }

    fn reason(&mut self, reason: Reason, possible: bool) {
        if possible {
            self.all.insert(gives(reason.code()));
        }
    }

    /// Takes in the result of a request.
    pub(super) fn saw(&mut self, seen: &Observation, allowed: bool) {
        if let Some(explanation) = &seen.explanation {
            self.saw_one(explanation.rule.as_deref(), explanation.reason.as_deref(), allowed);
        }
        // Rules in shadow mode have audit lines of their own.
        for line in &seen.lines {
            let Ok(line) = &serde_json::from_str::<Value>(line) else { continue };
            let allowed = member(line, "wicketgate.decision") == "allow";
            self.saw_one(
                member(line, "rule.id").as_str(),
                member(line, "error.type").as_str(),
                allowed,
            );
        }
    }

    fn saw_one(&mut self, rule: Option<&str>, reason: Option<&str>, allowed: bool) {
        if let Some(rule) = rule {
            self.seen.insert(if allowed { allows(rule) } else { denies(rule) });
        }
        if let Some(reason) = reason {
            self.seen.insert(gives(reason));
        }
    }

    pub(super) fn finish(self) -> Coverage {
        let (covered, missing): (Vec<String>, Vec<String>) =
            self.all.iter().cloned().partition(|outcome| self.seen.contains(outcome));
        let percent = (covered.len() * 100).checked_div(self.all.len()).unwrap_or(100);
        Coverage { percent: u8::try_from(percent).unwrap_or(100), covered, missing }
    }
}

/// Returns `true` if some rule reads a header in which a caller that it does not admit shows its
/// token.
fn has_other_callers(tree: &Tree) -> bool {
    let callers = tree.get("callers").map(Tree::members).unwrap_or_default();
    let places = |name: &str| {
        let caller = callers.iter().find(|caller| caller.name == name);
        let token = caller.and_then(|caller| caller.value.get("token"));
        let others = token.and_then(|token| token.get("or")).map(Tree::items).unwrap_or_default();
        let lower = |text: &str| text.to_ascii_lowercase();
        let place = |place: &Tree| {
            Some((lower(place.text_of("header")?), place.text_of("scheme").map(lower)))
        };
        token.into_iter().chain(others).filter_map(place).collect::<Vec<_>>()
    };
    tree.get("rules").map(Tree::items).unwrap_or_default().iter().any(|rule| {
        let allow = rule.get("allow").map(Tree::items).unwrap_or_default();
        let admitted: Vec<&str> = allow.iter().filter_map(|a| a.text_of("caller")).collect();
        admitted.iter().any(|name| {
            let is_other =
                |other: &&str| !admitted.contains(other) && share(&places(other), &places(name));
            callers.iter().map(|caller| caller.name.as_str()).any(|other| is_other(&other))
        })
    })
}

fn share<T: PartialEq>(some: &[T], others: &[T]) -> bool {
    some.iter().any(|one| others.contains(one))
}

fn allows(rule: &str) -> String {
    format!("rule `{rule}` allows")
}

fn denies(rule: &str) -> String {
    format!("rule `{rule}` denies")
}

fn gives(reason: &str) -> String {
    format!("reason `{reason}`")
}
