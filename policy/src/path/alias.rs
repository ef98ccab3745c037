//! Other paths under which an origin serves the same handler: mounts, locales, data routes.

use crate::ablate::{Piece, aliases_off, off};
use crate::stack::Stack;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What the policy's `origin` section says an origin strips from a path before it routes.
#[derive(Debug, Default)]
pub struct Aliases {
    nextjs: bool,
    image_optimizer: bool,
    empty_segments: bool,
    prefixes: Vec<Box<[u8]>>,
}

/// A path has more aliases than a lawful one ever has. An alias that was not looked at could be the
/// guarded one, so such a path counts as guarded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TooManyAliases;

/// Aliases of one path. Each stripping makes the path shorter, so this is generous.
const MAX_ALIASES: usize = 64;

impl Aliases {
    /// The aliases of an origin with these `mounts` (`/api/v2`) and `locales` (`en`), in plain
    /// characters without a trailing slash.
    pub(crate) fn new(stack: Option<Stack>, mounts: &[&str], locales: &[&str]) -> Self {
        let mut prefixes: Vec<Box<[u8]>> =
            mounts.iter().map(|mount| mount.as_bytes().into()).collect();
        prefixes.extend(locales.iter().map(|locale| {
            let mut prefix = b"/".to_vec();
            prefix.extend_from_slice(locale.as_bytes());
            prefix.into_boxed_slice()
        }));
        if off(Piece::Mounts) {
            prefixes.clear();
        }
        let empty_segments =
            matches!(stack, None | Some(Stack::Fastify)) && !off(Piece::EmptySegments);
        Self {
            nextjs: stack == Some(Stack::Nextjs) && !aliases_off(Stack::Nextjs),
            image_optimizer: stack == Some(Stack::Nextjs) && !off(Piece::ImageOptimizer),
            empty_segments,
            prefixes,
        }
    }

    /// Whether the origin may take an empty last segment for a parameter: `/balance/` runs
    /// `/balance/:id` on Fastify, and an origin that is not named could be one.
    pub(crate) fn has_empty_segments(&self) -> bool {
        self.empty_segments
    }

    /// Whether the origin serves paths that it takes from the query of its image optimizer.
    pub(crate) fn has_image_optimizer(&self) -> bool {
        self.image_optimizer
    }

    /// Every alias of `path`, of no more than `most` bytes together; `path` itself is not among
    /// them. Does not allocate where it has none.
    pub(crate) fn of<'p>(
        &self,
        path: &'p [u8],
        mut most: usize,
    ) -> Result<Vec<&'p [u8]>, TooManyAliases> {
        let mut found: Vec<&'p [u8]> = Vec::new();
        self.strip(path, &mut found);
        let mut index = 0;
        while let Some(&alias) = found.get(index) {
            most = most.checked_sub(alias.len()).ok_or(TooManyAliases)?;
            if found.len() > MAX_ALIASES {
                return Err(TooManyAliases);
            }
            self.strip(alias, &mut found);
            index += 1;
        }
        Ok(found)
    }

    fn strip<'p>(&self, path: &'p [u8], found: &mut Vec<&'p [u8]>) {
        for prefix in &self.prefixes {
            if let Some(rest) = strip_prefix(path, prefix) {
                found.push(rest);
            }
        }
        if !self.nextjs {
            return;
        }
        if let Some(route) = next_data(path) {
            found.push(route);
            // Next.js drops a leading `/index` of a data route.
            if let Some(rest) = strip_prefix(route, b"/index") {
                found.push(rest);
            }
        }
        // Behind a prefix, such as a locale or another data route, it takes another segment than
        // the build off.
        if let Some(at) = path.get(1..).and_then(|rest| find(rest, b"/_next/data/"))
            && let Some(route) = strip_suffix(path, b".json")
            && let Some(rest) = route.get(at + 1 + b"/_next/data".len()..)
        {
            for (index, byte) in rest.iter().enumerate().skip(1) {
                // One more than the bound is enough to go beyond it.
                if found.len() > MAX_ALIASES {
                    return;
                }
                if let (b'/', Some(tail)) = (*byte, rest.get(index..)) {
                    found.push(tail);
                }
            }
        }
        for suffix in [&b".prefetch.rsc"[..], b".rsc", b".action"] {
            if let Some(route) = strip_suffix(path, suffix) {
                found.push(or_root(route));
            }
        }
        // `/page.segments/_tree.segment.rsc`: a part of the page's payload.
        if let Some(at) = find(path, b".segments/")
            && let Some(route) = path.get(..at)
        {
            found.push(or_root(route));
        }
    }
}

/// `/_next/data/<build>/route.json` is the data of `/route`, `index.json` that of `/`.
fn next_data(path: &[u8]) -> Option<&[u8]> {
    let rest = strip_ignoring_case(path, b"/_next/data/")?;
    let build = rest.iter().position(|&byte| byte == b'/')?;
    let route = strip_suffix(rest.get(build..)?, b".json")?;
    Some(or_root(route))
}

fn or_root(route: &[u8]) -> &[u8] {
    if route.is_empty() || route.eq_ignore_ascii_case(b"/index") { b"/" } else { route }
}

fn strip_prefix<'p>(path: &'p [u8], prefix: &[u8]) -> Option<&'p [u8]> {
    // Prefixes are compared in any case: Next.js does so for locales, and to strip too readily
    // only adds a rule to those that must allow.
    let rest = strip_ignoring_case(path, prefix)?;
    match rest.first() {
        None => Some(b"/"),
        Some(b'/') => Some(rest),
        Some(_) => None,
    }
}

fn strip_ignoring_case<'p>(path: &'p [u8], prefix: &[u8]) -> Option<&'p [u8]> {
    let (head, rest) = path.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn strip_suffix<'p>(path: &'p [u8], suffix: &[u8]) -> Option<&'p [u8]> {
    let (head, tail) = path.split_at_checked(path.len().checked_sub(suffix.len())?)?;
    tail.eq_ignore_ascii_case(suffix).then_some(head)
}

/// Where `part` begins, which does so with no letter: every byte of every alias is looked at.
fn find(path: &[u8], part: &[u8]) -> Option<usize> {
    let first = part.first()?;
    let mut places = path.iter().enumerate().filter(|(_, byte)| *byte == first);
    let begins = |rest: &[u8]| strip_ignoring_case(rest, part).is_some();
    places.find_map(|(at, _)| begins(path.get(at..)?).then_some(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn aliases(aliases: &Aliases, path: &str) -> Vec<String> {
        let found = aliases.of(path.as_bytes(), 1_000).unwrap();
        found.into_iter().map(|alias| String::from_utf8(alias.to_vec()).unwrap()).collect()
    }

    #[test]
    fn next_serves_a_page_under_further_paths() {
        let next = Aliases::new(Some(Stack::Nextjs), &["/docs"], &["en"]);
        for (path, expected) in [
            ("/_next/data/b1/balance/42.json", &["/balance/42"][..]),
            ("/_next/data/b1/index.json", &["/"]),
            ("/_next/data/b1/en/balance/42.json", &["/en/balance/42", "/balance/42"]),
            ("/docs/en/x", &["/en/x", "/x"]),
            ("/en", &["/"]),
            ("/english", &[]),
            ("/x.rsc", &["/x"]),
            ("/x.prefetch.rsc", &["/x", "/x.prefetch"]),
            ("/x.segments/_tree.segment.rsc", &["/x.segments/_tree.segment", "/x", "/x"]),
            ("/_next/data/b1", &[]),
            ("/_next/static/x.js", &[]),
        ] {
            assert_eq!(aliases(&next, path), expected, "{path}");
        }
    }

    #[test]
    fn a_data_route_in_a_data_route() {
        let next = Aliases::new(Some(Stack::Nextjs), &[], &[]);
        let found = aliases(&next, "/_next/data/b1/_next/data/b1/x/balance/42.json.json");
        assert!(found.iter().any(|alias| alias == "/balance/42.json"), "{found:?}");
    }

    #[test]
    fn other_stacks_have_mounts_only() {
        let api = Aliases::new(Some(Stack::Fastapi), &["/api"], &[]);
        assert_eq!(aliases(&api, "/api/internal/x"), ["/internal/x"]);
        assert_eq!(aliases(&api, "/API"), ["/"]);
        assert_eq!(aliases(&api, "/x.rsc"), Vec::<String>::new());
        assert_eq!(aliases(&Aliases::new(Some(Stack::Flask), &[], &[]), "/x"), [] as [&str; 0]);
    }

    #[test]
    fn what_is_beyond_the_bound_is_not_forgotten() {
        let mounts = Aliases::new(None, &["/a"], &[]);
        let next = Aliases::new(Some(Stack::Nextjs), &[], &["de"]);
        for (aliases, path) in [
            (&mounts, "/a".repeat(1_000)),
            (&next, alloc::format!("/de/_next/data{}/balance/42.json", "/x".repeat(70))),
        ] {
            assert_eq!(aliases.of(path.as_bytes(), usize::MAX), Err(TooManyAliases));
        }
        assert_eq!(mounts.of(b"/a/a/xyz", 10), Ok([&b"/a/xyz"[..], b"/xyz"].into()));
        assert_eq!(mounts.of(b"/a/a/xyz", 9), Err(TooManyAliases));
    }
}
