//! Targets that stand for all others, gathered by what both policies choose for them.

use std::collections::{BTreeSet, HashMap};

use wicketgate_policy::explain::Choosing;

use super::hosts::Hosts;
use super::{Search, choosing};
use crate::diff::shot::{Line, PEER, Shot};
use crate::diff::side::{Rule, Side, items, text};
use crate::diff::targets::{Pattern, Words, elsewhere, too_complex};
use crate::value::member;

/// The number of targets that are also asked for with a header that names a handler, and the number
/// of rules that are paired.
const SOME: usize = 100;

/// Requests for which both policies choose alike, and one of them.
pub(super) struct Group<'s> {
    pub(super) choosing: [Choosing<'s>; 2],
    pub(super) shot: Shot,
    /// The hosts of all of them.
    pub(super) hosts: BTreeSet<String>,
}

/// One request for each pair of choices, with the hosts of all that have it.
type Groups<'s> = HashMap<[Choosing<'s>; 2], (Shot, BTreeSet<String>)>;

impl<'s> Search<'s> {
    /// One request for each pair of choices that the two policies can make.
    pub(super) fn groups(&self) -> Vec<Group<'s>> {
        let mut groups: Groups<'s> = HashMap::new();
        let add = |groups: &mut Groups<'s>, choosing: [Choosing<'s>; 2], shot: Shot| {
            let (kept, hosts) =
                groups.entry(choosing).or_insert_with(|| (shot.clone(), BTreeSet::new()));
            if !hosts.contains(&shot.authority) {
                hosts.insert(shot.authority.clone());
            }
            if shot.cost() < kept.cost() {
                *kept = shot;
            }
        };
        let patterns = self.patterns();
        let hosts = Hosts::new(self.sides);
        let mut plain: Vec<String> = Vec::new();
        for target in self.targets(&patterns, &mut plain) {
            let shot = self.shot(&target, &hosts.unnamed);
            let choices = self.sides.map(|side| choosing(side, &shot));
            let authorities = hosts.of(self.sides, &choices);
            add(&mut groups, choices, shot);
            for authority in authorities {
                let shot = self.shot(&target, &authority);
                add(&mut groups, self.sides.map(|side| choosing(side, &shot)), shot);
            }
        }
        let mut shots: Vec<Shot> = groups.values().map(|(shot, _)| shot.clone()).collect();
        shots.sort_by_cached_key(|shot| (shot.cost(), shot.target.clone(), shot.authority.clone()));
        shots.truncate(SOME);
        shots.extend(plain.iter().take(SOME).map(|target| self.shot(target, &hosts.unnamed)));
        let mut add =
            |shot: Shot| add(&mut groups, self.sides.map(|side| choosing(side, &shot)), shot);
        // Requests that are refused whatever their path, and headers that name a handler.
        let [before, after] = self.sides.map(handlers);
        let handlers: BTreeSet<&(String, String)> = before.iter().chain(&after).collect();
        for shot in shots {
            for (name, value) in &handlers {
                let headers = vec![Line::plain(name, value)];
                add(Shot { headers, ..shot.clone() });
            }
            add(Shot { authority: "a,b".to_owned(), ..shot.clone() });
            add(Shot { method: "GE T".to_owned(), ..shot.clone() });
            add(Shot { headers: vec![Line::plain("upgrade", "h2c")], ..shot.clone() });
            if let Some(host) = hosts.named.first() {
                let headers = vec![Line::plain("x-forwarded-server", "other.example")];
                add(Shot { headers, authority: host.clone(), ..shot });
            }
        }
        let group = |(choosing, (shot, hosts))| Group { choosing, shot, hosts };
        let mut groups: Vec<Group<'s>> = groups.into_iter().map(group).collect();
        groups.sort_by_cached_key(|Group { shot, .. }| {
            (
                shot.cost(),
                shot.target.clone(),
                shot.authority.clone(),
                format!("{:?}", shot.headers),
            )
        });
        groups
    }

    fn shot(&self, target: &str, authority: &str) -> Shot {
        Shot {
            method: "GET".to_owned(),
            target: target.to_owned(),
            authority: authority.to_owned(),
            headers: Vec::new(),
            certificate: None,
            peer: Some(PEER),
            now: self.now,
            timed: false,
        }
    }

    /// The patterns of either policy, those of rules that differ first.
    fn patterns(&self) -> Vec<(Pattern, String)> {
        let mut patterns: Vec<(Pattern, String)> = Vec::new();
        let mut seen = BTreeSet::new();
        for differs in [true, false] {
            for rule in self.sides.iter().flat_map(|side| &side.rules) {
                if self.differs(&rule.id) == differs {
                    for path in &rule.paths {
                        let pattern = Pattern::parse(path);
                        if seen.insert(pattern.clone()) {
                            patterns.push((pattern, rule.id.clone()));
                        }
                    }
                }
            }
        }
        patterns
    }

    fn differs(&self, id: &str) -> bool {
        let [before, after] = self.sides.map(|side| side.rule(id));
        match (before, after) {
            (Some(before), Some(after)) => {
                before.content != after.content
                    || before.paths != after.paths
                    || before.hosts != after.hosts
            }
            _ => true,
        }
    }

    fn targets(&self, patterns: &[(Pattern, String)], plain: &mut Vec<String>) -> BTreeSet<String> {
        let literals: BTreeSet<String> = patterns
            .iter()
            .flat_map(|(pattern, _)| pattern.literals().map(str::to_ascii_lowercase))
            .collect();
        let any = ["x", "y", "z", "w"].iter().find(|word| !literals.contains(**word));
        let any = any.map_or_else(|| "anything-else".to_owned(), |word| (*word).to_owned());
        let mut prefixes: BTreeSet<String> = BTreeSet::new();
        for side in self.sides {
            let origin = member(&side.written, "origin");
            let mounts = items(member(origin, "mounts")).iter().filter_map(text);
            prefixes.extend(mounts.map(str::to_owned));
            let locales = items(member(origin, "locales")).iter().filter_map(text);
            prefixes.extend(locales.map(|locale| format!("/{locale}")));
        }
        let prefixes: Vec<String> = prefixes.into_iter().collect();
        let methods: BTreeSet<String> = self
            .sides
            .iter()
            .flat_map(|side| &side.rules)
            .flat_map(|r| r.methods.clone())
            .collect();
        let words = Words { any, prefixes: &prefixes, methods: &methods };
        let mut targets: BTreeSet<String> = elsewhere(&words.any).into_iter().collect();
        plain.extend(targets.iter().take(2).cloned());
        targets.insert(too_complex());
        let differing: Vec<&Pattern> = patterns
            .iter()
            .filter(|(_, rule)| self.differs(rule))
            .map(|(pattern, _)| pattern)
            .collect();
        for (pattern, _) in patterns {
            plain.push(pattern.path(&words.any));
            targets.extend(words.plain(pattern));
            // Where only rules differ, what is far from all of them is decided as before.
            if !self.same_base || differing.iter().any(|other| pattern.is_near(other)) {
                targets.extend(words.spelled(pattern));
            }
        }
        for meet in meets(patterns) {
            targets.extend(words.plain(&meet));
        }
        for (number, (one, rule)) in patterns.iter().enumerate() {
            if !self.differs(rule) && self.same_base || number > 4 * SOME {
                continue;
            }
            for other in self.partners(rule, patterns) {
                targets.extend(words.either(one, other));
                targets.extend(words.either(other, one));
            }
        }
        targets
    }

    /// Paths of other rules with which a target could be mistaken: one for each way in which the
    /// rule of the other path matters then.
    fn partners<'p>(&self, rule: &str, patterns: &'p [(Pattern, String)]) -> Vec<&'p Pattern> {
        let mut kinds = BTreeSet::new();
        let mine: Vec<&Rule> = self.sides.iter().filter_map(|side| side.rule(rule)).collect();
        let partners = patterns.iter().filter(|(_, other)| {
            let kind = self.sides.map(|side| {
                let other = side.rule(other)?;
                let shared: Vec<&String> = other
                    .callers
                    .iter()
                    .filter(|caller| mine.iter().any(|mine| mine.callers.contains(*caller)))
                    .collect();
                Some((other.checks, other.public, shared))
            });
            kinds.insert(kind)
        });
        partners.map(|(pattern, _)| pattern).take(SOME).collect()
    }
}

/// Headers that name a handler to some stack.
pub(super) const HANDLERS: [&str; 6] = [
    "next-action",
    "rsc-action-id",
    "spring-cloud-function-definition",
    "spring-cloud-function-routing-expression",
    "x-qrl",
    "x-rsc-action",
];

/// The headers that name a handler, with the ids that the policy lists and one that it doesn't.
fn handlers(side: &Side) -> Vec<(String, String)> {
    let actions = items(member(member(&side.written, "origin"), "actions")).iter();
    let mut values: Vec<&str> = actions.filter_map(text).collect();
    values.push("unlisted");
    let pairs = HANDLERS.iter().flat_map(|name| values.iter().map(|value| (*name, *value)));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Patterns of paths that two patterns cover, and neither alone.
fn meets(patterns: &[(Pattern, String)]) -> BTreeSet<Pattern> {
    let mut all: BTreeSet<Pattern> = BTreeSet::new();
    let mut newest: Vec<Pattern> = patterns.iter().map(|(pattern, _)| pattern.clone()).collect();
    for _ in 0..3 {
        let mut next = Vec::new();
        for one in &newest {
            for (other, _) in patterns {
                if let Some(meet) = one.meet(other)
                    && all.len() < 10_000
                    && all.insert(meet.clone())
                {
                    next.push(meet);
                }
            }
        }
        newest = next;
    }
    all
}
