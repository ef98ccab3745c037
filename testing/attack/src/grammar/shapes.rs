//! Headers by the shape of their names: those that move a path or name a handler are made of the same
//! few words, so these are put together in every way that a server may fold into one it takes.

use super::tokens;
use crate::probe::Probe;
use crate::rng::Rng;

/// Whose header it says it is.
const OWNERS: &[&str] = &[
    "",
    "x",
    "x-forwarded",
    "x-original",
    "x-rewrite",
    "x-override",
    "x-real",
    "x-proxy",
    "x-envoy",
    "x-envoy-original",
    "x-nginx",
    "x-waf",
    "x-arr",
    "x-ms",
    "x-iis",
    "x-ingress",
    "x-traefik",
    "x-replaced",
    "x-accel",
    "x-litespeed",
    "x-lighttpd",
    "x-apache",
    "x-amz",
    "x-appengine",
    "x-google",
    "x-vercel",
    "x-now",
    "x-netlify",
    "x-nextjs",
    "x-invoke",
    "x-middleware",
    "x-sveltekit",
    "x-nuxt",
    "x-astro",
    "x-remix",
    "x-rails",
    "x-symfony",
    "x-laravel",
    "x-spring",
    "x-servlet",
    "x-script",
    "x-http",
    "x-url",
    "x-route",
    "daphne",
    "hypercorn",
    "granian",
    "uvicorn",
    "gunicorn",
    "uwsgi",
    "wsgi",
    "asgi",
    "cgi",
    "scgi",
    "fcgi",
    "fastcgi",
    "ajp",
    "http",
    "next",
    "forwarded",
    "original",
    "proxy",
    "server",
    "client",
    "internal",
    "context",
    "request",
];

/// The nouns in such names.
const NOUNS: &[&str] = &[
    "root-path",
    "script-name",
    "path",
    "path-info",
    "path-translated",
    "raw-path",
    "original-path",
    "original-url",
    "original-uri",
    "original-host",
    "url",
    "uri",
    "full-url",
    "request-uri",
    "request-url",
    "request-path",
    "raw-uri",
    "raw-url",
    "rewrite",
    "rewrite-url",
    "rewrite-uri",
    "rewrite-path",
    "prefix",
    "path-prefix",
    "base",
    "base-path",
    "base-url",
    "context-path",
    "context",
    "script-url",
    "script-uri",
    "script-filename",
    "document-uri",
    "unencoded-url",
    "destination",
    "destination-url",
    "location",
    "redirect",
    "redirect-url",
    "redirect-path",
    "route",
    "matched-path",
    "invoke-path",
    "replaced-path",
    "forwarded-prefix",
    "forwarded-path",
    "forwarded-uri",
    "action",
    "method",
    "http-method",
    "http-method-override",
    "method-override",
    "request-method",
    "query",
    "query-string",
    "host",
    "sendfile",
    "accel-redirect",
    "endpoint",
    "handler",
    "resource",
    "target",
];

/// Names that some server, framework or proxy is known to take.
pub(super) const KNOWN: &[&str] = &[
    "daphne-root-path",
    "x-script-name",
    "script-name",
    "path-info",
    "x-path-info",
    "x-original-url",
    "x-original-uri",
    "x-original-path",
    "x-rewrite-url",
    "x-rewrite-uri",
    "x-forwarded-prefix",
    "x-forwarded-path",
    "x-forwarded-uri",
    "x-forwarded-root-path",
    "x-root-path",
    "root-path",
    "x-envoy-original-path",
    "x-replaced-path",
    "x-forwarded-scriptname",
    "x-scheme-path",
    "x-real-path",
    "x-request-uri",
    "x-request-path",
    "x-base-path",
    "x-context-path",
    "x-ingress-path",
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
    "next-action",
    "next-url",
    "x-action-forwarded",
    "rsc-action",
    "x-rsc-action",
    "x-sveltekit-action",
    "request-uri",
    "unencoded-url",
];

/// The bytes that a name may hold for its hyphens (RFC 9110, section 5.6.2), and some that none may.
const HYPHENS: &[u8] = b"-_.!#$%&'*+^`|~ ,/@;=\\\"()";

/// `count` of them.
pub(super) fn probes(bases: &[String], count: usize, rng: &mut Rng) -> Vec<Probe> {
    (0..count).map(|_| one(bases, rng)).collect()
}

fn one(bases: &[String], rng: &mut Rng) -> Probe {
    let known = if rng.below(2) == 0 {
        rng.pick(KNOWN).to_owned()
    } else {
        let (owner, noun) = (rng.pick(OWNERS), rng.pick(NOUNS));
        if owner.is_empty() { noun.to_owned() } else { format!("{owner}-{noun}") }
    };
    let name = spelled(&known, rng);
    let base = bases[rng.below(bases.len())].as_str();
    let (target, value) = split(base, rng);
    let value = dressed(&value, rng);
    let mut probe = Probe::get(tokens::bytes(&target));
    if known.contains("method") {
        let method = rng.pick(&["GET", "POST", "PUT", "DELETE", "get", "HEAD", "OPTIONS"]);
        probe = Probe::get(base).with_method(rng.pick(&["GET", "POST", "HEAD", "OPTIONS", "X"]));
        return probe.with_header(name, method);
    }
    if known.contains("action") && rng.below(2) == 0 {
        probe = probe.with_method("POST");
    }
    match rng.below(8) {
        // Twice: a server takes the first, the last or both.
        0 => probe.with_header(name.clone(), "").with_header(name, value),
        1 => probe.with_header(name.clone(), value).with_header(name, "/x"),
        // In two spellings that fold into one.
        2 => {
            let other = spelled(&known, rng);
            probe.with_header(other, "/x").with_header(name, value)
        }
        _ => probe.with_header(name, value),
    }
}

/// A name with its hyphens as something that folds into them, in some case.
pub(super) fn spelled(name: &str, rng: &mut Rng) -> Vec<u8> {
    let hyphen = if rng.below(2) == 0 { b'-' } else { rng.pick(HYPHENS) };
    let first_only = rng.below(4) == 0;
    let mut seen = false;
    let mut bytes: Vec<u8> = name
        .bytes()
        .map(|byte| {
            if byte != b'-' || (first_only && seen) {
                return byte;
            }
            seen = true;
            hyphen
        })
        .collect();
    match rng.below(4) {
        0 => bytes.make_ascii_uppercase(),
        1 => {
            let mut start = true;
            for byte in &mut bytes {
                if start {
                    byte.make_ascii_uppercase();
                }
                start = !byte.is_ascii_alphanumeric();
            }
        }
        _ => {}
    }
    bytes
}

/// A target and a header's value that together may lead to `base`: a prefix that is taken off, a
/// prefix that is put before, all of it in the header.
pub(super) fn split(base: &str, rng: &mut Rng) -> (String, String) {
    let public = ["/pub", "/public", "/items/1", "/objects/a", "/v1", "/x/y", "/", "/nowhere"];
    let before = rng.pick(&public);
    let cuts: Vec<usize> = base.match_indices('/').map(|(at, _)| at).chain([base.len()]).collect();
    let at = rng.pick(&cuts);
    let (head, tail) = base.split_at(at);
    match rng.below(6) {
        0 | 1 => (format!("{}{base}", before.trim_end_matches('/')), before.to_owned()),
        2 => (if tail.is_empty() { "/".to_owned() } else { tail.to_owned() }, head.to_owned()),
        3 => (if head.is_empty() { "/".to_owned() } else { head.to_owned() }, tail.to_owned()),
        4 => (format!("{before}{tail}"), format!("{before}{head}")),
        _ => (before.to_owned(), base.to_owned()),
    }
}

/// A value as it is, or as a part of a URL, escaped, or with something at its ends.
fn dressed(value: &str, rng: &mut Rng) -> Vec<u8> {
    let text = match rng.below(16) {
        0 => format!("{value}/"),
        1 => value.trim_start_matches('/').to_owned(),
        2 => format!("http://app.example{value}"),
        3 => format!("//app.example{value}"),
        4 => value.replace('/', "%2f"),
        5 => format!("{value}?"),
        6 => format!("{value}, /x"),
        7 => format!("/x, {value}"),
        8 => value.to_ascii_uppercase(),
        9 => format!("/x/..{value}"),
        _ => value.to_owned(),
    };
    tokens::bytes(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_split_both_ways() {
        let bases = ["/internal/secret".to_owned()];
        let found = probes(&bases, 200_000, &mut Rng::new(1, "shapes"));
        for (name, target, value) in [
            ("daphne-root-path", "/public/internal/secret", "/public"),
            ("Daphne-Root-Path", "/secret", "/internal"),
            ("x-original-url", "/pub", "/internal/secret"),
        ] {
            assert!(found.contains(&Probe::get(target).with_header(name, value)), "{name}");
        }
    }

    #[test]
    fn spellings_differ_in_hyphens_and_case_only() {
        let mut rng = Rng::new(1, "spelled");
        let names: Vec<_> = (0..2_000).map(|_| spelled("x-script-name", &mut rng)).collect();
        for name in [&b"x!script!name"[..], b"X_SCRIPT_NAME", b"X-Script-Name", b"x.script-name"] {
            assert!(names.contains(&name.to_vec()), "{}", name.escape_ascii());
        }
        for name in names {
            let letters: Vec<u8> = name.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
            assert_eq!(letters.to_ascii_lowercase(), b"xscriptname");
        }
    }
}
