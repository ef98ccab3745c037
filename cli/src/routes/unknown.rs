//! `--check`: the routes that a policy does not know.

use std::fmt::Write as _;

use anyhow::Result;
use serde::Serialize;

use super::ask::Guard;
use super::report::{Report, Row, Unread};
use super::text::plain;
use crate::exit::Exit;
use crate::output::{count, print, print_json};

/// The answer.
#[derive(Debug, Serialize)]
struct Unknown<'r> {
    policy: &'r str,
    version: &'r str,
    source: &'r str,
    routes: Vec<Route<'r>>,
    unread: &'r [Unread],
}

/// A route that the policy does not know.
#[derive(Debug, Serialize)]
struct Route<'r> {
    method: Option<&'r str>,
    path: &'r str,
    why: String,
}

/// Lists the routes; says nothing if there are none, except in JSON.
///
/// # Errors
/// If the answer can't be written.
pub(super) fn tell(report: &Report, json: bool) -> Result<Exit> {
    let routes = report.routes.iter().filter(|row| !row.accepted).filter_map(|row| {
        let why = why(row)?;
        Some(Route { method: row.method.as_deref(), path: &row.path, why })
    });
    let unknown = Unknown {
        policy: &report.policy,
        version: &report.version,
        source: &report.source,
        routes: routes.collect(),
        unread: &report.unread,
    };
    let known = unknown.routes.is_empty() && unknown.unread.is_empty();
    if json {
        print_json(&unknown)?;
    } else if !known {
        print(&text(&unknown))?;
    }
    Ok(if known { Exit::Ok } else { Exit::Deny })
}

/// The reason why the policy does not know a route.
fn why(row: &Row) -> Option<String> {
    let asked = row.asked.iter().map(|asked| (Some(&asked.path), &asked.guard));
    let guards = [(None, &row.guard)].into_iter().chain(asked);
    for (path, guard) in guards {
        let at = path.map(|path| format!(" `{path}`")).unwrap_or_default();
        match guard {
            Guard::Nothing => return Some(format!("no rule covers{}, so it passes", or_it(&at))),
            Guard::Unmatched => {
                return Some(format!("no rule covers{}, so it is denied", or_it(&at)));
            }
            Guard::Refused(reason) => {
                return Some(format!("every call of{} is refused: {reason}", or_it(&at)));
            }
            Guard::Rules(_) => {}
        }
    }
    let Guard::Rules(rules) = &row.guard else { return None };
    // A rule that lets nobody in knows its routes.
    let method = row.method.as_deref().filter(|_| row.method_unknown)?;
    Some(format!("no alternative of {} names {}", rules.join(" and "), plain(method)))
}

fn or_it(at: &str) -> &str {
    if at.is_empty() { " it" } else { at }
}

/// Writing to a string does not fail.
fn text(unknown: &Unknown<'_>) -> String {
    let mut text = String::new();
    if !unknown.routes.is_empty() {
        let routes = count(unknown.routes.len(), "route");
        _ = writeln!(
            text,
            "{routes} of {} that the policy `{}` does not know",
            unknown.source, unknown.policy
        );
    }
    for route in &unknown.routes {
        let method = plain(route.method.unwrap_or("any"));
        _ = writeln!(text, "  {method:<7} {}  {}", plain(route.path), plain(&route.why));
    }
    for unread in unknown.unread {
        _ = writeln!(text, "not read: {}  {}", plain(&unread.route), plain(&unread.why));
    }
    text + "write a rule for each (`public` if it is for everybody), or use --accept ROUTE\n"
}
