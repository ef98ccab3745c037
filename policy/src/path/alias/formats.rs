//! A format behind the last segment: `/report.json` runs `/report`.

use super::Found;
use super::text::{or_root, strip_suffix, without_slash};
use alloc::vec::Vec;

/// The place at which a stack's routers cut a format off, apart from one trailing slash.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Format {
    /// Nowhere.
    #[default]
    None,
    /// At the last dot, before letters and digits. Django REST framework's
    /// `format_suffix_patterns`, and so its routers, serve each view at `\.[a-z0-9]+/?` too
    /// (3.16, `urlpatterns.py`), that of the root at `/.json`.
    Word,
    /// At the last dot. Rails routes end in `(.:format)`, which is `[^./?]+`
    /// (`action_dispatch/journey/path/pattern.rb`); chi's `URLFormat` cuts whatever follows
    /// (5.0, `middleware/url_format.go`).
    AtLastDot,
    /// At any dot. Spring's suffix pattern match adds `.*` to each pattern
    /// (`PatternsRequestCondition`); a last `{_format}` of Symfony's and Laravel's, who share the
    /// compiler of routes, is `[^/]++`, dots and all (`RouteCompiler`).
    AtAnyDot,
}

impl Format {
    /// Adds the path without the part that may be its format.
    pub(super) fn strip<'p>(self, path: &'p [u8], found: &mut Found<'p>) {
        let path = without_slash(path);
        let start = path.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
        let segment = path.get(start..).unwrap_or_default();
        let base = |dot: usize| or_root(path.get(..start + dot).unwrap_or_default());
        let mut dots = segment.iter().enumerate().rev().filter(|(_, byte)| **byte == b'.');
        match self {
            Self::None => {}
            Self::AtAnyDot => dots.for_each(|(dot, _)| found.add(base(dot))),
            Self::AtLastDot => {
                if let Some((dot, _)) = dots.next() {
                    found.add(base(dot));
                }
            }
            Self::Word => {
                if let Some((dot, _)) = dots.next()
                    && let Some(word @ [_, ..]) = segment.get(dot + 1..)
                    && word.iter().all(u8::is_ascii_alphanumeric)
                {
                    let base = base(dot);
                    found.add(base);
                    // Routes end in a slash as often as not, and rules are written so too.
                    if base.last() != Some(&b'/') {
                        let mut slashed: Vec<u8> = base.to_vec();
                        slashed.push(b'/');
                        found.add(slashed);
                    }
                }
            }
        }
    }
}

/// A page as the file that it was built into: `/x.html`, `/x/index.html`. Astro routes both
/// (6.0, `core/routing/router.js`); what Nuxt, SvelteKit and React Router render beforehand is
/// served by a file server that finds them.
pub(super) fn page_files<'p>(path: &'p [u8], found: &mut Found<'p>) {
    let Some(page) = strip_suffix(without_slash(path), b".html") else { return };
    if let Some(folder) = strip_suffix(page, b"/index") {
        found.add(or_root(folder));
        if let Some(slashed) = page.get(..=folder.len()) {
            found.add(slashed);
        }
    }
    found.add(or_root(page));
}
