//! Paths that other servers derive, which no stack of a policy names. An origin whose stack is not
//! named could be one of them.

use super::Found;
use super::text::{or_root, strip_ignoring_case, strip_suffix, without_slash};
use alloc::vec::Vec;

/// CherryPy: `/report/index` is `/report`, and each punctuation character of a segment is `_`, so that
/// `/latest-runs`, `/latest.runs` and `/latest_runs` run one handler (18.10, `_cpdispatch.py`). A
/// rule may be written in either of the two usual ways.
pub(super) fn cherrypy<'p>(path: &'p [u8], found: &mut Found<'p>) {
    if let Some(head) = strip_suffix(without_slash(path), b"/index") {
        found.add(or_root(head));
    }
    let is_mark = |byte: u8| byte.is_ascii_punctuation() && byte != b'/';
    if !path.iter().any(|byte| is_mark(*byte)) {
        return;
    }
    for mark in [b'_', b'-'] {
        let marked: Vec<u8> =
            path.iter().map(|&byte| if is_mark(byte) { mark } else { byte }).collect();
        if marked != path {
            found.add(marked);
        }
    }
}

/// Connect: a handler at `/internal` runs for `/internal.x/y` too, as for `/internal/.x/y` (3.7,
/// `index.js`: a mount ends at `/` or at `.`). So did Express before 4, and Meteor does.
pub(super) fn connect<'p>(path: &'p [u8], found: &mut Found<'p>) {
    let Some(last) = path.iter().rposition(|&byte| byte == b'/') else { return };
    for at in 1..last {
        if found.full {
            return;
        }
        if let (Some(head), Some(rest @ [b'.', ..])) = (path.get(..at), path.get(at..))
            && !head.ends_with(b"/")
        {
            found.add([head, b"/", rest].concat());
        }
    }
}

/// Paths that the clients of further frameworks ask for in place of a page.
///
/// - Qwik City: `/account/q-data.json` runs the loaders of `/account` (1.20,
///   `middleware/request-handler`);
/// - Vike: `/account/index.pageContext.json` (0.4, `getPageContextRequestUrl.js`);
/// - Gatsby: `/page-data/account/page-data.json`, `index` for the root (5.16, `commands/serve.js`);
/// - Waku: `/RSC/R/account.txt`, `_root` for the root (0.27, `router/define-router.js`);
/// - Expo Router: `/_expo/loaders/account` (57, `expo-server`);
/// - Analog: `/api/_analog/pages/account` (2.7, `get-page-handlers.js`).
pub(super) fn data<'p>(path: &'p [u8], found: &mut Found<'p>) {
    for name in [&b"/q-data.json"[..], b"/index.pagecontext.json"] {
        if let Some(page) = strip_suffix(path, name) {
            found.add(or_root(page));
            found.add(path.get(..=page.len()).unwrap_or_default());
        }
    }
    let places = [
        (&b"/page-data/"[..], &b"/page-data.json"[..], &b"/index"[..]),
        (b"/rsc/r/", b".txt", b"/_root"),
        (b"/_expo/loaders/", b"", b"/index"),
        (b"/api/_analog/pages/", b"", b"/index"),
    ];
    for (start, end, root) in places {
        let Some(rest) = strip_ignoring_case(path, start) else { continue };
        let from = path.len() - rest.len() - 1;
        let Some(page) = path.get(from..).and_then(|rest| strip_suffix(rest, end)) else {
            continue;
        };
        found.add(if page.eq_ignore_ascii_case(root) { b"/" } else { or_root(page) });
    }
}

/// Pyramid: `@@` before a segment says that it is the name of a view, which it would be without, and
/// alone that what it follows has no further segment: `/account/@@` and `/account/@@/x` run the view
/// of `/account` (2.1, `traversal.py`).
pub(super) fn pyramid<'p>(path: &'p [u8], found: &mut Found<'p>) {
    let mut ends = path.windows(3).enumerate().filter(|(_, part)| part == b"/@@");
    let Some((at, _)) = ends.next() else { return };
    let (Some(head), Some(rest)) = (path.get(..at), path.get(at + 3..)) else { return };
    found.add([head, b"/", rest].concat());
    if matches!(rest, [] | [b'/', ..]) {
        found.add(or_root(head));
        found.add([head, b"/"].concat());
    }
}

#[cfg(test)]
mod tests {
    use crate::path::Aliases;
    use crate::stack::Stack;

    #[test]
    fn only_where_no_stack_is_named() {
        for (path, alias) in [
            ("/api/latest.runs", "/api/latest_runs"),
            ("/api/latest_runs", "/api/latest-runs"),
            ("/nightly-report", "/nightly_report"),
            ("/report/index", "/report"),
            ("/report/index/", "/report"),
            ("/account/@@", "/account"),
            ("/account/@@/x", "/account"),
            ("/a/@@view/x", "/a/view/x"),
            ("/@@", "/"),
            ("/internal.x/y", "/internal/.x/y"),
            ("/a/internal.x/y.z", "/a/internal/.x/y.z"),
            ("/account/q-data.json", "/account"),
            ("/account/q-data.json", "/account/"),
            ("/q-data.json", "/"),
            ("/account/index.pageContext.json", "/account"),
            ("/index.pageContext.json", "/"),
            ("/page-data/account/page-data.json", "/account"),
            ("/page-data/index/page-data.json", "/"),
            ("/RSC/R/account.txt", "/account"),
            ("/RSC/R/_root.txt", "/"),
            ("/_expo/loaders/account", "/account"),
            ("/api/_analog/pages/account", "/account"),
            ("/admin/default.aspx", "/admin"),
            ("/admin/index.htm", "/admin"),
        ] {
            let has = |stack| {
                let aliases = Aliases::new(stack, &[], &[]);
                let found = aliases.of(path.as_bytes(), 1_000).unwrap();
                found.iter().any(|found| &**found == alias.as_bytes())
            };
            assert!(has(None), "{path}");
            assert!(!has(Some(Stack::Express)), "{path}");
        }
    }
}
