//! Asks both policies about a request for each thing that they can tell apart.
//!
//! A decision takes from the target, the authority and the headers that name a handler only what the
//! core's [`Choosing`] has. So targets with the same choice in both policies are one group, and one of
//! them is asked for with every method, credential, address and time that its rules can tell apart.

mod groups;
mod hosts;
pub(super) mod judge;
mod room;

use std::collections::{BTreeSet, HashMap};

use wicketgate_policy::explain::{Choosing, Chosen};
use wicketgate_policy::{Header, Peer, Request, Time};

#[cfg(test)]
use super::classes::Class;
use super::classes::Classes;
#[cfg(test)]
use super::classes::{Key, OTHER, Of};
use super::clients::Clients;
use super::credentials::{self, Credential};
#[cfg(test)]
use super::seen::Seen;
use super::shot::Shot;
use super::side::{Rule, Side};
use hosts::Hosts;

/// Compares two policies, for requests from `now` on.
pub(super) fn run<'s>(sides: [&'s Side; 2], now: Time) -> Search<'s> {
    let mut search = Search::new(sides, now);
    for group in &search.groups() {
        search.judge(group);
    }
    search
}

/// Compares as [`run`] does, with something left out.
#[cfg(test)]
pub(super) fn run_without<'s>(
    sides: [&'s Side; 2],
    now: Time,
    leave_out: fn(&mut judge::Room),
) -> Search<'s> {
    let mut search = Search { leave_out, ..Search::new(sides, now) };
    for group in &search.groups() {
        search.judge(group);
    }
    search
}

/// A comparison of two policies, and the classes that were found.
pub(super) struct Search<'s> {
    sides: [&'s Side; 2],
    now: Time,
    /// Nothing but rules differs.
    same_base: bool,
    clients: Clients<'s>,
    credentials: HashMap<String, Vec<Credential>>,
    callers: BTreeSet<String>,
    pub(super) classes: Classes,
    /// Requests that were decided by both.
    pub(super) asked: usize,
    /// Groups for which not every two credentials were sent together.
    pub(super) cut: usize,
    /// The hosts that either policy names, and one that neither does.
    pub(super) hosts: BTreeSet<String>,
    /// Leaves something out, for a test that must see it missed.
    #[cfg(test)]
    leave_out: fn(&mut judge::Room),
}

impl<'s> Search<'s> {
    fn new(sides: [&'s Side; 2], now: Time) -> Self {
        let base = sides.map(|side| {
            let mut base = side.written.clone();
            if let Some(members) = base.as_object_mut() {
                for name in ["rules", "name", "audit", "abuse", "$schema"] {
                    members.remove(name);
                }
            }
            base
        });
        let [before, after] = base;
        let hosts = Hosts::new(sides);
        Self {
            sides,
            now,
            same_base: before == after,
            clients: Clients::new(sides),
            credentials: HashMap::new(),
            callers: credentials::callers(sides),
            classes: Classes::default(),
            asked: 0,
            cut: 0,
            hosts: hosts.named.into_iter().chain([hosts.unnamed]).collect(),
            #[cfg(test)]
            leave_out: |_| {},
        }
    }

    fn rules(&self, at: usize, ids: &[Vec<&str>; 2]) -> Vec<&'s Rule> {
        let (Some(side), Some(ids)) = (self.sides.get(at), ids.get(at)) else { return Vec::new() };
        ids.iter().filter_map(|id| side.rule(id)).collect()
    }

    /// The class of a request; `None` if client and origin see no difference.
    ///
    /// A request is in a class if it has its [`Key`], and if each of its parts is one of those that
    /// the class lists: so what a class says of methods, clients and times is all there is.
    ///
    /// # Errors
    /// The key of a request that is in no class, or the part that its class doesn't list.
    #[cfg(test)]
    pub(super) fn class_of(&mut self, shot: &Shot) -> Result<Option<&Class>, String> {
        let choosing = self.sides.map(|side| choosing(side, shot));
        let [one, other] = &choosing;
        let [before, after] = self.sides.map(|side| Seen::of(&side.policy, shot));
        let Some(key) = Key::of([one, other], [&before, &after]) else { return Ok(None) };
        let ids = [one, other].map(|choosing| chosen(&choosing.chosen));
        let [rules_before, rules_after] = [0, 1].map(|at| self.rules(at, &ids));
        let networks: [BTreeSet<&'s str>; 2] = [&rules_before, &rules_after]
            .map(|rules| rules.iter().flat_map(|r| &r.networks).map(String::as_str).collect());
        let both = || rules_before.iter().chain(&rules_after);
        let callers: BTreeSet<&String> = both().flat_map(|rule| &rule.callers).collect();
        let client = if networks.iter().all(BTreeSet::is_empty) {
            String::new()
        } else {
            self.clients.place_of(&networks, shot)
        };
        let is_named = both().any(|rule| rule.methods.contains(&shot.method));
        let method = if is_named { shot.method.clone() } else { OTHER.to_owned() };
        let times = self.times(&callers);
        let interval =
            times.iter().find_map(|(interval, _)| interval.filter(|i| i.contains(shot.now)));
        let time = judge::time_place(interval);
        let Some(class) = self.classes.get(&key) else {
            return Err(format!("no class {key:?}"));
        };
        if !key.unusual {
            for (of, value) in [(Of::Method, method), (Of::Client, client), (Of::Time, time)] {
                let dimension = class.dimensions.get(&of);
                if !dimension.is_some_and(|dimension| dimension.hit.contains(&value)) {
                    return Err(format!("{of:?} `{value}` is not in {dimension:?} of {key:?}"));
                }
            }
        }
        Ok(Some(class))
    }
}

/// What the core chooses for a request, by a method that no query names.
pub(super) fn choosing<'s>(side: &'s Side, shot: &Shot) -> Choosing<'s> {
    let mut shot = shot.clone();
    if shot.method != "CONNECT" && shot.method.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        "WICKETGATE".clone_into(&mut shot.method);
    }
    let pairs = shot.pairs();
    let headers: Vec<Header<'_>> =
        pairs.iter().map(|(name, value)| Header { name, value }).collect();
    side.policy.choosing(&Request { headers: &headers, peer: Peer::Unknown })
}

fn chosen<'a>(chosen: &Chosen<'a>) -> Vec<&'a str> {
    match chosen {
        Chosen::Nothing | Chosen::TooComplex => Vec::new(),
        Chosen::Rules(rules) | Chosen::Ambiguous { all: rules, .. } => rules.clone(),
    }
}
