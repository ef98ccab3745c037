//! Paths that the clients of frameworks ask for in place of a page.

use super::{next, or_root, without_end, without_slash};

/// The pages that a path stands for.
type Twins = fn(&str) -> Vec<String>;

/// For each stack with paths of its own, the pages that a path stands for.
pub(super) const TWINS: &[(&str, Twins)] = &[
    ("nextjs", next::pages),
    ("react-router", react_router),
    ("sveltekit", sveltekit),
    ("nuxt", nuxt),
    ("astro", astro),
];

/// `/account.data`, `/_root.data`, `/account/_.data`, and the same with server components.
fn react_router(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for suffix in [".data", ".rsc", ".manifest"] {
        let Some(page) = without_end(without_slash(path), suffix) else { continue };
        found.push(or_root(page));
        for root in ["/_root", "/_"] {
            found.extend(without_end(page, root).into_iter().flat_map(both));
        }
    }
    found
}

/// `/account/__data.json`, `/account.html__data.json`, `/account/__route.js`.
fn sveltekit(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(page) = without_end(path, ".html__data.json") {
        found.push(or_root(page));
        found.push(path[..page.len() + ".html".len()].to_owned());
    }
    for name in ["/__data.json", "/__route.js"] {
        found.extend(without_end(path, name).into_iter().flat_map(both));
    }
    found
}

/// `/account/_payload.json` and `.js`; any character does for the dot.
fn nuxt(path: &str) -> Vec<String> {
    let Some((page, name)) = path.rsplit_once('/') else { return Vec::new() };
    let lower = name.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("_payload") else { return Vec::new() };
    let mut rest = rest.chars();
    match (rest.next(), rest.as_str()) {
        (Some(_), "json" | "js") => both(page),
        _ => Vec::new(),
    }
}

/// The name of an action is what follows the last `/_actions/`.
fn astro(path: &str) -> Vec<String> {
    let lower = path.to_ascii_lowercase();
    let places = lower.char_indices().skip(1).map(|(at, _)| at);
    places
        .filter(|at| lower[*at..].starts_with("/_actions/"))
        .map(|at| path[at..].to_owned())
        .collect()
}

/// A page as the file that it was built into.
pub(super) fn built_page(path: &str) -> Vec<String> {
    let Some(page) = without_end(without_slash(path), ".html") else { return Vec::new() };
    let mut found = vec![or_root(page)];
    found.extend(without_end(page, "/index").into_iter().flat_map(both));
    found
}

/// Paths that the clients of further frameworks ask for, which no stack of a policy names: Qwik
/// City, Vike, Gatsby, Waku, Expo Router, Analog.
pub(super) fn others(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["/q-data.json", "/index.pagecontext.json"] {
        found.extend(without_end(path, name).into_iter().flat_map(both));
    }
    let lower = path.to_ascii_lowercase();
    for (start, end, root) in [
        ("/page-data/", "/page-data.json", "index"),
        ("/rsc/r/", ".txt", "_root"),
        ("/_expo/loaders/", "", "index"),
        ("/api/_analog/pages/", "", "index"),
    ] {
        if let Some(page) = lower.strip_prefix(start)
            && let Some(page) = format!("/{page}").strip_suffix(end)
        {
            let page = page.trim_start_matches('/');
            let page = if page == root { "" } else { &path[start.len()..start.len() + page.len()] };
            found.push(format!("/{page}"));
        }
    }
    found
}

/// With and without a slash behind it.
fn both(page: &str) -> Vec<String> {
    vec![or_root(page), format!("{page}/")]
}
