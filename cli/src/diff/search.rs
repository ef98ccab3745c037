//! Asks both policies about a request for each thing that they can tell apart.
//!
//! A decision takes from the target, the authority and the headers that name a handler only what the
//! core's [`Choosing`] has. So targets with the same choice in both policies are one group, and one of
//! them is asked for with every method, credential, address and time that its rules can tell apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wicketgate_policy::explain::{Choosing, Chosen};
use wicketgate_policy::{Header, Peer, Request, Time};

#[cfg(test)]
use super::classes::Class;
use super::classes::{Classes, Key, OTHER, Of, Place};
use super::clients::Clients;
use super::conditions::{AND, Interval, NONE};
use super::credentials::{self, Credential};
use super::seen::Seen;
use super::shot::{AUTHORITY, Line, PEER, Shot};
use super::side::{Rule, Side, items, text};
use super::targets::{Pattern, Words, elsewhere, too_complex};
use crate::value::member;

/// Compares two policies, for requests from `now` on.
pub(super) fn run<'s>(sides: [&'s Side; 2], now: Time) -> Search<'s> {
    let mut search = Search::new(sides, now);
    for group in &search.groups() {
        search.judge(group);
    }
    search
}

/// Requests for which both policies choose alike, and one of them.
struct Group<'s> {
    choosing: [Choosing<'s>; 2],
    shot: Shot,
    /// The hosts of all of them.
    hosts: BTreeSet<String>,
}

/// The number of targets that are also asked for with a header that names a handler, and the number
/// of rules that are paired.
const SOME: usize = 48;

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
    /// The hosts that either policy names, and one that neither does.
    pub(super) hosts: BTreeSet<String>,
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
            hosts: hosts.named.into_iter().chain([hosts.unnamed]).collect(),
        }
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

    /// One request for each pair of choices that the two policies can make.
    fn groups(&self) -> Vec<Group<'s>> {
        let mut groups: HashMap<[Choosing<'s>; 2], (Shot, BTreeSet<String>)> = HashMap::new();
        let mut add = |shot: Shot| {
            let choosing = self.sides.map(|side| choosing(side, &shot));
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
            let rules = self.sides.map(|side| {
                let shot = self.shot(&target, &hosts.unnamed);
                chosen(&choosing(side, &shot).chosen)
                    .into_iter()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            });
            for authority in hosts.of(self.sides, &rules) {
                add(self.shot(&target, &authority));
            }
        }
        // Requests that are refused whatever their path, and headers that name a handler.
        let [before, after] = self.sides.map(handlers);
        let handlers: BTreeSet<&(String, String)> = before.iter().chain(&after).collect();
        for target in plain.iter().take(SOME) {
            let shot = self.shot(target, &hosts.unnamed);
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
        for (pattern, _) in patterns {
            plain.push(pattern.path(&words.any));
            targets.extend(words.plain(pattern));
            targets.extend(words.spelled(pattern));
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

    /// Asks for a request of a group with everything that its rules can tell apart.
    fn judge(&mut self, group: &Group<'_>) {
        let Group { choosing: [before, after], shot, hosts } = group;
        let choosing = [before, after];
        let ids = choosing.map(|choosing| {
            let mut ids = chosen(&choosing.chosen);
            ids.extend(choosing.by_path.iter().flat_map(chosen));
            ids
        });
        let [before, after] = [0, 1].map(|at| self.rules(at, &ids));
        let content = |rules: &[&'s Rule]| -> Vec<&'s serde_json::Value> {
            rules.iter().map(|rule| &rule.content).collect()
        };
        let [one, other] = choosing;
        if self.same_base && one == other && content(&before) == content(&after) {
            return;
        }
        let both = || before.iter().chain(&after);
        let is_fixed = shot.method != "GET";
        let named: BTreeSet<String> = both().flat_map(|rule| rule.methods.clone()).collect();
        let mut methods: Vec<(String, String)> =
            named.iter().map(|method| (method.clone(), method.clone())).collect();
        let other = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "PURGE", "BREW"];
        if let Some(other) = other.iter().find(|method| !named.contains(**method)) {
            methods.push((OTHER.to_owned(), (*other).to_owned()));
        }
        if is_fixed {
            methods = vec![(shot.method.clone(), shot.method.clone())];
        }
        let callers: BTreeSet<&String> = both().flat_map(|rule| &rule.callers).collect();
        let networks: [BTreeSet<&'s str>; 2] = [&before, &after]
            .map(|rules| rules.iter().flat_map(|r| &r.networks).map(String::as_str).collect());
        let clients = self.clients.of(&networks);
        let mut credentials = self.credentials(&callers);
        let times = self.times(&callers);
        let shots = methods.len() * clients.len() * times.len();
        if shots * credentials.len() > MOST {
            let most = (MOST / shots.max(1)).max(callers.len() + 2);
            credentials.truncate(most);
        }
        let headers = self.headers(&before, &after, &callers);
        let mut keys: BTreeSet<Key> = BTreeSet::new();
        let mut through = BTreeSet::new();
        for (method_place, method) in &methods {
            for client in &clients {
                for (interval, now) in &times {
                    for set in &credentials {
                        if *now != self.now && set.iter().any(|one| one.signed) {
                            continue;
                        }
                        let mut shot = shot.clone();
                        method.clone_into(&mut shot.method);
                        shot.peer = client.peer;
                        shot.headers.extend(client.line.clone());
                        shot.headers.extend(set.iter().filter_map(|one| one.line.clone()));
                        shot.certificate = set.iter().find_map(|one| one.certificate.clone());
                        shot.now = *now;
                        shot.timed = times.len() > 1;
                        let place: Place = [
                            (Of::Method, method_place.clone()),
                            (Of::Client, client.place.clone()),
                            (Of::Credential, label(set)),
                            (Of::Time, time_place(*interval)),
                            (Of::Header, String::new()),
                        ];
                        let [before, after] = self.ask(choosing, &shot, &place, &mut keys);
                        let is_through = [before.is_through(), after.is_through()];
                        let callers =
                            [&before, &after].map(|seen| seen.caller().map(str::to_owned));
                        let [one, other] = callers;
                        let [passes_before, passes_after] = is_through;
                        if (passes_before || passes_after)
                            && !headers.is_empty()
                            && through.insert((
                                one,
                                other,
                                is_through,
                                method,
                                &client.place,
                                now.unix_millis(),
                            ))
                        {
                            for line in &headers {
                                let mut shot = shot.clone();
                                shot.headers.push(line.clone());
                                let mut place = place.clone();
                                if let Some(last) = place.last_mut() {
                                    last.1 = format!("{}: {}", line.name, line.shown);
                                }
                                // Some stack may read a handler in it.
                                let [one, other] =
                                    self.sides.map(|side| self::choosing(side, &shot));
                                self.ask([&one, &other], &shot, &place, &mut keys);
                            }
                        }
                    }
                }
            }
        }
        let set = |values: Vec<String>| values.into_iter().collect::<BTreeSet<_>>();
        let tried = [
            (Of::Method, set(methods.into_iter().map(|(place, _)| place).collect())),
            (Of::Client, set(clients.iter().map(|client| client.place.clone()).collect())),
            (Of::Credential, set(credentials.iter().map(|set| label(set)).collect())),
            (Of::Time, set(times.into_iter().map(|(interval, _)| time_place(interval)).collect())),
            (
                Of::Header,
                set([String::new()]
                    .into_iter()
                    .chain(headers.iter().map(|l| format!("{}: {}", l.name, l.shown)))
                    .collect()),
            ),
        ];
        for key in &keys {
            self.classes.hosts(key, hosts);
            for (of, values) in &tried {
                self.classes.tried(key, *of, values);
            }
        }
    }

    fn ask(
        &mut self,
        choosing: [&Choosing<'_>; 2],
        shot: &Shot,
        place: &Place,
        keys: &mut BTreeSet<Key>,
    ) -> [Seen; 2] {
        self.asked += 1;
        let seen = self.sides.map(|side| Seen::of(&side.policy, shot));
        let [before, after] = &seen;
        if let Some(key) = Key::of(choosing, [before, after]) {
            self.classes.add(key.clone(), shot, [before, after], place);
            keys.insert(key);
        }
        seen
    }

    fn rules(&self, at: usize, ids: &[Vec<&str>; 2]) -> Vec<&'s Rule> {
        let (Some(side), Some(ids)) = (self.sides.get(at), ids.get(at)) else { return Vec::new() };
        ids.iter().filter_map(|id| side.rule(id)).collect()
    }

    /// The sets of credentials that matter where these callers do.
    fn credentials(&mut self, callers: &BTreeSet<&String>) -> Vec<Vec<Credential>> {
        let mut relevant: Vec<Credential> = Vec::new();
        for caller in callers.iter().take(SOME) {
            relevant.extend(self.of_caller(caller));
        }
        let carriers: BTreeSet<String> =
            relevant.iter().map(|one| one.carrier().to_owned()).filter(|c| !c.is_empty()).collect();
        let mut foreign: BTreeMap<String, Credential> = BTreeMap::new();
        let others: Vec<String> = self.callers.iter().take(SOME).cloned().collect();
        for caller in others.iter().filter(|caller| !callers.contains(caller)) {
            for one in self.of_caller(caller) {
                if carriers.contains(one.carrier()) {
                    foreign.entry(one.carrier().to_owned()).or_insert(one);
                }
            }
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
        let time = time_place(interval);
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

    /// A moment of each interval between the bounds of the keys of these callers.
    fn times(&self, callers: &BTreeSet<&String>) -> Vec<(Option<Interval>, Time)> {
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
    fn headers(&self, before: &[&Rule], after: &[&Rule], callers: &BTreeSet<&String>) -> Vec<Line> {
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
        let stacks = self.sides.map(|side| member(member(&side.written, "origin"), "stack"));
        let [one, other] = stacks;
        if one != other {
            lines.extend(MOVING.map(|name| Line::plain(name, "u1")));
        }
        lines
    }
}

const HOUR: i64 = 3_600_000;

/// The most requests that are made for one group.
const MOST: usize = 4_000;

/// Headers that some stacks read.
const MOVING: [&str; 3] = ["x-middleware-subrequest", "x-original-url", "x-http-method-override"];

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

/// The names of credentials that come together.
fn label(set: &[Credential]) -> String {
    match set {
        [] => NONE.to_owned(),
        set => set.iter().map(|one| one.label.as_str()).collect::<Vec<_>>().join(AND),
    }
}

fn time_place(interval: Option<Interval>) -> String {
    interval.map(Interval::place).unwrap_or_default()
}

/// The headers that name a handler, with the ids that the policy lists and one that it doesn't.
fn handlers(side: &Side) -> Vec<(String, String)> {
    let actions = items(member(member(&side.written, "origin"), "actions")).iter();
    let mut values: Vec<&str> = actions.filter_map(text).collect();
    values.push("unlisted");
    let names = ["next-action", "rsc-action-id", "spring-cloud-function-definition", "x-qrl"];
    let pairs = names.iter().flat_map(|name| values.iter().map(|value| (*name, *value)));
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

/// Hosts that either policy names, and one that neither does.
struct Hosts {
    named: Vec<String>,
    unnamed: String,
}

impl Hosts {
    fn new(sides: [&Side; 2]) -> Self {
        let written: BTreeSet<String> =
            sides.iter().flat_map(|side| &side.rules).flat_map(|rule| rule.hosts.clone()).collect();
        let is_named = |host: &str| written.iter().any(|name| covers(name, host));
        let named = written.iter().map(|name| example(name)).collect();
        let unnamed = [AUTHORITY, "other.example", "wicketgate.invalid"];
        let unnamed = unnamed.iter().find(|host| !is_named(host)).unwrap_or(&"unnamed.invalid");
        Self { named, unnamed: (*unnamed).to_owned() }
    }

    /// The hosts by which these rules can be told apart: theirs, one more that some rule names, and
    /// one that none does, for which all of them apply.
    fn of(&self, sides: [&Side; 2], rules: &[Vec<String>; 2]) -> Vec<String> {
        let mut hosts = vec![self.unnamed.clone()];
        let [before, after] = sides;
        let [chosen_before, chosen_after] = rules;
        let of = |side: &Side, ids: &[String]| -> BTreeSet<String> {
            ids.iter().filter_map(|id| side.rule(id)).flat_map(|rule| rule.hosts.clone()).collect()
        };
        let written: BTreeSet<String> =
            of(before, chosen_before).union(&of(after, chosen_after)).cloned().collect();
        let mine: BTreeSet<String> = written.iter().map(|name| example(name)).collect();
        hosts.extend(mine.iter().cloned());
        // A host under a wildcard may have a name of its own.
        let nested = self.named.iter().filter(|host| written.iter().any(|name| covers(name, host)));
        hosts.extend(nested.cloned());
        hosts.extend(self.named.iter().find(|host| !hosts.contains(host)).cloned());
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

/// A host of a name with a `*`.
fn example(name: &str) -> String {
    name.to_ascii_lowercase().replace('*', "any-label")
}

fn covers(name: &str, host: &str) -> bool {
    let rest = |text: &str| text.split_once('.').map(|(_, rest)| rest.to_owned());
    name == host || name.starts_with('*') && rest(name) == rest(host)
}
