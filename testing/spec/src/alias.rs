//! Further paths under which an origin serves the handler of a path.

mod format;
mod next;
mod twins;

use crate::verdict::Gate;

/// A path has more aliases than a lawful one ever has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooManyAliases;

/// Aliases of one path, each counted once.
const MAX_ALIASES: usize = 64;

/// The bytes of all aliases of a path.
#[must_use]
pub fn bytes(aliases: &[String]) -> usize {
    aliases.iter().map(|alias| alias.chars().count()).sum()
}

/// Every alias of `path`, and the aliases of those.
///
/// # Errors
///
/// [`TooManyAliases`] where there are more than a path is looked at for.
pub fn aliases(gate: &Gate, path: &str) -> Result<Vec<String>, TooManyAliases> {
    if !path.starts_with('/') {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    close(gate, strip(gate, path), &mut found)?;
    // A router takes one format off, before or after whatever else is taken off.
    let mut with_format = found.clone();
    with_format.push(path.to_owned());
    for path in with_format {
        close(gate, format::without(gate, &path), &mut found)?;
    }
    if gate.stack.is_none() {
        for path in [cherrypy(path), connect(path)].concat() {
            let mounted = prefixes(gate, &path);
            for path in [vec![path], mounted].concat() {
                if !found.contains(&path) {
                    found.push(path);
                }
            }
        }
        if found.len() > MAX_ALIASES {
            return Err(TooManyAliases);
        }
    }
    Ok(found)
}

/// Adds these and what they give rise to.
fn close(gate: &Gate, paths: Vec<String>, found: &mut Vec<String>) -> Result<(), TooManyAliases> {
    for path in paths {
        if found.contains(&path) {
            continue;
        }
        if found.len() == MAX_ALIASES {
            return Err(TooManyAliases);
        }
        let next = strip(gate, &path);
        found.push(path);
        close(gate, next, found)?;
    }
    Ok(())
}

/// A path without a prefix that the origin strips.
pub(crate) fn prefixes(gate: &Gate, path: &str) -> Vec<String> {
    let mounts = gate.mounts.iter().cloned();
    let locales = gate.locales.iter().map(|locale| format!("/{locale}"));
    mounts.chain(locales).filter_map(|prefix| without_prefix(path, &prefix)).collect()
}

/// The paths that an origin makes by taking one thing off, except a format.
fn strip(gate: &Gate, path: &str) -> Vec<String> {
    let mut found = prefixes(gate, path);
    for (stack, twins) in twins::TWINS {
        if gate.may_be(&[stack]) {
            found.extend(twins(path));
        }
    }
    if gate.may_be(&["astro", "nuxt", "react-router", "sveltekit"]) {
        found.extend(twins::built_page(path));
    }
    if gate.may_be(&["django", "flask", "laravel", "rails", "symfony"]) {
        found.extend(script(path));
    }
    if gate.may_be(&["spring"]) {
        let names = ["htm", "html", "xhtml", "shtml", "jsp", "jspx", "jsf", "asp"];
        for name in names {
            if let Some(page) = without_end(without_slash(path), &format!(".{name}")) {
                found.extend(folder(page));
            }
        }
    }
    if gate.stack.is_none() {
        found.extend(pyramid(path));
        found.extend(twins::others(path));
    }
    found
}

/// CherryPy's `index`, and its `_` for each mark, in the two ways that a rule may be written in.
fn cherrypy(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let whole = without_slash(path);
    if whole.to_ascii_lowercase().ends_with("/index") {
        found.push(or_root(&whole[..whole.len() - "/index".len()]));
    }
    for mark in ['_', '-'] {
        let marked: String = path
            .chars()
            .map(|c| if c.is_ascii_punctuation() && c != '/' { mark } else { c })
            .collect();
        if marked != path {
            found.push(marked);
        }
    }
    found
}

/// Pyramid's `@@`, which begins the name of a view, and alone ends the way to what is viewed.
fn pyramid(path: &str) -> Vec<String> {
    let Some((head, rest)) = path.split_once("/@@") else { return Vec::new() };
    let mut found = vec![format!("{head}/{rest}")];
    if rest.is_empty() || rest.starts_with('/') {
        found.push(or_root(head));
        found.push(format!("{head}/"));
    }
    found
}

/// Connect's mounts, which end at a dot as they do at a slash.
fn connect(path: &str) -> Vec<String> {
    let Some(last) = path.rfind('/') else { return Vec::new() };
    let dots = path.match_indices('.').map(|(at, _)| at);
    dots.filter(|at| *at < last && !path[..*at].ends_with('/'))
        .map(|at| format!("{}/{}", &path[..at], &path[at..]))
        .collect()
}

/// The folder whose page this is, a web server's `index` or `default`.
fn folder(page: &str) -> Vec<String> {
    let ends = ["/index", "/default"];
    let folders = ends.iter().filter_map(|end| without_end(page, end));
    folders.flat_map(|folder| [or_root(folder), format!("{folder}/")]).collect()
}

/// The rest after each segment that a web server may take for a script, the script itself, and the
/// folder that runs the script.
fn script(path: &str) -> Vec<String> {
    let endings = [
        ".php", ".phtml", ".phar", ".cgi", ".fcgi", ".wsgi", ".rb", ".pl", ".py", ".aspx", ".ashx",
        ".asmx", ".cfm",
    ];
    let ends: Vec<usize> = path
        .char_indices()
        .filter(|(_, c)| *c == '/')
        .map(|(at, _)| at)
        .chain([path.len()])
        .collect();
    let mut found = Vec::new();
    for end in ends {
        let before = path[..end].to_ascii_lowercase();
        let name = before.trim_end_matches(|c: char| c.is_ascii_digit());
        if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(or_root(&path[end..]));
            if end < path.len() {
                found.push(path[..end].to_owned());
            } else if let Some((page, _)) = path.rsplit_once('.') {
                found.extend(folder(page));
            }
        }
    }
    // Symfony and Laravel cut the script's name off as a text.
    let lower = path.to_ascii_lowercase();
    for (at, ending) in lower.match_indices(".php") {
        let rest = &path[at + ending.len()..];
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        if !rest.is_empty() && !rest.starts_with('/') {
            found.push(format!("/{rest}"));
        }
    }
    found
}

/// A path without a prefix of whole segments, compared in any case.
fn without_prefix(path: &str, prefix: &str) -> Option<String> {
    let lower = path.to_ascii_lowercase();
    let rest = lower.strip_prefix(&prefix.to_ascii_lowercase())?;
    match rest {
        "" => Some("/".to_owned()),
        _ => rest.starts_with('/').then(|| path[path.len() - rest.len()..].to_owned()),
    }
}

/// A path without an end, compared in any case.
fn without_end<'p>(path: &'p str, end: &str) -> Option<&'p str> {
    let lower = path.to_ascii_lowercase();
    lower.strip_suffix(end).map(|head| &path[..head.len()])
}

/// A path without one trailing slash, unless that is all.
fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').filter(|head| !head.is_empty()).unwrap_or(path)
}

fn or_root(path: &str) -> String {
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}

/// Returns `true` if a path runs a handler that only its body, a hash or a secret value tells.
#[must_use]
pub fn names_any(gate: &Gate, path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    (gate.may_be(&["sveltekit"]) && lower.contains("/_app/remote/"))
        || (gate.may_be(&["nuxt"]) && lower.contains("/__nuxt_island/"))
        || (gate.may_be(&["astro"]) && lower.contains("/_server-islands/"))
        || (gate.may_be(&["symfony"])
            && (lower.ends_with("/_fragment") || lower.ends_with("/_fragment/")))
        || (gate.stack.is_none()
            && (lower.ends_with("/_server")
                || lower.ends_with("/_server/")
                || lower.contains("/_serverfn/")))
}

/// Returns `true` if a path is answered by asking the own server: Next.js's image optimizer and
/// Astro's image endpoint, under whatever prefix.
#[must_use]
pub fn asks_itself(gate: &Gate, path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path).to_ascii_lowercase();
    (gate.may_be(&["nextjs"]) && path.ends_with("/_next/image"))
        || (gate.may_be(&["astro"]) && path.ends_with("/_image"))
}

/// The paths that such an endpoint takes from a target's query, as any parser of queries may part
/// it, each once.
#[must_use]
pub fn inner_targets(gate: &Gate, target: &str) -> Vec<String> {
    let Some((_, query)) = target.split_once('?') else { return Vec::new() };
    let mut found: Vec<String> = Vec::new();
    for ends in [&['&'][..], &['&', ';'], &['&', '?', '#'], &['&', ';', '?', '#']] {
        for pair in query.split(ends) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = form(name);
            let name = name.split('[').next().unwrap_or_default();
            let value = form(value);
            let blank = ['\t', '\n', '\x0c', '\r', ' '];
            let name = name.trim_matches(blank).to_ascii_lowercase();
            let counts = (name == "url" && gate.may_be(&["nextjs"]))
                || (name == "href" && gate.may_be(&["astro"]));
            if counts && !found.contains(&value) {
                found.push(value);
            }
        }
    }
    found
}

/// The paths of the handlers that a target's query names: Astro's actions and SvelteKit's remote
/// functions, which run on any page.
#[must_use]
pub fn actions(gate: &Gate, target: &str) -> Vec<String> {
    let Some((_, query)) = target.split_once('?') else { return Vec::new() };
    let query = query.split('#').next().unwrap_or_default();
    let whole = query.split(['?', '&']).next().unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default().to_ascii_lowercase();
    let is_script = path.contains('%') || path.contains(".php");
    let is_whole =
        is_script && gate.stack.is_none() && (whole.starts_with('/') || whole.starts_with('%'));
    let whole = is_whole.then(|| whole.to_owned());
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let named = pairs.filter_map(|(name, value)| match php(&form(name)).as_str() {
        "_action" if gate.may_be(&["astro"]) => Some(format!("/_actions/{}", form(value))),
        "_url" | "s" if gate.stack.is_none() && form(value).starts_with('/') => Some(form(value)),
        "rest_route" if gate.stack.is_none() && form(value).starts_with('/') => {
            Some(format!("/wp-json{}", form(value)))
        }
        "/remote" if gate.may_be(&["sveltekit"]) => Some(format!("/_app/remote/{}", form(value))),
        _ => None,
    });
    whole.into_iter().chain(named).collect()
}

/// The name of a parameter as PHP reads it. No other name holds what PHP changes.
fn php(name: &str) -> String {
    let name = name.split('\0').next().unwrap_or_default();
    name.trim_start_matches(' ').replace([' ', '.', '['], "_")
}

/// Returns `true` if a path runs an action of Astro's. Whose it is, no path tells.
#[must_use]
pub fn names_action(gate: &Gate, path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    // The name stands behind the last of them.
    gate.may_be(&["astro"]) && lower.rfind("/_actions/") == Some(0)
}

/// As a form is decoded (WHATWG URL, section 5.1).
fn form(text: &str) -> String {
    crate::steps::decode_all(&text.replace('+', " "))
}
