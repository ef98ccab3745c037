//! Requests that two policies decide differently, gathered into classes.

use std::collections::{BTreeMap, BTreeSet};

use super::seen::{Kind, Seen};
use super::shot::Shot;
use wicketgate_policy::explain::{Choosing, Chosen};

/// What all requests of a class have in common.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Key {
    pub(super) kind: Kind,
    /// Several rules judge it together, origins could read it in several ways, or it is malformed.
    /// Such requests are one class, whichever the rules.
    pub(super) unusual: bool,
    /// The rule that judges it, in either policy.
    pub(super) rules: [Option<String>; 2],
    /// The caller as which it is let through.
    pub(super) callers: [Option<String>; 2],
    /// The answers, if they are what changes.
    pub(super) answers: [String; 2],
}

impl Key {
    /// The class of a request, `None` if nobody sees a difference.
    pub(super) fn of(choosing: [&Choosing<'_>; 2], seen: [&Seen; 2]) -> Option<Self> {
        let [before, after] = seen;
        let kind = before.change(after)?;
        let rules = choosing.map(judge);
        let unusual = rules.iter().any(Option::is_none);
        let of_rules = rules.map(|rule| rule.flatten().map(str::to_owned));
        Some(Self {
            kind,
            unusual,
            rules: if unusual { [None, None] } else { of_rules },
            callers: seen.map(|seen| seen.caller().map(str::to_owned)),
            answers: if kind == Kind::Answer && !unusual {
                seen.map(|seen| seen.answer().to_owned())
            } else {
                Default::default()
            },
        })
    }
}

/// The one rule that judges a request, or `Some(None)` if no rule covers it, or `None` if it is
/// unusual.
fn judge<'a>(choosing: &Choosing<'a>) -> Option<Option<&'a str>> {
    let Choosing {
        refused_everywhere,
        malformed,
        chosen,
        by_path,
        uncovered: _,
        unclear,
        passes: _,
        methods,
        too_many_methods,
    } = choosing;
    let is_plain = refused_everywhere.is_none()
        && !malformed
        && by_path.is_none()
        && !unclear
        && methods.is_empty()
        && !too_many_methods;
    match chosen {
        Chosen::Nothing if is_plain => Some(None),
        Chosen::Rules(rules) if is_plain => match &**rules {
            [rule] => Some(Some(rule)),
            _ => None,
        },
        _ => None,
    }
}

/// The values of a dimension at which a class was tried, and those at which its requests differ.
#[derive(Clone, Debug, Default)]
pub(super) struct Dimension {
    pub(super) hit: BTreeSet<String>,
    pub(super) tried: BTreeSet<String>,
}

impl Dimension {
    /// Returns `true` if it makes no difference.
    pub(super) fn is_any(&self) -> bool {
        self.hit == self.tried
    }
}

/// The dimensions of a request beside its target.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Of {
    Method,
    Client,
    Credential,
    Time,
    Header,
}

/// The value of a method that no rule names.
pub(super) const OTHER: &str = "any other";

/// A class of requests.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) key: Key,
    pub(super) witness: Shot,
    pub(super) before: Seen,
    pub(super) after: Seen,
    pub(super) dimensions: BTreeMap<Of, Dimension>,
    /// Targets at which it was found.
    pub(super) targets: BTreeSet<String>,
    /// Hosts at which it was found.
    pub(super) hosts: BTreeSet<String>,
}

/// A place in every dimension.
pub(super) type Place = [(Of, String); 5];

/// All classes that were found.
#[derive(Debug, Default)]
pub(super) struct Classes {
    all: BTreeMap<Key, Class>,
}

impl Classes {
    /// Adds a request that is decided differently.
    pub(super) fn add(&mut self, key: Key, shot: &Shot, seen: [&Seen; 2], place: &Place) {
        let [before, after] = seen;
        let class = self.all.entry(key.clone()).or_insert_with(|| Class {
            key,
            witness: shot.clone(),
            before: before.clone(),
            after: after.clone(),
            dimensions: BTreeMap::new(),
            targets: BTreeSet::new(),
            hosts: BTreeSet::new(),
        });
        if shot.cost() < class.witness.cost() {
            class.witness = shot.clone();
            class.before = before.clone();
            class.after = after.clone();
        }
        for (of, value) in place {
            let dimension = class.dimensions.entry(*of).or_default();
            if !dimension.hit.contains(value) {
                dimension.hit.insert(value.clone());
            }
        }
        if !class.targets.contains(&shot.target) {
            class.targets.insert(shot.target.clone());
        }
    }

    /// Notes the hosts of a group in which a class was found.
    pub(super) fn hosts(&mut self, key: &Key, hosts: &BTreeSet<String>) {
        if let Some(class) = self.all.get_mut(key) {
            class.hosts.extend(hosts.iter().cloned());
        }
    }

    /// Notes which values of a dimension were tried for a class.
    pub(super) fn tried(&mut self, key: &Key, of: Of, values: &BTreeSet<String>) {
        if let Some(class) = self.all.get_mut(key) {
            let dimension = class.dimensions.entry(of).or_default();
            dimension.tried.extend(values.iter().cloned());
        }
    }

    /// The class of a key.
    #[cfg(test)]
    pub(super) fn get(&self, key: &Key) -> Option<&Class> {
        self.all.get(key)
    }

    /// Every class, the most dangerous kinds first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Class> {
        self.all.values()
    }
}
