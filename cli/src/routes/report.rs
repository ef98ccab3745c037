//! The result for every route.

use serde::Serialize;

use super::ask::{Admitted, Gate, Guard};
use super::list::{List, Route};
use super::names;
use crate::document::Tree;

/// The whole answer.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) policy: String,
    pub(super) version: String,
    pub(super) source: String,
    pub(super) routes: Vec<Row>,
    pub(super) unread: Vec<Unread>,
    /// Routes that look internal, that no rule guards, and that were not accepted.
    pub(super) unguarded_internal: usize,
    pub(super) notes: Vec<String>,
}

/// A route and a method.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Row {
    /// `None` if the list does not tell.
    pub(super) method: Option<String>,
    /// Its path as the application writes it.
    pub(super) path: String,
    /// For a rewrite, the path that it leads to.
    pub(super) leads_to: Option<String>,
    /// `true` if every path of the route is kept from callers without credentials.
    pub(super) guarded: bool,
    /// `true` if it is not guarded because the policy says that it is public.
    pub(super) public: bool,
    /// The guard of its plainest path.
    pub(super) guard: Guard,
    /// The callers of that path.
    pub(super) callers: Vec<Admitted>,
    /// The reason why it looks internal, if it does.
    pub(super) looks_internal: Option<String>,
    /// `true` if it was named by `--accept`.
    pub(super) accepted: bool,
    /// The paths that were asked about, if there are several.
    pub(super) asked: Vec<Asked>,
    /// For a guarded route: unguarded paths that belong to it too if a parameter takes more than
    /// the list says.
    pub(super) open_deeper: Vec<String>,
    /// `true` if its rules admit somebody, but nobody by this method.
    pub(super) method_unknown: bool,
}

impl Row {
    /// Returns `true` if `--deny-unguarded` fails because of this row.
    pub(super) fn is_hole(&self) -> bool {
        self.looks_internal.is_some() && !self.guarded && !self.public && !self.accepted
    }
}

/// A path of a route.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) guard: Guard,
}

/// A route that could not be read, so nobody knows whether it is guarded.
#[derive(Debug, Serialize)]
pub(super) struct Unread {
    pub(super) route: String,
    pub(super) why: String,
}

impl Report {
    /// Asks about every route.
    pub(super) fn of(
        gate: &Gate<'_>,
        tree: &Tree,
        source: String,
        list: List,
        accepted: &[String],
    ) -> Self {
        let patterns: Vec<&str> = tree
            .get("rules")
            .map(Tree::items)
            .unwrap_or_default()
            .iter()
            .flat_map(|rule| rule.get("paths").map(Tree::items).unwrap_or_default())
            .filter_map(Tree::text)
            .collect();
        let any = any(&patterns);
        let mut routes = Vec::new();
        let mut notes = list.notes;
        for route in &list.routes {
            let methods: Vec<Option<&str>> = match route.methods.as_slice() {
                [] => vec![None],
                methods => methods.iter().map(|method| Some(method.as_str())).collect(),
            };
            for method in methods {
                let mut row = row(gate, route, method, &patterns, &any);
                row.accepted = accepted.contains(&row.path);
                if list.hides_spans && row.guarded {
                    row.open_deeper = deeper(gate, route, method, &any);
                }
                routes.push(row);
            }
        }
        routes.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
        routes.dedup();
        if routes.iter().any(|row: &Row| !row.open_deeper.is_empty()) {
            notes.push(
                "the list does not tell which parameters take several segments (FastAPI's `{p:path}` is `{p}` in it): where one does, what is told as open below its route is not guarded, and `/*` in the rule guards it"
                    .to_owned(),
            );
        }
        let unread = list.unread.into_iter();
        Self {
            policy: gate.policy.name().to_owned(),
            version: gate.policy.version().to_owned(),
            source,
            unguarded_internal: routes.iter().filter(|row| row.is_hole()).count(),
            routes,
            unread: unread.map(|(route, why)| Unread { route, why }).collect(),
            notes,
        }
    }
}

fn row(gate: &Gate<'_>, route: &Route, method: Option<&str>, patterns: &[&str], any: &str) -> Row {
    // The plainest path is the first. A rule may name one value of a parameter, so each value that
    // leads to a rule is asked about too.
    let mut paths: Vec<String> =
        route.templates.iter().flat_map(|template| template.samples(any)).collect();
    let covered = route
        .templates
        .iter()
        .flat_map(|template| patterns.iter().filter_map(|pattern| template.within(pattern, any)));
    paths.extend(covered);
    let mut asked: Vec<(Asked, Vec<Admitted>)> = Vec::new();
    for path in paths {
        if !asked.iter().any(|(other, _)| other.path == path) {
            let (guard, callers) = gate.ask(method, &path);
            asked.push((Asked { path, guard }, callers));
        }
    }
    let no_gap = asked.iter().all(|(asked, _)| asked.guard != Guard::Nothing);
    let public = asked.iter().any(|(_, callers)| callers.iter().any(Admitted::is_open));
    let first = asked.first();
    let (guard, callers) = first
        .map(|(asked, callers)| (asked.guard.clone(), callers.clone()))
        .unwrap_or((Guard::Nothing, Vec::new()));
    // Without a method, all alternatives count.
    let admits = |(asked, _): &(Asked, _)| !gate.ask(None, &asked.path).1.is_empty();
    let method_unknown = method.is_some() && callers.is_empty() && first.is_some_and(admits);
    let asked: Vec<Asked> = asked.into_iter().map(|(asked, _)| asked).collect();
    Row {
        method: method.map(str::to_owned),
        path: route.shown.clone(),
        leads_to: route.leads_to.as_ref().map(|(shown, _)| shown.clone()),
        guarded: no_gap && !public,
        public: no_gap && public,
        guard,
        callers,
        looks_internal: looks_internal(gate, route, method, any),
        accepted: false,
        asked: if asked.len() > 1 { asked } else { Vec::new() },
        open_deeper: Vec::new(),
        method_unknown,
    }
}

/// The unguarded paths of a route if its parameters take more than one segment.
fn deeper(gate: &Gate<'_>, route: &Route, method: Option<&str>, any: &str) -> Vec<String> {
    let mut open = Vec::new();
    for path in route.templates.iter().flat_map(|template| template.deeper(any)) {
        if !open.contains(&path) && gate.ask(method, &path).0 == Guard::Nothing {
            open.push(path);
        }
    }
    open
}

/// The reason why a route looks internal: a name in its path, or in the path that it leads to.
fn looks_internal(
    gate: &Gate<'_>,
    route: &Route,
    method: Option<&str>,
    any: &str,
) -> Option<String> {
    let first = route.templates.first()?;
    if let Some(name) = names::internal(first.texts()) {
        return Some(format!("`{name}`"));
    }
    let (shown, destination) = route.leads_to.as_ref()?;
    if let Some(name) = names::internal(destination.texts()) {
        return Some(format!("it leads to `{shown}`, `{name}`"));
    }
    let guarded = |path: &String| {
        let (guard, callers) = gate.ask(method, path);
        matches!(guard, Guard::Rules(_)) && !callers.iter().any(Admitted::is_open)
    };
    let leads = destination.samples(any).iter().any(guarded);
    leads.then(|| format!("it leads to `{shown}`, which is guarded"))
}

/// A stand-in for any value of a parameter: a number that is in no pattern.
fn any(patterns: &[&str]) -> String {
    let is_free = |value: &String| {
        !patterns.iter().any(|pattern| pattern.split('/').any(|segment| segment == value))
    };
    (1_u64..).map(|number| number.to_string()).find(is_free).unwrap_or_default()
}
