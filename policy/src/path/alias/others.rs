//! What servers derive that no stack of a policy names: an origin of no named stack could be one.

use super::Found;
use super::text::{or_root, strip_suffix, without_slash};
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
