//! What the rules of a group can tell apart beside its target: credentials, times, further headers.

use std::collections::{BTreeMap, BTreeSet};

use wicketgate_policy::Time;

use super::Search;
use super::groups::HANDLERS;
use crate::diff::conditions::Interval;
use crate::diff::credentials::{self, Credential};
use crate::diff::shot::Line;
use crate::diff::side::{Rule, items, text};
use crate::value::member;

/// The most callers whose credentials are sent for one group.
const SOME: usize = 48;

const HOUR: i64 = 3_600_000;

/// Headers that some stacks read.
const MOVING: [&str; 3] = ["x-middleware-subrequest", "x-original-url", "x-http-method-override"];

impl Search<'_> {
    /// The sets of credentials that matter where these callers do. If no one rule answers, it matters
    /// whether a header is there in which any caller's comes (`everywhere`).
    pub(super) fn credentials(
        &mut self,
        callers: &BTreeSet<&String>,
        everywhere: bool,
    ) -> Vec<Vec<Credential>> {
        let mut relevant: Vec<Credential> = Vec::new();
        for caller in callers.iter().take(SOME) {
            relevant.extend(self.of_caller(caller));
        }
        let mut carriers: BTreeSet<String> =
            relevant.iter().map(|one| one.carrier().to_owned()).collect();
        let mut foreign: BTreeMap<String, Credential> = BTreeMap::new();
        let others: Vec<String> = self.callers.iter().take(SOME).cloned().collect();
        for caller in others.iter().filter(|caller| !callers.contains(caller)) {
            for one in self.of_caller(caller) {
                if everywhere {
                    carriers.insert(one.carrier().to_owned());
                } else if carriers.contains(one.carrier()) {
                    foreign.entry(one.carrier().to_owned()).or_insert(one);
                }
            }
        }
        // A certificate comes in none.
        if carriers.remove("") {
            relevant.push(Credential::unknown_certificate());
        }
        relevant.extend(carriers.iter().map(|header| Credential::wrong(header)));
        let mut sets = vec![Vec::new()];
        sets.extend(relevant.iter().map(|one| vec![one.clone()]));
        sets.extend(foreign.into_values().map(|one| vec![one]));
        for (at, one) in relevant.iter().enumerate() {
            for other in relevant.iter().skip(at + 1) {
                if one.carrier() != other.carrier() {
                    sets.push(vec![one.clone(), other.clone()]);
                }
            }
        }
        sets
    }

    fn of_caller(&mut self, caller: &str) -> Vec<Credential> {
        if let Some(known) = self.credentials.get(caller) {
            return known.clone();
        }
        let made = credentials::of(self.sides, caller, self.now);
        self.credentials.insert(caller.to_owned(), made.clone());
        made
    }

    /// A moment of each interval between the bounds of the keys of these callers.
    pub(super) fn times(&self, callers: &BTreeSet<&String>) -> Vec<(Option<Interval>, Time)> {
        let mut bounds: BTreeSet<Time> = BTreeSet::new();
        for caller in callers {
            bounds.extend(credentials::bounds(self.sides, caller));
        }
        bounds.retain(|bound| *bound >= self.now);
        let bounds: Vec<Time> = bounds.into_iter().collect();
        let Some(first) = bounds.first() else { return vec![(None, self.now)] };
        let mut times = Vec::new();
        if *first > self.now {
            times.push((Some(Interval::Before(*first)), self.now));
        }
        for (at, bound) in bounds.iter().enumerate() {
            times.push((Some(Interval::At(*bound)), *bound));
            let start = bound.unix_millis();
            let next = bounds.get(at + 1);
            // An hour later reads well.
            let after = next.map_or(HOUR, |next| HOUR.min((next.unix_millis() - start) / 2));
            let interval =
                next.map_or(Interval::After(*bound), |next| Interval::Between(*bound, *next));
            if after > 0 {
                times.push((Some(interval), Time::from_unix_millis(start + after)));
            }
        }
        times
    }

    /// Further headers that matter to the origin, or to the gate.
    pub(super) fn headers(
        &self,
        before: &[&Rule],
        after: &[&Rule],
        callers: &BTreeSet<&String>,
    ) -> Vec<Line> {
        let passes = |rules: &[&Rule]| -> BTreeSet<String> {
            rules.iter().flat_map(|rule| rule.passes.clone()).collect()
        };
        let read = |rules: &[&Rule]| -> BTreeSet<String> {
            rules.iter().flat_map(|rule| rule.callers.clone()).collect()
        };
        if self.same_base && passes(before) == passes(after) && read(before) == read(after) {
            return Vec::new();
        }
        let mut names: BTreeSet<String> = BTreeSet::new();
        for side in self.sides {
            let identity = items(member(&side.written, "identity_headers")).iter();
            names.extend(identity.filter_map(text).map(str::to_ascii_lowercase));
            let forward = member(&side.written, "forward");
            names.extend(text(member(forward, "caller_header")).map(str::to_ascii_lowercase));
            let proof = member(forward, "proof");
            names.extend(text(member(proof, "header")).map(str::to_ascii_lowercase));
        }
        let mut lines: Vec<Line> = names.iter().map(|name| Line::plain(name, "u1")).collect();
        let passed = passes(before).into_iter().chain(passes(after));
        lines.extend(passed.map(|name| Line::plain(&name, "")));
        let carriers = callers.iter().filter_map(|caller| self.credentials.get(*caller)).flatten();
        let folded: BTreeSet<String> = carriers
            .map(|one| one.carrier().replace('-', "_"))
            .filter(|c| c.contains('_'))
            .collect();
        lines.extend(folded.iter().map(|name| Line::plain(name, "u1")));
        let [one, other] = self.sides.map(|side| member(&side.written, "origin"));
        if one != other {
            lines.extend(MOVING.iter().chain(&HANDLERS).map(|name| Line::plain(name, "u1")));
        }
        lines
    }
}
