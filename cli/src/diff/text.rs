//! The report: for a person, and for a program.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use wicketgate_policy::Time;

use super::classes::{Class, OTHER, Of};
use super::search::Found;
use super::seen::{Kind, Seen};
use super::shot::{Told, quoted};
use super::side::Side;
use super::silent;
use crate::output::count;
use crate::policy::HostKind;

/// What an edit changes.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    before: String,
    after: String,
    /// Compared for requests from this time on.
    now: String,
    /// The number of classes of each kind.
    counts: BTreeMap<&'static str, usize>,
    classes: Vec<One>,
    /// What differs and shows in no single answer.
    silent: Vec<String>,
    /// Requests that both policies were asked about.
    asked: usize,
}

/// A class of requests.
#[derive(Debug, Serialize)]
struct One {
    kind: Kind,
    /// Other rules than one alone judge it, or none does by its path alone.
    unusual: bool,
    /// A line about the class.
    said: String,
    /// What else its requests have in common.
    only: Vec<String>,
    before: Decided,
    after: Decided,
    witness: Told,
    /// The command that asks for it.
    explain: String,
}

/// What a policy does with the witness.
#[derive(Debug, Serialize)]
struct Decided {
    decision: &'static str,
    rule: Option<String>,
    caller: Option<String>,
    reason: Option<&'static str>,
    /// The gate's own answer, or what it does to the app's.
    answer: String,
    /// In a line.
    #[serde(skip)]
    said: String,
}

impl Report {
    pub(super) fn of(sides: [&Side; 2], found: &Found, host: HostKind, now: Time) -> Self {
        let [before, after] = sides;
        let classes: Vec<One> =
            found.classes.iter().map(|class| One::of(class, found, &after.name, host)).collect();
        let mut counts = BTreeMap::new();
        for class in &classes {
            *counts.entry(class.kind.name()).or_insert(0) += 1;
        }
        Self {
            before: before.name.clone(),
            after: after.name.clone(),
            now: now.to_string(),
            counts,
            classes,
            silent: silent::differences(sides),
            asked: found.asked,
        }
    }
}

impl One {
    fn of(class: &Class, found: &Found, policy: &str, host: HostKind) -> Self {
        let mut explain = format!("wicketgate explain {}", quoted(policy));
        for word in class.witness.arguments() {
            explain += " ";
            explain += &quoted(&word);
        }
        if host == HostKind::Cloudflare {
            explain += " --host-kind cloudflare";
        }
        Self {
            kind: class.key.kind,
            unusual: class.key.unusual,
            said: said(class),
            only: only(class, found),
            before: Decided::of(&class.before),
            after: Decided::of(&class.after),
            witness: class.witness.told(),
            explain,
        }
    }
}

/// What happens to the requests of a class.
fn said(class: &Class) -> String {
    let through = |seen: &Seen| match seen.caller() {
        Some(caller) => format!("goes through as `{caller}`"),
        None => "goes through without a caller".to_owned(),
    };
    let (before, after) = (&class.before, &class.after);
    let change = match class.key.kind {
        Kind::Opened => format!("was denied, {}", through(after)),
        Kind::Closed => format!("{}: no more", through(before).replacen("goes", "went", 1)),
        Kind::Caller => {
            format!("{}, {} now", through(before).replacen("goes", "went", 1), through(after))
        }
        Kind::Answer if before.is_through() => "what becomes of the app's answer".to_owned(),
        Kind::Answer => "denied with another answer".to_owned(),
        Kind::Headers => "the app gets other headers".to_owned(),
    };
    if class.key.unusual {
        return format!(
            "a request that several rules judge, or that can be read in several ways: {change}"
        );
    }
    let named = |rule: &Option<String>| match rule {
        Some(rule) => format!("rule `{}`", rule.escape_debug()),
        None => "no rule".to_owned(),
    };
    let [was, is] = &class.key.rules;
    let rules =
        if was == is { named(is) } else { format!("{} before, {} now", named(was), named(is)) };
    format!("{rules}: {change}")
}

/// What its requests have in common beside the rule.
fn only(class: &Class, found: &Found) -> Vec<String> {
    let mut all = Vec::new();
    if class.key.unusual {
        return all;
    }
    let hosts: Vec<&String> = class.hosts.iter().collect();
    if found.hosts.len() > 1 && !found.hosts.iter().all(|host| class.hosts.contains(host)) {
        let named: Vec<String> = hosts.iter().map(|host| format!("`{host}`")).collect();
        all.push(format!("host {}", listed(&named)));
    }
    for (of, dimension) in &class.dimensions {
        if dimension.is_any() {
            continue;
        }
        let mut values: Vec<String> =
            dimension.hit.iter().filter(|v| !v.is_empty()).cloned().collect();
        values.sort_by_key(|value| value == OTHER);
        let named = listed(&values);
        match of {
            Of::Method => all.push(format!("method {named}")),
            Of::Client => all.push(format!("client {named}")),
            Of::Credential => all.push(format!("with {named}")),
            Of::Time => all.push(named),
            Of::Header if dimension.hit.contains("") => {}
            Of::Header => all.push(format!("header {named}")),
        }
    }
    all
}

/// At most a few values.
fn listed(values: &[String]) -> String {
    const MOST: usize = 6;
    let shown: Vec<&str> = values.iter().take(MOST).map(String::as_str).collect();
    let more = values.len().saturating_sub(MOST);
    if more > 0 { format!("{}, and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

impl Decided {
    fn of(seen: &Seen) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let by = |rule: &Option<String>| match rule {
            Some(rule) => format!("by rule `{}`", rule.escape_debug()),
            None => "by no rule".to_owned(),
        };
        let (decision, reason, said) = match seen {
            Seen::Through { rule: None, .. } => {
                ("pass", None, "let through: no rule covers it".to_owned())
            }
            Seen::Through { rule, caller, .. } => {
                let who =
                    caller.as_ref().map_or("without a caller".to_owned(), |c| format!("as `{c}`"));
                ("allow", None, format!("let through {}, {who}", by(rule)))
            }
            Seen::Denied { rule, reason, answer } => {
                ("deny", Some(*reason), format!("denied {}: {reason}; {answer}", by(rule)))
            }
            Seen::Undecided => ("deny", None, "undecided".to_owned()),
        };
        Self {
            decision,
            rule: owned(seen.rule()),
            caller: owned(seen.caller()),
            reason,
            answer: seen.answer().to_owned(),
            said,
        }
    }
}

/// The report as text. Writing to a string does not fail.
pub(super) fn render(report: &Report, all: bool) -> String {
    let Report { before, after, counts, classes, silent, asked, now } = report;
    let mut text = String::new();
    let number = classes.len();
    let each: Vec<String> = [Kind::Opened, Kind::Closed, Kind::Caller, Kind::Answer, Kind::Headers]
        .into_iter()
        .filter_map(|kind| Some(format!("{} {}", counts.get(kind.name())?, kind.name())))
        .collect();
    _ = match number {
        0 => writeln!(text, "{before} -> {after}: no request gets another decision"),
        _ => writeln!(
            text,
            "{before} -> {after}: {} of requests that change: {}",
            classes_of(number),
            each.join(", ")
        ),
    };
    let mut shown: BTreeMap<(Kind, bool), usize> = BTreeMap::new();
    for class in classes {
        let so_many = shown.entry((class.kind, class.unusual)).or_insert(0);
        *so_many += 1;
        if !all && *so_many > FEW {
            continue;
        }
        one(class, &mut text);
    }
    let left: usize = shown.values().map(|number| number.saturating_sub(FEW)).sum();
    if left > 0 && !all {
        _ = writeln!(
            text,
            "\nand {}: --all shows them",
            classes_of(left).replace("classes", "classes more")
        );
    }
    if !silent.is_empty() {
        text += "\nalso different, and no single request shows it\n";
        for line in silent {
            _ = writeln!(text, "  {line}");
        }
    }
    _ = writeln!(
        text,
        "\nboth policies were asked about {}, from {now} on",
        count(*asked, "request")
    );
    text
}

/// The classes that are shown of each kind.
const FEW: usize = 12;

fn classes_of(number: usize) -> String {
    if number == 1 { "1 class".to_owned() } else { format!("{number} classes") }
}

fn one(class: &One, text: &mut String) {
    _ = writeln!(text, "\n{:<8}{}", class.kind.name(), class.said);
    if !class.only.is_empty() {
        _ = writeln!(text, "        only: {}", class.only.join("; "));
    }
    _ = writeln!(text, "        before: {}", class.before.said);
    _ = writeln!(text, "        now:    {}", class.after.said);
    if class.kind == Kind::Answer && class.before.reason.is_none() {
        _ = writeln!(text, "        before: {}", class.before.answer);
        _ = writeln!(text, "        now:    {}", class.after.answer);
    }
    _ = writeln!(text, "        {}", class.explain);
}
