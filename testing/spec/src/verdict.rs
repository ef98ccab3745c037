//! Which rules guard a target.

use std::collections::BTreeSet;

use crate::alias::{self, actions, aliases, inner_targets, names_any};
use crate::compare::{Pattern, Way, segments};
use crate::readings::{self, authorities, is_plain, path, readings};
use crate::text;

/// A policy, as far as paths are concerned.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// The rules, by their place.
    pub rules: Vec<Rule>,
    /// `origin.stack`.
    pub stack: Option<String>,
    /// `origin.mounts`.
    pub mounts: Vec<String>,
    /// `origin.locales`.
    pub locales: Vec<String>,
}

/// A rule, as far as paths are concerned.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// Its patterns.
    pub paths: Vec<String>,
    /// The hosts on which it applies, in lower case, `*.name` for any one label; none means all.
    pub hosts: Vec<String>,
}

/// A policy's verdict on a target.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// No rule guards it.
    Pass,
    /// All readings choose these rules, and all of them must allow.
    Guarded(BTreeSet<usize>),
    /// The readings disagree; some reading chooses each of these.
    Ambiguous(BTreeSet<usize>),
    /// It is beyond what is read.
    TooComplex,
}

/// The facts about a request while its targets are read.
#[derive(Debug, Default)]
struct Request {
    /// The host that it is for; none where nobody can say.
    host: Option<String>,
    /// The readings of all its targets.
    count: usize,
    /// The bytes of these and of their aliases: those of a reading as it stands or folded, whichever
    /// has more.
    bytes: usize,
    /// Some reading is covered by no rule, on some host that it could be for.
    uncovered: bool,
    /// It runs a handler that its path doesn't name.
    unclear: bool,
}

impl Request {
    /// Returns `true` if an authority names the request's own host, whatever its port, or another
    /// for which the policy has the same rules.
    fn is_for(&self, authority: &str, gate: &Gate) -> bool {
        let Some(host) = &self.host else { return false };
        let lower = authority.to_ascii_lowercase();
        let (name, port) = lower.split_once(':').unwrap_or((&lower, ""));
        let port_is_good = port.len() <= 5 && port.chars().all(|c| c.is_ascii_digit());
        let name = name.strip_suffix('.').unwrap_or(name);
        port_is_good && (name == host || gate.names_by_wildcard_alone(name, host))
    }
}

/// The longest target of which the image optimizer's query is read, in bytes.
const MAX_OPTIMIZED: usize = 8_192;

/// Path values that the image optimizer may be asked for at once.
const MAX_INNER: usize = 8;

impl Gate {
    /// The verdict on a target that was sent to `host`: in lower case, without port.
    #[must_use]
    pub fn judge(&self, target: &[u8], host: &str) -> Verdict {
        self.judge_closely(target, host).0
    }

    /// The verdict, and `true` if the target could be nothing beside what its rules cover: if all
    /// of them are public, it is served without credentials, even where the policy denies what no
    /// rule covers.
    #[must_use]
    pub fn judge_closely(&self, target: &[u8], host: &str) -> (Verdict, bool) {
        let mut request = Request { host: Some(host.to_owned()), ..Request::default() };
        let verdict = self.read(target, &mut request);
        (verdict, !request.uncovered && !request.unclear)
    }

    fn read(&self, target: &[u8], request: &mut Request) -> Verdict {
        let target = text(target);
        let (outer, asks_itself) = self.readings_of(&target, request);
        let actions = actions(self, &target);
        if outer == Verdict::TooComplex || (!asks_itself && actions.is_empty()) {
            return outer;
        }
        // The origin asks itself for these paths, so they count as asked for.
        let mut inner = if asks_itself { inner_targets(self, &target) } else { Vec::new() };
        inner.extend(actions);
        if inner.len() > MAX_INNER || target.chars().count() > MAX_OPTIMIZED {
            return Verdict::TooComplex;
        }
        inner.iter().fold(outer, |verdict, inner| {
            let uncovered = request.uncovered;
            let read = self.readings_of(inner, request);
            // A whole URL is fetched over the network, and is nothing of the origin's own.
            if inner.starts_with("http://") || inner.starts_with("https://") {
                request.uncovered = uncovered;
            }
            match read {
                (_, true) => Verdict::TooComplex,
                (inner, false) => verdict.and(inner),
            }
        })
    }

    /// The verdict on a target without its query, and whether some reading of it makes the origin
    /// ask itself for another.
    fn readings_of(&self, target: &str, request: &mut Request) -> (Verdict, bool) {
        const TOO_COMPLEX: (Verdict, bool) = (Verdict::TooComplex, false);
        let path = path(target);
        let Ok(readings) = readings(path) else { return TOO_COMPLEX };
        if !is_plain(path) {
            for reading in &readings {
                request.count += 1;
                request.bytes += reading.chars().count();
            }
            // An absolute form may name another host than the request does.
            let named = readings.iter().flat_map(|reading| authorities(reading));
            if !path.starts_with('/')
                || named.into_iter().any(|named| !request.is_for(&named, self))
            {
                request.host = None;
            }
        }
        let host = request.host.clone();
        let mut asks_itself = false;
        let mut chosen: BTreeSet<BTreeSet<usize>> = BTreeSet::new();
        for reading in &readings {
            let folded = crate::compare::fold(reading);
            let mut rules = BTreeSet::new();
            let mut most = 0;
            for (path, way) in [(reading, Way::AsItStands), (&folded, Way::Folded)] {
                let Ok(mut same) = aliases(self, path) else { return TOO_COMPLEX };
                most = most.max(alias::bytes(&same));
                request.uncovered |= !self.is_covered(path, &same, way, host.as_deref());
                request.unclear |= self.is_unclear(path, &same, way, host.as_deref());
                let named = self.is_named(path, way, host.as_deref());
                let mut all = self.choose(path, way, host.as_deref(), None);
                let apart = named.then_some(path.as_str());
                all.extend(
                    same.iter().flat_map(|alias| self.choose(alias, way, host.as_deref(), apart)),
                );
                same.push(path.clone());
                asks_itself |= same.iter().any(|path| alias::asks_itself(self, path));
                if way == Way::AsItStands {
                    rules.clone_from(&all);
                }
                chosen.insert(all);
            }
            request.bytes += most;
            if matches!(self.stack.as_deref(), None | Some("fastify")) {
                let Ok(mut same) = aliases(self, reading) else { return TOO_COMPLEX };
                same.push(reading.clone());
                rules.extend(same.iter().flat_map(|path| self.filled(path, host.as_deref())));
                chosen.insert(rules);
            }
        }
        if request.count > readings::MAX_COUNT || request.bytes > readings::MAX_BYTES {
            return TOO_COMPLEX;
        }
        let all: BTreeSet<usize> = chosen.iter().flatten().copied().collect();
        let verdict = match chosen.len() {
            1 if all.is_empty() => Verdict::Pass,
            1 => Verdict::Guarded(all),
            _ => Verdict::Ambiguous(all),
        };
        (verdict, asks_itself)
    }

    /// Returns `true` if the origin could be made with one of these: it could with any where it
    /// doesn't say.
    pub(crate) fn may_be(&self, stacks: &[&str]) -> bool {
        self.stack.as_deref().is_none_or(|stack| stacks.contains(&stack))
    }

    /// Returns `true` if some rule covers a path on every host that it could be for. So does one that
    /// covers another path of the same handler, if that is sure: if the stack is named, or only
    /// prefixes that the policy names were taken off.
    fn is_covered(&self, path: &str, same: &[String], way: Way, host: Option<&str>) -> bool {
        let sure: Vec<&String> = if self.stack.is_some() {
            same.iter().collect()
        } else {
            let once = alias::prefixes(self, path);
            let twice: Vec<_> = once.iter().flat_map(|rest| alias::prefixes(self, rest)).collect();
            same.iter().filter(|alias| once.contains(alias) || twice.contains(alias)).collect()
        };
        let known = host.filter(|host| self.names_host(host));
        let apart = self.is_named(path, way, host).then_some(path);
        let everywhere = |rule: usize| known.is_some() || self.rules[rule].hosts.is_empty();
        let by_path = |path: &str, apart| {
            !names_any(self, path)
                && !self.covering(path, way, known).is_empty()
                && self.choose(path, way, host, apart).into_iter().any(everywhere)
        };
        by_path(path, None) || sure.into_iter().any(|alias| by_path(alias, apart))
    }

    /// Returns `true` if a path, or another of the same handler, doesn't tell which handler runs.
    fn is_unclear(&self, path: &str, same: &[String], way: Way, host: Option<&str>) -> bool {
        let known = host.filter(|host| self.names_host(host));
        same.iter().map(String::as_str).chain([path]).any(|path| {
            names_any(self, path)
                || (alias::names_action(self, path) && !self.spells_out(path, way, known))
        })
    }

    /// Returns `true` if a pattern that covers a path writes out its first segment.
    fn spells_out(&self, path: &str, way: Way, known: Option<&str>) -> bool {
        let Some(path) = segments(path, way) else { return false };
        let rules = self.rules.iter().filter(|rule| rule.applies(known));
        let mut texts = rules.flat_map(|rule| &rule.paths);
        texts.any(|text| {
            let is_open = text.starts_with("/*") || text.starts_with("/{");
            !is_open && Pattern::new(text, way).covers(&path)
        })
    }

    /// The rules whose patterns cover a path.
    fn covering(&self, path: &str, way: Way, known: Option<&str>) -> BTreeSet<usize> {
        let Some(path) = segments(path, way) else { return BTreeSet::new() };
        let all = self.patterns(way);
        all.filter(|(_, rule, pattern)| rule.applies(known) && pattern.covers(&path))
            .map(|(place, ..)| place)
            .collect()
    }

    /// The rules of the patterns that cover a path, without those whose pattern contains a more
    /// specific one that covers it too. If no rule names the host, every rule may apply, and a
    /// pattern gives way only to one that applies wherever it does.
    ///
    /// For an alias of a path that the policy names (`apart`), without the rules whose pattern covers
    /// that path too: it was told apart from them.
    fn choose(
        &self,
        path: &str,
        way: Way,
        host: Option<&str>,
        apart: Option<&str>,
    ) -> BTreeSet<usize> {
        let whole = path;
        let apart = apart.and_then(|path| segments(path, way));
        let Some(path) = segments(path, way) else { return BTreeSet::new() };
        let known = host.filter(|host| self.names_host(host));
        if names_any(self, whole) {
            let all = self.rules.iter().enumerate().filter(|(_, rule)| rule.applies(known));
            return all.map(|(place, _)| place).collect();
        }
        let covering: Vec<(usize, &Rule, Pattern)> = self
            .patterns(way)
            .filter(|(_, rule, pattern)| rule.applies(known) && pattern.covers(&path))
            .collect();
        let beaten = |mine: &Rule, pattern: &Pattern| {
            covering.iter().any(|(_, other, narrower)| {
                let more_specific = narrower.is_within(pattern) && !pattern.is_within(narrower);
                more_specific && (known.is_some() || other.applies_wherever(mine))
            })
        };
        if covering.is_empty() && alias::names_action(self, whole) {
            let all = self.rules.iter().enumerate().filter(|(_, rule)| rule.applies(known));
            return all.map(|(place, _)| place).collect();
        }
        covering
            .iter()
            .filter(|(_, rule, pattern)| !beaten(rule, pattern))
            .filter(|(.., pattern)| !apart.as_ref().is_some_and(|path| pattern.covers(path)))
            .map(|(place, ..)| *place)
            .collect()
    }

    /// Returns `true` if every pattern that covers a path writes its last segment out, but for
    /// those that give way to a more specific one.
    fn is_named(&self, path: &str, way: Way, host: Option<&str>) -> bool {
        let Some(path) = segments(path, way) else { return false };
        let known = host.filter(|host| self.names_host(host));
        let covering: Vec<(usize, &Rule, Pattern)> = self
            .patterns(way)
            .filter(|(_, rule, pattern)| rule.applies(known) && pattern.covers(&path))
            .collect();
        covering.iter().all(|(_, rule, pattern)| {
            pattern.ends_in_a_literal()
                || covering.iter().any(|(_, other, narrower)| {
                    let more_specific = narrower.is_within(pattern) && !pattern.is_within(narrower);
                    more_specific && (known.is_some() || other.applies_wherever(rule))
                })
        })
    }

    /// The rules of every pattern that covers a path if an open segment takes an empty one.
    fn filled(&self, path: &str, host: Option<&str>) -> BTreeSet<usize> {
        let known = host.filter(|host| self.names_host(host));
        let lower = crate::compare::lower(path);
        let mut rules = BTreeSet::new();
        for (path, way) in [(path, Way::AsItStands), (&lower, Way::Folded)] {
            let Some(path) = segments(path, Way::AsItStands) else { continue };
            for (place, rule, pattern) in self.patterns(way) {
                if rule.applies(known) && pattern.covers_by_filling(&path) {
                    rules.insert(place);
                }
            }
        }
        rules
    }

    fn patterns(&self, way: Way) -> impl Iterator<Item = (usize, &Rule, Pattern)> {
        self.rules.iter().enumerate().flat_map(move |(place, rule)| {
            rule.paths.iter().map(move |text| (place, rule, Pattern::new(text, way)))
        })
    }

    fn names_host(&self, host: &str) -> bool {
        self.rules.iter().any(|rule| rule.hosts.iter().any(|named| covers(named, host)))
    }

    /// Returns `true` if both hosts are covered by the same `*.name`, and no rule writes out either.
    fn names_by_wildcard_alone(&self, one: &str, other: &str) -> bool {
        let mut names = self.rules.iter().flat_map(|rule| &rule.hosts);
        let is_written = names.clone().any(|name| name == one || name == other);
        !is_written && names.any(|name| covers(name, one) && covers(name, other))
    }
}

impl Rule {
    /// Returns `true` if the rule applies on this host; on a strange one every rule does.
    fn applies(&self, host: Option<&str>) -> bool {
        self.hosts.is_empty()
            || host.is_none_or(|host| self.hosts.iter().any(|named| covers(named, host)))
    }

    /// Returns `true` if the rule applies on every host on which `other` does.
    fn applies_wherever(&self, other: &Self) -> bool {
        self.hosts.is_empty()
            || (!other.hosts.is_empty() && other.hosts.iter().all(|host| self.names(host)))
    }

    /// Returns `true` if the rule applies on every host of this name.
    fn names(&self, name: &str) -> bool {
        self.hosts.iter().any(|own| own == name || covers(own, name))
    }
}

/// Returns `true` if a host is that of a rule: the same, or one label in place of its `*`.
fn covers(named: &str, host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    named == host
        || named.strip_prefix("*.").is_some_and(|rest| {
            host.split_once('.').is_some_and(|(label, tail)| is_label(label) && tail == rest)
        })
}

impl Verdict {
    /// Both must be allowed.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::TooComplex, _) | (_, Self::TooComplex) => Self::TooComplex,
            (Self::Pass, one) | (one, Self::Pass) => one,
            (Self::Guarded(one), Self::Guarded(more)) => {
                Self::Guarded(one.union(&more).copied().collect())
            }
            (one, other) => Self::Ambiguous(one.rules().union(&other.rules()).copied().collect()),
        }
    }

    /// The rules that some reading chooses.
    #[must_use]
    pub fn rules(&self) -> BTreeSet<usize> {
        match self {
            Self::Pass | Self::TooComplex => BTreeSet::new(),
            Self::Guarded(rules) | Self::Ambiguous(rules) => rules.clone(),
        }
    }
}
