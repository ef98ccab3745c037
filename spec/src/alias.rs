//! Further paths under which an origin serves the handler of a path.

use crate::verdict::Gate;

/// A path has more aliases than a lawful one ever has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooManyAliases;

/// Aliases of one path, each counted as often as it comes up.
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
    let mut found = strip(gate, path);
    let mut next = 0;
    while next < found.len() {
        if found.len() > MAX_ALIASES {
            return Err(TooManyAliases);
        }
        found.extend(strip(gate, &found[next]));
        next += 1;
    }
    Ok(found)
}

/// What an origin makes of a path by taking one thing off.
fn strip(gate: &Gate, path: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mounts = gate.mounts.iter().cloned();
    let locales = gate.locales.iter().map(|locale| format!("/{locale}"));
    for prefix in mounts.chain(locales) {
        found.extend(without_prefix(path, &prefix));
    }
    if gate.stack.as_deref() != Some("nextjs") {
        return found;
    }
    let lower = path.to_ascii_lowercase();
    // `/_next/data/<build>/route.json` is the data of `/route`, and `index` there the root.
    if let Some(rest) = lower.strip_prefix("/_next/data/")
        && let Some(build) = rest.find('/')
        && let Some(route) = rest[build..].strip_suffix(".json")
    {
        let start = path.len() - rest.len() + build;
        let route = or_root(&path[start..start + route.len()]);
        found.extend(without_prefix(&route, "/index"));
        found.push(route);
    }
    // Behind a prefix such as a locale or another data route, it takes any one segment for the
    // build.
    let second = lower.char_indices().nth(1).map_or(lower.len(), |(index, _)| index);
    if let Some(at) = lower[second..].find("/_next/data/").map(|at| at + second)
        && lower.ends_with(".json")
        && lower.len() - ".json".len() >= at + "/_next/data".len()
    {
        let rest = &path[at + "/_next/data".len()..path.len() - ".json".len()];
        let tails = rest.char_indices().skip(1).filter(|(_, c)| *c == '/');
        found.extend(tails.map(|(index, _)| rest[index..].to_owned()));
    }
    // Payloads of React Server Components.
    for suffix in [".prefetch.rsc", ".rsc", ".action"] {
        if lower.ends_with(suffix) {
            found.push(or_root(&path[..path.len() - suffix.len()]));
        }
    }
    if let Some(at) = lower.find(".segments/") {
        found.push(or_root(&path[..at]));
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

fn or_root(route: &str) -> String {
    if route.is_empty() || route.eq_ignore_ascii_case("/index") {
        "/".to_owned()
    } else {
        route.to_owned()
    }
}

/// Whether a path is that of Next.js's image optimizer, under whatever prefix.
#[must_use]
pub fn is_image_optimizer(path: &str) -> bool {
    path.strip_suffix('/').unwrap_or(path).to_ascii_lowercase().ends_with("/_next/image")
}

/// The values of `url` in a target's query, as any parser of queries may part it, each once. The
/// image optimizer asks its own server for them.
#[must_use]
pub fn inner_targets(target: &str) -> Vec<String> {
    let Some((_, query)) = target.split_once('?') else { return Vec::new() };
    let mut found: Vec<String> = Vec::new();
    for ends in [&['&'][..], &['&', ';'], &['&', '?', '#'], &['&', ';', '?', '#']] {
        for pair in query.split(ends) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = form(name);
            let name = name.split('[').next().unwrap_or_default();
            let value = form(value);
            let blank = ['\t', '\n', '\x0c', '\r', ' '];
            if name.trim_matches(blank).eq_ignore_ascii_case("url") && !found.contains(&value) {
                found.push(value);
            }
        }
    }
    found
}

/// As a form is decoded (WHATWG URL, section 5.1).
fn form(text: &str) -> String {
    crate::steps::decode_all(&text.replace('+', " "))
}
