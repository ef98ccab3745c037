//! Further paths under which Next.js serves its pages.

use super::{or_root, without_end, without_prefix};

pub(super) fn pages(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lower = path.to_ascii_lowercase();
    // `/_next/data/<build>/route.json` is the data of `/route`, and `index` there the root.
    if let Some(rest) = lower.strip_prefix("/_next/data/")
        && let Some(build) = rest.find('/')
        && let Some(route) = rest[build..].strip_suffix(".json")
    {
        let start = path.len() - rest.len() + build;
        let route = page(&path[start..start + route.len()]);
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
        found.extend(without_end(path, suffix).map(page));
    }
    if let Some(at) = lower.find(".segments/") {
        found.push(page(&path[..at]));
    }
    let segments: Vec<&str> = path.split('/').collect();
    for (place, segment) in segments.iter().enumerate().skip(1) {
        let Some((levels, name)) = intercepts(segment, place) else { continue };
        let kept = place.saturating_sub(levels).max(1);
        let mut intercepted = segments[..kept].to_vec();
        intercepted.push(name);
        intercepted.extend(&segments[place + 1..]);
        found.push(intercepted.join("/"));
    }
    // A page that takes any number of segments is that of the folder which it lies in.
    if let Some((folder, name)) = path.rsplit_once('/')
        && name.starts_with("[[...")
        && name.ends_with("]]")
    {
        found.push(or_root(folder));
    }
    found
}

/// The number of folders up to the page that a segment intercepts, and the page's name there.
fn intercepts(segment: &str, depth: usize) -> Option<(usize, &str)> {
    let up = |marker: &str, levels| Some(levels).zip(segment.strip_prefix(marker));
    up("(..)(..)", 2).or(up("(.)", 0)).or(up("(..)", 1)).or(up("(...)", depth))
}

fn page(route: &str) -> String {
    if route.eq_ignore_ascii_case("/index") { "/".to_owned() } else { or_root(route) }
}
