//! Targets for a route: the odd but honest values of the lawful corpus in its parameters, and the
//! corpus' queries behind it.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::sync::LazyLock;

use crate::common::root;

/// A route of an application, as its list writes it.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    /// It wants the credential.
    pub(crate) guarded: bool,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) method: String,
    /// A character for each byte.
    pub(crate) text: String,
    pub(crate) guarded: bool,
    /// The odd value, if it is one of a single segment.
    pub(crate) value: Option<String>,
    /// The handler that the application runs for it.
    pub(crate) handler: String,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.text.escape_debug())
    }
}

/// The parts into which the queries are shared out.
const SHARES: usize = 8;

/// The plain target first.
pub(crate) fn of(route: &Route) -> Vec<Target> {
    let target = |text: String, value: Option<&String>| Target {
        method: route.method.clone(),
        text,
        guarded: route.guarded,
        value: value.cloned(),
        handler: String::new(),
    };
    let plain = filled(&route.path, "42");
    let mut all = vec![target(plain.clone(), None)];
    if plain != route.path {
        let one = !route.path.contains("path:");
        let (values, more) = &*VALUES;
        // A page takes them all, and what a program calls a share of them.
        let step = if route.method == "GET" { 1 } else { SHARES };
        let value = |value: &String| target(filled(&route.path, value), one.then_some(value));
        all.extend(values.iter().step_by(step).map(value));
        if !one {
            all.extend(more.iter().step_by(step.max(4)).map(value));
        }
    }
    // Any query is of any route: each takes a share of them.
    let share = QUERIES.iter().skip(route.path.len() % SHARES).step_by(SHARES);
    all.extend(share.map(|query| target(format!("{plain}?{query}"), None)));
    all
}

/// The path with this value for each parameter, `{x}`, `<x>` or `[x]`.
fn filled(path: &str, value: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| if segment.starts_with(['{', '<', '[']) { value } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// Values of one segment, and of several.
static VALUES: LazyLock<(Vec<String>, Vec<String>)> = LazyLock::new(|| {
    let (mut one, mut more) = (BTreeSet::new(), BTreeSet::new());
    for target in corpus() {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let path = path.trim_start_matches('/');
        let segments: Vec<&str> = path.split('/').collect();
        let odd = segments.iter().filter(|segment| is_honest(segment)).count();
        let is_path = segments.iter().all(|segment| !segment.is_empty() && !is_dots(segment));
        if segments.len() > 1 && path.len() <= 120 && odd > 0 && is_path {
            more.insert(path.to_owned());
        }
        one.extend(segments.into_iter().filter(|segment| is_honest(segment)).map(str::to_owned));
    }
    (one.into_iter().collect(), more.into_iter().collect())
});

static QUERIES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let all = corpus();
    let queries: BTreeSet<String> =
        all.iter().filter_map(|target| target.split_once('?')).map(|(_, q)| q.to_owned()).collect();
    queries.into_iter().filter(|query| query.len() <= 120).collect()
});

/// Not a plain word, not long, and no step to another path, however often it is decoded.
fn is_honest(segment: &str) -> bool {
    // A template of the cases' own language.
    let template = segment.contains("{{");
    let plain = segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    !plain && !template && segment.len() <= 60 && !is_dots(segment)
}

fn is_dots(segment: &str) -> bool {
    let decoded = segment.to_ascii_lowercase().replace("%25", "%").replace("%2e", ".");
    let decoded = decoded.replace("%2f", "/").replace("%5c", "/");
    decoded.split(['/', '\\']).any(|part| matches!(part, "." | ".."))
}

/// `vectors/paths/lawful.txt`, with its escapes read.
fn corpus() -> Vec<String> {
    let text = fs::read(root().join("vectors/paths/lawful.txt")).unwrap();
    let text = String::from_utf8(text).unwrap();
    let targets = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    targets.map(unescaped).collect()
}

fn unescaped(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match (c, c == '\\' && rest.as_str().starts_with('x')) {
            ('\\', true) => {
                let digits: String = rest.by_ref().skip(1).take(2).collect();
                text.push(char::from(u8::from_str_radix(&digits, 16).unwrap()));
            }
            ('\\', false) => text.extend(rest.next()),
            (c, _) => text.push(c),
        }
    }
    text
}
