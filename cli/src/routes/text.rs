//! The answer as text for a terminal.

use std::fmt::Write as _;

use super::ask::{Admitted, Guard};
use super::report::{Report, Row};
use crate::output::count;

/// The whole answer. Writing to a string does not fail.
pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    let routes = count(report.routes.len(), "route");
    _ = writeln!(text, "{routes} of {}, by the policy `{}`", report.source, report.policy);
    for note in &report.notes {
        _ = writeln!(text, "note: {note}");
    }
    let rows = merged(&report.routes);
    let width = rows.iter().map(|(row, _)| row.path.chars().count().min(WIDTH)).max().unwrap_or(0);
    let methods = rows.iter().map(|(_, methods)| methods.len()).max().unwrap_or(0).min(WIDTH);
    let mut group = |title: &str, is: &dyn Fn(&Row) -> bool| {
        let mut rows = rows.iter().filter(|(row, _)| is(row)).peekable();
        if rows.peek().is_some() {
            _ = writeln!(text, "\n{title}");
        }
        for (row, shown) in rows {
            let line = format!("  {shown:<methods$}  {:<width$}  {}", plain(&row.path), told(row));
            _ = writeln!(text, "{}", line.trim_end());
        }
    };
    group("not guarded, and looks internal", &Row::is_hole);
    group("guarded", &|row| row.guarded);
    group("public", &|row| row.public);
    group("not guarded", &|row| !row.guarded && !row.public && !row.is_hole());
    if !report.unread.is_empty() {
        _ = writeln!(text, "\nnot read: whether these are guarded is not known");
        for unread in &report.unread {
            _ = writeln!(text, "  {}  {}", plain(&unread.route), plain(&unread.why));
        }
    }
    if report.unguarded_internal > 0 {
        let what = count(report.unguarded_internal, "route");
        _ = writeln!(
            text,
            "\nopen, and internal by name: {what}; write rules, or use --accept ROUTE"
        );
    }
    text
}

const WIDTH: usize = 48;

/// Merges methods of a path that have the same result.
fn merged(rows: &[Row]) -> Vec<(&Row, String)> {
    let mut merged: Vec<(&Row, String)> = Vec::new();
    for row in rows {
        let method = row.method.as_deref().unwrap_or("any");
        match merged.last_mut() {
            Some((last, methods))
                if Row { method: last.method.clone(), ..row.clone() } == **last =>
            {
                _ = write!(methods, ",{}", plain(method));
            }
            _ => merged.push((row, plain(method))),
        }
    }
    merged
}

fn told(row: &Row) -> String {
    let mut told = match &row.guard {
        Guard::Rules(rules) => format!("{}: {}", rules.join(" and "), who(&row.callers)),
        Guard::Unmatched => "the policy denies what no rule covers".to_owned(),
        Guard::Refused(reason) => format!("every call is refused: {reason}"),
        Guard::Nothing => String::new(),
    };
    let mut add = |more: String| {
        if !told.is_empty() {
            told += "; ";
        }
        told += &more;
    };
    if !row.guarded && !row.public {
        if let Some(why) = &row.looks_internal {
            add(plain(why));
        }
        if row.accepted {
            add("accepted".to_owned());
        }
    }
    // Show the paths of the route that differ.
    let others: Vec<String> = row
        .asked
        .iter()
        .filter(|asked| asked.guard != row.guard)
        .map(|asked| match &asked.guard {
            Guard::Nothing => format!("`{}` passes", asked.path),
            Guard::Rules(rules) => format!("`{}` by {}", asked.path, rules.join(" and ")),
            Guard::Unmatched => format!("`{}` is denied", asked.path),
            Guard::Refused(reason) => format!("`{}` is refused: {reason}", asked.path),
        })
        .collect();
    let shown = others.len().min(4);
    others.iter().take(shown).for_each(|other| add(other.clone()));
    if others.len() > shown {
        add(format!("and {} more", others.len() - shown));
    }
    if let Some(path) = row.open_deeper.first() {
        add(format!("`{path}` passes, if a parameter takes that"));
    }
    told
}

fn who(callers: &[Admitted]) -> String {
    let one = |admitted: &Admitted| {
        let unnamed = if admitted.public { "everybody" } else { "anyone" };
        let mut text = admitted.caller.clone().unwrap_or_else(|| unnamed.to_owned());
        if let Some(methods) = &admitted.methods {
            text += &format!(" ({})", methods.join(", "));
        }
        if !admitted.networks.is_empty() {
            text += &format!(" from {}", admitted.networks.join(" and "));
        }
        text
    };
    match callers {
        [] => "nobody".to_owned(),
        callers => callers.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}

/// An application's text, made safe for a terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|character| match character {
            '\'' | '"' | '\\' => vec![character],
            other => other.escape_debug().collect(),
        })
        .collect()
}
