//! Further paths under which Next.js serves a page (16.4).

use super::Found;
use super::text::{find, or_root, strip_ignoring_case, strip_prefix, strip_suffix};
use alloc::vec::Vec;

/// Adds the rest of a path once something of Next.js's own is taken off.
pub(super) fn strip<'p>(path: &'p [u8], found: &mut Found<'p>) {
    data_routes(path, found);
    for suffix in [&b".prefetch.rsc"[..], b".rsc", b".action"] {
        if let Some(route) = strip_suffix(path, suffix) {
            found.add(page(route));
        }
    }
    // `/page.segments/_tree.segment.rsc`: a part of the page's payload.
    if let Some(at) = find(path, b".segments/")
        && let Some(route) = path.get(..at)
    {
        found.add(page(route));
    }
    intercepting(path, found);
    route_names(path, found);
}

fn data_routes<'p>(path: &'p [u8], found: &mut Found<'p>) {
    if let Some(route) = next_data(path) {
        found.add(route);
        // Next.js drops a leading `/index` of a data route.
        if let Some(rest) = strip_prefix(route, b"/index") {
            found.add(rest);
        }
    }
    // Behind a prefix, such as a locale or another data route, it takes off another segment than
    // the build.
    if let Some(at) = path.get(1..).and_then(|rest| find(rest, b"/_next/data/"))
        && let Some(route) = strip_suffix(path, b".json")
        && let Some(rest) = route.get(at + 1 + b"/_next/data".len()..)
    {
        for (index, byte) in rest.iter().enumerate().skip(1) {
            if found.full {
                return;
            }
            if let (b'/', Some(tail)) = (*byte, rest.get(index..)) {
                found.add(tail);
            }
        }
    }
}

/// `/_next/data/<build>/route.json` is the data of `/route`, `index.json` that of `/`.
fn next_data(path: &[u8]) -> Option<&[u8]> {
    let rest = strip_ignoring_case(path, b"/_next/data/")?;
    let build = rest.iter().position(|&byte| byte == b'/')?;
    let route = strip_suffix(rest.get(build..)?, b".json")?;
    Some(page(route))
}

fn page(route: &[u8]) -> &[u8] {
    if route.eq_ignore_ascii_case(b"/index") { b"/" } else { or_root(route) }
}

/// The markers of intercepting routes, with the segments before them that each takes off; `None`
/// for all (`shared/lib/router/utils/interception-routes.js`). A longer one comes before one that
/// it begins with.
const MARKERS: [(&[u8], Option<usize>); 4] =
    [(b"(..)(..)", Some(2)), (b"(.)", Some(0)), (b"(..)", Some(1)), (b"(...)", None)];

/// A page that intercepts `/shop/item/1` is also served as `/shop/(.)item/1`, under the name of its
/// folder. It shows the same content as the page that it intercepts.
fn intercepting<'p>(path: &'p [u8], found: &mut Found<'p>) {
    for (slash, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
        let (Some(before), Some(segment @ [b'(', ..])) = (path.get(..slash), path.get(slash + 1..))
        else {
            continue;
        };
        if found.full {
            return;
        }
        let marked =
            MARKERS.iter().find_map(|(marker, up)| Some((segment.strip_prefix(*marker)?, up)));
        let Some((rest, up)) = marked else { continue };
        let mut head = before;
        match up {
            None => head = b"",
            Some(up) => {
                for _ in 0..*up {
                    let parent = head.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
                    head = head.get(..parent).unwrap_or_default();
                }
            }
        }
        let mut intercepted: Vec<u8> = Vec::with_capacity(head.len() + 1 + rest.len());
        intercepted.extend_from_slice(head);
        intercepted.push(b'/');
        intercepted.extend_from_slice(rest);
        found.add(intercepted);
    }
}

/// A page whose last folder takes any number of segments is served under that folder's name:
/// `/docs/[[...path]]` runs the page of `/docs`.
fn route_names<'p>(path: &'p [u8], found: &mut Found<'p>) {
    let Some(slash) = path.iter().rposition(|&byte| byte == b'/') else { return };
    if let (Some(folder), Some(name)) = (path.get(..slash), path.get(slash + 1..))
        && name.starts_with(b"[[...")
        && name.ends_with(b"]]")
    {
        found.add(or_root(folder));
    }
}
