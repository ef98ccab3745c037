//! The report for a program, from which that for a person is made.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use wicketgate_policy::Time;
use wicketgate_policy::explain::{Choosing, Chosen};

use super::classes::Class;
use super::conditions::{self, short};
use super::search::{Search, choosing};
use super::seen::{Kind, Seen};
use super::shot::{Told, quoted};
use super::side::Side;
use super::silent;
use crate::policy::HostKind;

/// What an edit changes.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) before: String,
    pub(super) after: String,
    /// Compared for requests from this time on.
    pub(super) from: String,
    /// The number of classes of each kind.
    pub(super) counts: BTreeMap<&'static str, usize>,
    pub(super) classes: Vec<One>,
    /// What differs and shows in no single answer.
    pub(super) silent: Vec<String>,
    /// Requests that both policies were asked about.
    pub(super) asked: usize,
    /// Choices of rules for which not every two credentials were sent together: there would be too
    /// many.
    pub(super) cut: usize,
}

/// A class of requests.
#[derive(Debug, Serialize)]
pub(super) struct One {
    pub(super) kind: Kind,
    /// The change, in a line.
    pub(super) said: String,
    /// The rule before and after.
    pub(super) rules: String,
    /// Why no rule alone judges such a request, or none by its path.
    pub(super) odd: Option<&'static str>,
    /// Odd requests of a change that is listed for others too.
    #[serde(skip)]
    pub(super) is_repeated: bool,
    /// What else its requests have in common.
    pub(super) only: Vec<String>,
    pub(super) before: Decided,
    pub(super) after: Decided,
    /// What the app gets in its headers before and after.
    pub(super) app: Option<String>,
    /// The shortest request that was found.
    pub(super) witness: Told,
    /// The command that asks the policy after the edit about it.
    pub(super) explain: String,
}

/// What a policy does with the request.
#[derive(Debug, Serialize)]
pub(super) struct Decided {
    pub(super) decision: &'static str,
    pub(super) rule: Option<String>,
    pub(super) caller: Option<String>,
    pub(super) reason: Option<&'static str>,
    #[serde(skip)]
    pub(super) status: String,
    /// The gate's own answer, or what it does to the app's.
    pub(super) answer: String,
}

impl Report {
    /// `at` is the time that was asked for, if one was.
    pub(super) fn of(
        sides: [&Side; 2],
        search: &Search<'_>,
        host: HostKind,
        from: Time,
        at: Option<Time>,
    ) -> Self {
        let [before, after] = sides;
        let usual: BTreeSet<_> = search
            .classes
            .iter()
            .filter(|class| !class.key.unusual)
            .map(|class| (class.key.kind, class.key.callers.clone()))
            .collect();
        let one = |class: &Class| {
            let key = &class.key;
            let is_repeated = key.unusual && usual.contains(&(key.kind, key.callers.clone()));
            let odd = key.unusual.then(|| {
                let choosing = sides.map(|side| choosing(side, &class.witness));
                choosing.iter().find_map(odd).unwrap_or("several rules judge it")
            });
            let mut shot = class.witness.clone();
            shot.timed &= shot.now != from || at.is_some();
            let mut explain = format!("wicketgate explain {}", quoted(&after.name));
            for word in shot.arguments() {
                explain += " ";
                explain += &quoted(&word);
            }
            if host == HostKind::Cloudflare {
                explain += " --host-kind cloudflare";
            }
            One {
                kind: key.kind,
                said: said(class),
                rules: rules(class),
                odd,
                is_repeated,
                only: conditions::of(class, &search.hosts),
                before: Decided::of(&class.before),
                after: Decided::of(&class.after),
                app: app(class),
                witness: shot.told(),
                explain,
            }
        };
        let classes: Vec<One> = search.classes.iter().map(one).collect();
        let mut counts = BTreeMap::new();
        for class in &classes {
            *counts.entry(class.kind.name()).or_insert(0) += 1;
        }
        Self {
            before: before.name.clone(),
            after: after.name.clone(),
            from: short(from),
            counts,
            classes,
            silent: silent::differences(sides),
            asked: search.asked,
            cut: search.cut,
        }
    }
}

/// Why no rule alone judges a request.
fn odd(choosing: &Choosing<'_>) -> Option<&'static str> {
    if choosing.refused_everywhere.is_some() {
        return Some("it is refused whatever its path");
    }
    if choosing.malformed {
        return Some("its method or host is malformed");
    }
    if choosing.by_path.is_some() {
        return Some("a header names a handler of the app");
    }
    if !choosing.methods.is_empty() || choosing.too_many_methods {
        return Some("its query names another method");
    }
    match &choosing.chosen {
        Chosen::Ambiguous { .. } => {
            Some("origins could read the target in ways that different rules guard")
        }
        Chosen::TooComplex => Some("it is too long, or can be read in too many ways"),
        Chosen::Rules(rules) if rules.len() > 1 => Some("several rules judge it together"),
        _ if choosing.unclear => Some("its path runs a handler without naming it"),
        Chosen::Nothing | Chosen::Rules(_) => None,
    }
}

fn said(class: &Class) -> String {
    let through = |seen: &Seen| match seen.caller() {
        Some(caller) => format!("as `{caller}`"),
        None => "without a credential".to_owned(),
    };
    let (before, after) = (&class.before, &class.after);
    match class.key.kind {
        Kind::Opened => format!("denied before, let through now {}", through(after)),
        Kind::Closed => format!("let through before {}, denied now", through(before)),
        Kind::Caller => format!("let through before {}, now {}", through(before), through(after)),
        Kind::Answer if before.is_through() => {
            "let through, and the app's answer is treated in another way".to_owned()
        }
        Kind::Answer => "denied with another answer".to_owned(),
        Kind::Headers => "let through with other headers".to_owned(),
    }
}

fn rules(class: &Class) -> String {
    let named = |rule: &Option<String>| match rule {
        Some(rule) => format!("`{}`", rule.escape_debug()),
        None => "none".to_owned(),
    };
    let [before, after] = &class.key.rules;
    if before == after {
        named(after)
    } else {
        format!("{} before, {} now", named(before), named(after))
    }
}

/// The names of headers that the app gets in one of the two cases only, or with another value.
fn app(class: &Class) -> Option<String> {
    let (Kind::Headers, Seen::Through { origin: before, .. }, Seen::Through { origin: after, .. }) =
        (class.key.kind, &class.before, &class.after)
    else {
        return None;
    };
    let shown = |name: &[u8]| String::from_utf8_lossy(name).escape_debug().to_string();
    let only = |mine: &[(Vec<u8>, Vec<u8>)], theirs: &[(Vec<u8>, Vec<u8>)]| -> BTreeSet<String> {
        let mine = mine.iter().filter(|line| !theirs.contains(line));
        mine.map(|(name, _)| shown(name)).collect()
    };
    let (was, is) = (only(before, after), only(after, before));
    let mut told = Vec::new();
    for name in was.union(&is) {
        told.push(match (was.contains(name), is.contains(name)) {
            (true, true) => format!("gets another `{name}`"),
            (true, false) => format!("does not get `{name}` any more"),
            _ => format!("gets `{name}` now"),
        });
    }
    Some(told.join(", "))
}

impl Decided {
    fn of(seen: &Seen) -> Self {
        let (decision, reason) = match seen {
            Seen::Through { rule: None, .. } => ("pass", None),
            Seen::Through { .. } => ("allow", None),
            Seen::Denied { reason, .. } => ("deny", Some(*reason)),
            Seen::Undecided => ("undecided", None),
        };
        let answer = seen.answer();
        Self {
            decision,
            rule: seen.rule().map(str::to_owned),
            caller: seen.caller().map(str::to_owned),
            reason,
            status: answer.split(',').next().unwrap_or_default().to_owned(),
            answer: answer.to_owned(),
        }
    }
}
