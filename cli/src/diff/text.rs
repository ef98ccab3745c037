//! The report for a person.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::report::{Decided, One, Report};
use super::seen::Kind;
use crate::output::count;

/// The kinds that are shown of each change, unless all are wanted.
const FEW: usize = 12;

/// The report as text. Writing to a string does not fail.
pub(super) fn render(report: &Report, all: bool) -> String {
    let Report { before, after, counts, classes, silent, asked, cut, from } = report;
    let mut text = String::new();
    let each: Vec<String> = [Kind::Opened, Kind::Closed, Kind::Caller, Kind::Answer, Kind::Headers]
        .into_iter()
        .filter_map(|kind| Some(format!("{} {}", counts.get(kind.name())?, kind.name())))
        .collect();
    _ = match classes.len() {
        0 => writeln!(text, "{before} -> {after}: every request is decided as before"),
        number => writeln!(
            text,
            "{before} -> {after}: {} changed: {}",
            count(number, "kind").replacen("kinds", "kinds of request", 1).replacen(
                "1 kind",
                "1 kind of request",
                1
            ),
            each.join(", ")
        ),
    };
    let mut shown: BTreeMap<Kind, usize> = BTreeMap::new();
    let (mut left, mut odd) = (0, 0);
    for class in classes {
        let so_many = shown.entry(class.kind).or_insert(0);
        if !all && class.is_repeated {
            odd += 1;
        } else if !all && *so_many == FEW {
            left += 1;
        } else {
            *so_many += 1;
            one(class, &mut text);
        }
    }
    if odd > 0 {
        _ = writeln!(
            text,
            "\n{} of these changes, for requests that are odd in some way: --all shows {}",
            if odd == 1 { "1 more".to_owned() } else { format!("{odd} more") },
            if odd == 1 { "it" } else { "them" },
        );
    }
    if left > 0 {
        _ = writeln!(text, "\n{left} more that are like those: --all shows them");
    }
    if !silent.is_empty() {
        text += "\nalso different, and no single request shows it\n";
        for line in silent {
            _ = writeln!(text, "  {line}");
        }
    }
    _ = writeln!(
        text,
        "\n{} decided by both policies, for times from {from} on",
        count(*asked, "request")
    );
    if *cut > 0 {
        _ = writeln!(
            text,
            "not every two credentials were sent together: {} of rules with many callers",
            count(*cut, "choice")
        );
    }
    text
}

fn one(class: &One, text: &mut String) {
    let One { kind, said, rules, odd, only, before, after, app, explain, .. } = class;
    _ = writeln!(text, "\n{:<8}{said}", kind.name());
    let mut line = |name: &str, value: &str| _ = writeln!(text, "        {name:<8}{value}");
    match odd {
        Some(odd) => line("odd", odd),
        None => line("rule", rules),
    }
    if !only.is_empty() {
        line("only", &only.join("; "));
    }
    line("before", &told(before, *kind));
    line("now", &told(after, *kind));
    if let Some(app) = app {
        line("the app", app);
    }
    line("try", explain);
}

/// What a policy does with the request, with its whole answer if that is what changes.
fn told(decided: &Decided, kind: Kind) -> String {
    let Decided { rule, caller, reason, status, answer, .. } = decided;
    match (reason, rule, caller) {
        (Some(reason), ..) if kind == Kind::Answer => format!("{answer} ({reason})"),
        (Some(reason), ..) => format!("{status} ({reason})"),
        _ if kind == Kind::Answer => answer.clone(),
        (None, None, _) => "to the app, no rule covers it".to_owned(),
        (None, Some(_), None) => "to the app, by a rule that is public".to_owned(),
        (None, Some(_), Some(caller)) => format!("to the app, as `{caller}`"),
    }
}
