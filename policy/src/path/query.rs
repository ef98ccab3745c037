//! Paths that an origin takes from the query. It asks itself for them, and no gate before it sees
//! that.

use super::plain::before_query;
use super::steps;
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// The parameters with paths for which an origin asks itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct InnerNames {
    /// `url`, of Next.js's image optimizer.
    pub(crate) url: bool,
    /// `href`, of Astro's image endpoint.
    pub(crate) href: bool,
}

impl InnerNames {
    /// Returns `true` if a name is one of these, or a form that bracket-aware parsers take for it
    /// (`url[]`, `url[0]`).
    fn contain(self, name: &[u8]) -> bool {
        let name = name.split(|&byte| byte == b'[').next().unwrap_or(name).trim_ascii();
        (self.url && name.eq_ignore_ascii_case(b"url"))
            || (self.href && name.eq_ignore_ascii_case(b"href"))
    }
}

/// The values of these parameters of a target, decoded once as a form is (WHATWG URL, section 5.1).
///
/// Next.js serves `/_next/image?url=/path` by asking its own server for `/path`, so that the
/// handler of a guarded path runs. Astro's `/_image?href=/path` does so where there is no file
/// system (6.0, `assets/endpoint/generic.js`), with the headers of the request.
///
/// Each value once, and no more than `most` of them.
pub(crate) fn inner_targets(target: &[u8], names: InnerNames, most: usize) -> Vec<Vec<u8>> {
    let query = target.splitn(2, |&byte| byte == b'?').nth(1).unwrap_or_default();
    let mut found: Vec<Vec<u8>> = Vec::new();
    // Next.js parts at `&` only; `;`, `?` and `#` part too for some, so each way is read.
    for ends in [&b"&"[..], b"&;", b"&?#", b"&;?#"] {
        for pair in query.split(|byte| ends.contains(byte)) {
            if found.len() >= most {
                return found;
            }
            let mut parts = pair.splitn(2, |&byte| byte == b'=');
            let name = form_decode(parts.next().unwrap_or_default());
            let value = form_decode(parts.next().unwrap_or_default());
            if names.contain(&name) && !found.contains(&value) {
                found.push(value);
            }
        }
    }
    found
}

/// Returns `true` if the path is that of Next.js's image optimizer, under whatever prefix.
pub(crate) fn is_image_optimizer(path: &[u8]) -> bool {
    ends_in(path, b"/_next/image")
}

/// Returns `true` if the path is that of Astro's image endpoint, under whatever prefix.
pub(crate) fn is_image_endpoint(path: &[u8]) -> bool {
    ends_in(path, b"/_image")
}

fn ends_in(path: &[u8], name: &[u8]) -> bool {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    path.len()
        .checked_sub(name.len())
        .and_then(|start| path.get(start..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(name))
}

/// A parameter by which a query names a handler, and the path at which the origin runs it too.
pub(crate) type QueryName = (&'static [u8], &'static [u8]);

/// Astro runs action `x` for `POST` to any page with `?_action=x`, as it does at `/_actions/x` (6.0,
/// `actions/runtime/server.js`).
pub(crate) const ASTRO: QueryName = (b"_action", b"/_actions/");

/// SvelteKit runs remote function `hash/x` for `POST` to any page with `?/remote=hash/x`, as it does
/// at `/_app/remote/hash/x` (2.70, `runtime/server/remote.js`).
pub(crate) const SVELTEKIT: QueryName = (b"/remote", b"/_app/remote/");

/// WordPress serves its REST API for any path with `?rest_route=/acme/v1/x`, as it does at
/// `/wp-json/acme/v1/x` (`rest-api.php`).
pub(crate) const WORDPRESS: QueryName = (b"rest_route", b"/wp-json");

/// Phalcon's front controller takes the whole path from it (`Mvc\Application`).
pub(crate) const PHALCON: QueryName = (b"_url", b"");

/// ThinkPHP's front controller does (`var_pathinfo`). Others search by it, mostly for no path.
pub(crate) const THINKPHP: QueryName = (b"s", b"");

/// The query itself is the path (`/index.php?/x`), by no name: CodeIgniter (`uri_protocol`).
pub(crate) const CODEIGNITER: QueryName = (b"", b"");

/// The paths of the handlers that a target's query names by these parameters. A value that is a
/// whole path begins with a slash.
///
/// No more than `most`. Allocates only where there is one.
pub(crate) fn actions(target: &[u8], names: &[QueryName], most: usize) -> Vec<Vec<u8>> {
    if names.is_empty() {
        return Vec::new();
    }
    let Some(query) = target.splitn(2, |&byte| byte == b'?').nth(1) else { return Vec::new() };
    let query = query.split(|&byte| byte == b'#').next().unwrap_or(query);
    let whole = query.split(|byte| matches!(byte, b'?' | b'&')).next().filter(|path| {
        names.contains(&CODEIGNITER)
            && (path.starts_with(b"/") || path.starts_with(b"%"))
            && is_script(before_query(target))
    });
    let values = query.split(|&byte| byte == b'&').filter_map(|pair| {
        let mut parts = pair.splitn(2, |&byte| byte == b'=');
        let name = parts.next()?;
        let name = parameter(name);
        let (_, place) = names.iter().find(|(known, _)| !known.is_empty() && name == *known)?;
        let value = form_decode(parts.next().unwrap_or_default());
        let is_path = place.ends_with(b"/") || value.starts_with(b"/");
        is_path.then(|| [place, value.as_slice()].concat())
    });
    whole.map(<[u8]>::to_vec).into_iter().chain(values).take(most).collect()
}

/// The name of a parameter, decoded, and as PHP reads it: PHP drops blanks before a name, ends it at
/// a NUL, and takes a blank, a dot and a bracket that nothing closes for `_`
/// (`php_register_variable_ex`, tried on 8.2). No known name holds what PHP changes.
fn parameter(name: &[u8]) -> Cow<'_, [u8]> {
    // Nearly every name has none of these, and needs no decoding.
    if !name.iter().any(|byte| matches!(byte, b'%' | b'+' | b'.' | b'[' | b' ')) {
        return Cow::Borrowed(name);
    }
    let name = form_decode(name);
    let read = name.iter().skip_while(|byte| **byte == b' ').take_while(|byte| **byte != 0);
    read.map(|byte| if matches!(byte, b' ' | b'.' | b'[') { b'_' } else { *byte }).collect()
}

/// Returns `true` if a path may have the name of a script in it. The root without one is left
/// alone: SvelteKit and others have a name in the query there that begins with a slash.
fn is_script(path: &[u8]) -> bool {
    path.contains(&b'%') || path.windows(4).any(|part| part.eq_ignore_ascii_case(b".php"))
}

fn form_decode(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    steps::decode(&spaced).unwrap_or(spaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn the_values_of_url() {
        let names = InnerNames { url: true, href: false };
        for (target, values) in [
            ("/_next/image?url=/balance/42&w=64", &["/balance/42"][..]),
            ("/_next/image?w=64&url=%2Fbalance%2F42", &["/balance/42"]),
            ("/_next/image?%75rl=/a&URL=/b;url=/c", &["/a", "/b;url=/c", "/b", "/c"]),
            ("/_next/image?url=/balance/;42", &["/balance/;42", "/balance/"]),
            ("/_next/image?url[]=/a&url", &["/a", ""]),
            ("/_next/image?u=/a&curl=/b", &[]),
            ("/_next/image", &[]),
        ] {
            let found: Vec<String> = inner_targets(target.as_bytes(), names, 9)
                .into_iter()
                .map(|v| String::from_utf8(v).unwrap())
                .collect();
            assert_eq!(found, values, "{target}");
        }
    }

    #[test]
    fn the_image_optimizer() {
        for path in ["/_next/image", "/docs/_next/image", "/_NEXT/Image/"] {
            assert!(is_image_optimizer(path.as_bytes()), "{path}");
        }
        for path in ["/_next/images", "/image", "/_next/image/x", ""] {
            assert!(!is_image_optimizer(path.as_bytes()), "{path}");
        }
        assert!(is_image_endpoint(b"/base/_image/"));
        assert!(!is_image_endpoint(b"/x_image"));
    }

    #[test]
    fn only_the_parameters_that_the_origin_has() {
        let of = |url, href| inner_targets(b"/x?url=/a&href=/b", InnerNames { url, href }, 9);
        assert_eq!(of(true, false), [b"/a"]);
        assert_eq!(of(false, true), [b"/b"]);
        assert_eq!(of(false, false), [] as [&[u8]; 0]);
    }

    #[test]
    fn actions_that_a_query_names() {
        for (target, paths) in [
            ("/?_action=like", &["/_actions/like"][..]),
            ("/x?a=b&%5Faction=blog.like#x", &["/_actions/blog.like"]),
            ("/?_action=a&_action=b", &["/_actions/a", "/_actions/b"]),
            ("/?_action=a%2fb", &["/_actions/a/b"]),
            ("/?_actions=a&x_action=b&_Action=c", &[]),
            ("/_action", &[]),
            ("/?rest_route=/acme/v1/x", &["/wp-json/acme/v1/x"]),
            ("/?rest.route=%2Facme", &["/wp-json/acme"]),
            ("/index.php?_url=/x", &["/x"]),
            ("/?s=/a/b", &["/a/b"]),
            ("/?+_url=/a&%20%20s=/b&rest%2Eroute=/c", &["/a", "/b", "/wp-json/c"]),
            ("/?rest[route=/a&rest%5broute=/b&.url=/c", &["/wp-json/a", "/wp-json/b", "/c"]),
            ("/?_url%00x=/a&s%00=/b&%00s=/c&%09s=/d", &["/a", "/b"]),
            ("/?s=report&rest_route=x", &[]),
            ("/index.php?/a/b&c=d", &["/a/b"]),
            ("/index.php?/a?/b", &["/a"]),
            ("/index.php?%2fa", &["%2fa"]),
            ("/index.ph%70?/a", &["/a"]),
            ("/?/a", &[]),
        ] {
            let names = [ASTRO, SVELTEKIT, WORDPRESS, PHALCON, THINKPHP, CODEIGNITER];
            let found: Vec<String> = actions(target.as_bytes(), &names, 9)
                .into_iter()
                .map(|path| String::from_utf8(path).unwrap())
                .collect();
            assert_eq!(found, paths, "{target}");
        }
    }
}
