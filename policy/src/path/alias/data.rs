//! The data of a page under a path of its own, for which a stack's own client asks, and the table of
//! all paths that one stack derives.

use super::text::{find, or_root, strip_suffix, without_slash};
use super::{Found, nextjs};
use crate::stack::Stack;

/// Adds the rest of a path once something of a stack's own is taken off.
type Strip = for<'p> fn(&'p [u8], &mut Found<'p>);

/// The families of paths that one stack has, each with that stack.
pub(super) const FAMILIES: &[(Stack, Strip)] = &[
    (Stack::Nextjs, nextjs::strip),
    (Stack::ReactRouter, react_router),
    (Stack::Sveltekit, sveltekit),
    (Stack::Nuxt, nuxt),
    (Stack::Astro, astro),
];

/// React Router in framework mode and Remix: `/account.data` runs the loaders and the action of
/// `/account`, `/_root.data` those of `/`, and `/account/_.data` those of `/account/` (7.18,
/// `server-runtime/urls.ts`). With server components, `.rsc` and `.manifest` do the same
/// (`rsc/server.rsc.ts`).
fn react_router<'p>(path: &'p [u8], found: &mut Found<'p>) {
    let path = without_slash(path);
    for suffix in [&b".data"[..], b".rsc", b".manifest"] {
        let Some(page) = strip_suffix(path, suffix) else { continue };
        found.add(or_root(page));
        for root in [&b"/_root"[..], b"/_"] {
            if let Some(head) = strip_suffix(page, root) {
                found.add(or_root(head));
                // With its slash.
                if let Some(slashed) = page.get(..=head.len()) {
                    found.add(slashed);
                }
            }
        }
    }
}

/// SvelteKit: `/account/__data.json` and `/account.html__data.json` run the loaders of the page,
/// with a slash where the query asks for it; `/account/__route.js` resolves it (2.70,
/// `runtime/pathname.js`).
fn sveltekit<'p>(path: &'p [u8], found: &mut Found<'p>) {
    if let Some(page) = strip_suffix(path, b".html__data.json") {
        found.add(or_root(page));
        found.add(path.get(..page.len() + b".html".len()).unwrap_or_default());
    }
    for name in [&b"/__data.json"[..], b"/__route.js"] {
        let Some(page) = strip_suffix(path, name) else { continue };
        found.add(or_root(page));
        found.add(path.get(..=page.len()).unwrap_or_default());
    }
}

/// Nuxt: `/account/_payload.json` renders `/account` for its data, or `_payload.js` does; the dot
/// is one of a regular expression, and any character will do (4.4, `handlers/renderer.mjs`).
fn nuxt<'p>(path: &'p [u8], found: &mut Found<'p>) {
    for ending in [&b"json"[..], b"js"] {
        let Some([head @ .., dot]) = strip_suffix(path, ending) else { continue };
        // The text after the last slash is dropped, so it must be the whole name.
        if *dot == b'/' {
            continue;
        }
        let Some(page) = strip_suffix(head, b"/_payload") else { continue };
        found.add(or_root(page));
        found.add(path.get(..=page.len()).unwrap_or_default());
    }
}

/// Astro takes the name of an action from behind the last `/_actions/` (6.0,
/// `actions/runtime/server.js`).
fn astro<'p>(path: &'p [u8], found: &mut Found<'p>) {
    let mut rest = path.get(1..);
    while let Some(tail) = rest {
        let Some(at) = find(tail, b"/_actions/") else { return };
        let Some(action) = tail.get(at..) else { return };
        found.add(action);
        if found.full {
            return;
        }
        rest = action.get(1..);
    }
}
