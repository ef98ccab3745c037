//! Paths that run a handler without naming it: the body, a hash or an encrypted value names it.

use super::Families;
use super::text::strip_ignoring_case;
use crate::stack::Stack;

/// Returns `true` if a path could run any handler.
///
/// - SvelteKit's remote functions, `/_app/remote/<hash>/<name>`: the hash is that of a file;
/// - Nuxt's islands, `/__nuxt_island/<name>_<hash>.json`: a component is rendered for the page in
///   the query;
/// - Astro's server islands, `/_server-islands/<name>`: a part of whatever page holds it;
/// - Symfony's fragments, `/_fragment?_path=`: a controller that the query names;
/// - server functions of frameworks that no stack names: SolidStart's `/_server` (1.3: a header or
///   the query names the function), TanStack Start's `/_serverFn/<id>` (1.131).
pub(super) fn names_any(families: Families, path: &[u8]) -> bool {
    let names = [
        (families.is(Stack::Sveltekit), &b"_app/remote/"[..]),
        (families.is(Stack::Nuxt), b"__nuxt_island/"),
        (families.is(Stack::Astro), b"_server-islands/"),
        (families.is(Stack::Symfony), b"_fragment"),
        (families.unnamed, b"_server"),
        (families.unnamed, b"_serverfn/"),
    ];
    if path.first() != Some(&b'/') {
        return false;
    }
    // Any prefix may come before it.
    let mut segments = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    segments.any(|(slash, _)| {
        let Some(rest @ [b'_', ..]) = path.get(slash + 1..) else { return false };
        names.iter().any(|(has, name)| {
            *has && strip_ignoring_case(rest, name)
                .is_some_and(|tail| name.ends_with(b"/") || matches!(tail, [] | [b'/']))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_that_the_path_does_not_tell() {
        let cases = [
            (Stack::Sveltekit, "/_app/remote/1c2ab/getPosts"),
            (Stack::Sveltekit, "/docs/_APP/remote/1c2ab/x"),
            (Stack::Nuxt, "/__nuxt_island/Card_x1.json"),
            (Stack::Astro, "/base/_server-islands/Avatar"),
            (Stack::Symfony, "/_fragment"),
        ];
        for (stack, path) in cases {
            for named in [Some(stack), None] {
                assert!(names_any(Families::of(named), path.as_bytes()), "{path}");
            }
            assert!(!names_any(Families::of(Some(Stack::Express)), path.as_bytes()), "{path}");
        }
        for path in ["/_server", "/base/_server/", "/_serverFn/src_x--f"] {
            assert!(names_any(Families::of(None), path.as_bytes()), "{path}");
            assert!(!names_any(Families::of(Some(Stack::Nuxt)), path.as_bytes()), "{path}");
        }
        for path in [
            "/",
            "/_servers",
            "/_app/immutable/x.js",
            "/_app/remotes",
            "/_fragments",
            "/x_fragment",
        ] {
            assert!(!names_any(Families::of(None), path.as_bytes()), "{path}");
        }
    }
}
