//! Recognises headers that move a request by the shape of their names: a server, a framework or a
//! widely copied snippet takes from them another path, a prefix that it cuts off, another method,
//! or a file.
//!
//! By shape, because each was found under several names, and the next will have another first word.
//! `docs/security.md` lists which server takes which header, with the file.

/// The last word of a name, and the words that may come before it, apart or joined to it
/// (`X-ScriptName`).
const ENDS: [(&[&str], &[&str]); 13] = [
    // `Daphne-Root-Path`; `X-Original-URL` and `X-Rewrite-URL` of IIS, Symfony and Laminas;
    // `X-WAWS-Unencoded-URL` of Azure; `X-Matched-Path` of Next.js; `X-Replaced-Path` of Traefik.
    (
        &["path", "pathname", "uri", "url"],
        &[
            "base",
            "context",
            "forwarded",
            "ingress",
            "invoke",
            "matched",
            "mount",
            "orig",
            "original",
            "override",
            "proxied",
            "proxy",
            "raw",
            "real",
            "replaced",
            "request",
            "rewrite",
            "rewritten",
            "root",
            "script",
            "servlet",
            "stripped",
            "unencoded",
        ],
    ),
    // `X-Forwarded-Prefix`: werkzeug's ProxyFix, Spring's ForwardedHeaderFilter, ASP.NET Core.
    (
        &["prefix"],
        &[
            "app",
            "application",
            "base",
            "context",
            "external",
            "forwarded",
            "ingress",
            "mount",
            "original",
            "path",
            "proxied",
            "proxy",
            "root",
            "route",
            "script",
            "service",
            "strip",
            "stripped",
            "uri",
            "url",
            "x",
        ],
    ),
    // `X-Forwarded-Context`: Apache Knox writes it, NiFi takes it.
    (&["context"], &["forwarded"]),
    // `SCRIPT_NAME`: gunicorn's `forwarder_headers`; `X-Script-Name`: the snippet for Flask.
    (&["filename", "name"], &["script"]),
    (&["base", "info", "override", "translated"], &["path"]),
    (&["override"], &["method", "uri", "url", "verb"]),
    // `X-HTTP-Method`, and what reverse proxies tell an authorization service; `X-Tunneled-Method` of
    // Catalyst and Plack. `Access-Control-Request-Method` is CORS's.
    (
        &["method", "verb"],
        &["forwarded", "http", "original", "override", "real", "rest", "tunneled"],
    ),
    (&["pathbase"], &["aspnetcore", "forwarded", "original", "x"]),
    // WebSphere and those who took it over.
    (&["proxycontextpath"], &["x"]),
    (&["point"], &["mount"]),
    // `X-Vhm-Root`: Pyramid's traversal puts it before the path, whoever sent it; repoze.vhm takes
    // a path from `X-Vhm-Host` too.
    (&["root"], &["app", "application", "document", "url", "vhm", "virtual", "web"]),
    (&["host"], &["vhm"]),
    (&["methodoverride"], &["http", "x"]),
];

/// The first words of names that a framework keeps for itself.
const STARTS: [&[&str]; 8] = [
    // Rack::Sendfile: which of the proxy's internal places answers (CVE-2025-61780).
    &["x", "accel"],
    &["x", "sendfile"],
    // Astro's adapters: the path, the locals, and the secret that admits both.
    &["x", "astro"],
    // Next.js: its router's hand-over to the renderer, and what its middleware has decided
    // (CVE-2025-29927).
    &["x", "invoke"],
    &["x", "middleware"],
    &["x", "nitro"],
    &["x", "rewrite"],
    &["uwsgi"],
];

/// Headers that Next.js's own client sends, and that move nothing; and those that Wicket's sends
/// with each of its requests, to tell on which page it is.
const KEPT: [&[u8]; 3] = [b"x-middleware-prefetch", b"x-middleware-cache", b"wicket-ajax-baseurl"];

/// Returns `true` if a header of this name, as a client wrote it, can move a request.
pub(crate) fn moves(name: &[u8]) -> bool {
    (may_end(name) && ends(name) || may_start(name) && starts(name))
        && !KEPT.iter().any(|kept| super::folds_into(name, kept))
}

/// The last four letters of names that [`ENDS`] recognises.
mod end {
    pub(super) const ATED: u32 = u32::from_le_bytes(*b"ated");
    pub(super) const BASE: u32 = u32::from_le_bytes(*b"base");
    pub(super) const EFIX: u32 = u32::from_le_bytes(*b"efix");
    pub(super) const HOST: u32 = u32::from_le_bytes(*b"host");
    pub(super) const INFO: u32 = u32::from_le_bytes(*b"info");
    pub(super) const NAME: u32 = u32::from_le_bytes(*b"name");
    pub(super) const OINT: u32 = u32::from_le_bytes(*b"oint");
    pub(super) const PATH: u32 = u32::from_le_bytes(*b"path");
    pub(super) const RIDE: u32 = u32::from_le_bytes(*b"ride");
    pub(super) const ROOT: u32 = u32::from_le_bytes(*b"root");
    pub(super) const TEXT: u32 = u32::from_le_bytes(*b"text");
    pub(super) const THOD: u32 = u32::from_le_bytes(*b"thod");
    pub(super) const VERB: u32 = u32::from_le_bytes(*b"verb");
    /// The last three.
    pub(super) const URI: u32 = u32::from_le_bytes(*b"uri\0");
    pub(super) const URL: u32 = u32::from_le_bytes(*b"url\0");
}

/// The first three letters of the second words after `x` in [`STARTS`].
mod start {
    pub(super) const ACC: u32 = u32::from_le_bytes(*b"acc\0");
    pub(super) const AST: u32 = u32::from_le_bytes(*b"ast\0");
    pub(super) const INV: u32 = u32::from_le_bytes(*b"inv\0");
    pub(super) const MID: u32 = u32::from_le_bytes(*b"mid\0");
    pub(super) const NIT: u32 = u32::from_le_bytes(*b"nit\0");
    pub(super) const REW: u32 = u32::from_le_bytes(*b"rew\0");
    pub(super) const SEN: u32 = u32::from_le_bytes(*b"sen\0");
}

/// For each last byte, which bytes stand before it in the names that [`may_end`] lets through, by
/// their lower five bits, which are the same for a capital letter.
const LASTS: [u32; 256] = {
    let mut lasts = [0; 256];
    let mut byte = 0;
    while byte < lasts.len() {
        let end = (byte as u8).to_ascii_lowercase();
        let befores: &[u8] = match end {
            b'd' => b"eo",
            b'e' => b"smd",
            b'x' => b"i",
            b't' => b"snox",
            b'o' => b"f",
            b'h' => b"t",
            b'b' => b"r",
            b'i' | b'l' => b"r",
            _ => b"",
        };
        #[expect(clippy::indexing_slicing, reason = "below the length")]
        let to = &mut lasts[byte];
        *to = if end.is_ascii_alphanumeric() { bits(befores) } else { u32::MAX };
        byte += 1;
    }
    lasts
};

/// A bit for the lower five of each byte.
const fn bits(mut bytes: &[u8]) -> u32 {
    let mut bits = 0;
    while let [byte, rest @ ..] = bytes {
        bits |= 1 << (*byte & 31);
        bytes = rest;
    }
    bits
}

/// Returns `true` if a name begins or ends as one that moves a request: hardly any other does.
#[inline]
pub(super) fn may_move(name: &[u8]) -> bool {
    may_end(name) || may_start(name)
}

/// Returns `true` if a name ends as some last word does: nearly all names end here.
#[inline]
fn may_end(name: &[u8]) -> bool {
    let Some(last) = name.last_chunk::<4>() else { return false };
    // Every request has these.
    if name.len() == 4 || name.first() == Some(&b':') {
        return false;
    }
    // Nearly all names end here: one load and one shift.
    let [_, _, before, end] = *last;
    let befores = LASTS.get(usize::from(end)).copied().unwrap_or_default();
    if befores >> (before & 31) & 1 == 0 {
        return false;
    }
    // Of a letter this makes the small one. What it makes of another byte is looked at again.
    let lower = u32::from_le_bytes(*last) | 0x2020_2020;
    // Compared as numbers, of which the compiler makes a search: four comparisons for most names.
    let is_end = match lower {
        end::ATED | end::BASE | end::EFIX | end::HOST | end::INFO | end::NAME | end::OINT => true,
        end::PATH | end::RIDE | end::ROOT | end::TEXT | end::THOD | end::VERB => true,
        _ => matches!(lower >> 8, end::URI | end::URL),
    };
    // Punctuation at the end: nobody's name, so nothing is lost by looking.
    is_end || !name.last().is_some_and(u8::is_ascii_alphanumeric)
}

fn ends(name: &[u8]) -> bool {
    let mut words = words(name.rsplit(is_between));
    let Some(last) = words.next() else { return false };
    let before = words.next().unwrap_or_default();
    ENDS.iter().any(|(lasts, befores)| {
        lasts.iter().any(|known| {
            let Some(start) = last.len().checked_sub(known.len()) else { return false };
            let Some((head, tail)) = last.split_at_checked(start) else { return false };
            is(tail, known) && is_one(if head.is_empty() { before } else { head }, befores)
        })
    })
}

/// Returns `true` if a name begins as some first words do.
#[inline]
fn may_start(name: &[u8]) -> bool {
    match name {
        [b'x' | b'X', _, a, b, c, ..] => {
            let lower = u32::from_le_bytes([*a, *b, *c, 0]) | 0x0020_2020;
            matches!(
                lower,
                start::ACC
                    | start::AST
                    | start::INV
                    | start::MID
                    | start::NIT
                    | start::REW
                    | start::SEN
            )
        }
        [b'u' | b'U', b'w' | b'W', ..] => true,
        // Punctuation first: Passenger trusts names with `!~` before them.
        [first, ..] => !first.is_ascii_alphanumeric() && *first != b':',
        [] => false,
    }
}

fn starts(name: &[u8]) -> bool {
    if !name.first().is_some_and(u8::is_ascii_alphanumeric) {
        return name.get(1).is_some_and(|second| !second.is_ascii_alphanumeric());
    }
    let is_start = |start: &&[&str]| {
        let mut words = words(name.split(is_between));
        start.iter().all(|word| words.next().is_some_and(|other| is(other, word)))
            && (words.next().is_some() || start.ends_with(&["sendfile"]))
    };
    STARTS.iter().any(is_start)
}

fn is_between(byte: &u8) -> bool {
    !byte.is_ascii_alphanumeric() && *byte != b':'
}

fn words<'n>(parts: impl Iterator<Item = &'n [u8]>) -> impl Iterator<Item = &'n [u8]> {
    parts.filter(|part| !part.is_empty())
}

fn is_one(word: &[u8], known: &[&str]) -> bool {
    known.iter().any(|known| is(word, known))
}

fn is(word: &[u8], known: &str) -> bool {
    word.eq_ignore_ascii_case(known.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn every_last_word_is_let_through_in_any_case() {
        for last in ENDS.iter().flat_map(|(lasts, _)| *lasts) {
            for name in [format!("x-{last}"), format!("X-{}", last.to_ascii_uppercase())] {
                assert!(may_end(name.as_bytes()), "{name}");
            }
        }
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_alphanumeric()) {
            assert!(may_end(&[b'x', b'-', b'a', b'b', byte]), "{byte}");
        }
    }

    #[test]
    fn what_moves_a_request() {
        for name in [
            "Daphne-Root-Path",
            "daphne_root_path",
            "Daphne!Root!Path",
            "X-Root-Path",
            "SCRIPT_NAME",
            "X-Script-Name",
            "HTTP_SCRIPT_NAME",
            "X.Script.Name",
            "X-Forwarded-Script-Name",
            "Path-Info",
            "X-Path-Info",
            "PATH_TRANSLATED",
            "X-Original-URL",
            "X-Original-URI",
            "X-Original-Path",
            "X-MS-Original-URL",
            "X-Envoy-Original-Path",
            "X-Rewrite-URL",
            "X-Rewrite-Path",
            "X-Rewritten-URI",
            "X-Forwarded-Prefix",
            "X-Forwarded-Path",
            "X-Forwarded-Uri",
            "X-Forwarded-PathBase",
            "X-Original-Prefix",
            "X-Stripped-Prefix",
            "X-WAWS-Unencoded-URL",
            "UNENCODED_URL",
            "Request-URI",
            "X-Request-Path",
            "X-HTTP-Path-Override",
            "X-HTTP-Method-Override",
            "X-Method-Override",
            "X-HTTP-Method",
            "X-Forwarded-Method",
            "X-Matched-Path",
            "X-Replaced-Path",
            "X-Ingress-Path",
            "X-ProxyContextPath",
            "X-Vhm-Root",
            "X_VHM_HOST",
            "X-Invoke-Path",
            "X-Invoke-Status",
            "x-middleware-rewrite",
            "x-middleware-request-x-user-id",
            "X-Accel-Mapping",
            "X-Accel-Redirect",
            "X-Sendfile-Type",
            "X-Sendfile",
            "x-astro-path",
            "x-astro-locals",
            "x-nitro-prerender",
            "X-Rewrite-Target",
            "UWSGI_FILE",
            "!~Passenger-App-Root",
            "X--Original--URL",
            "X-Original-URL-",
            "X-OriginalURL",
            "X_ScriptName",
            "PathInfo",
            "PathBase",
            "X-ContextPath",
            "X-RewriteURL",
            "X-Orig-Uri",
            "X-Real-URI",
            "X-Proxy-Path",
            "X-Script-Prefix",
            "X-Forwarded-Context",
            "X-Tunneled-Method",
            "X-HTTP-Verb",
            "X-Verb-Override",
            "X-Relative-Url-Root",
        ] {
            assert!(moves(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn real_names_stay() {
        let names = include_str!("lawful.txt").split_ascii_whitespace();
        assert!(names.clone().count() >= 300);
        for name in names {
            for name in [name.into(), name.to_ascii_uppercase(), name.replace('-', "_")] {
                assert!(!moves(name.as_bytes()), "{name}");
            }
        }
        for name in [":path", ":method", ":authority", ":scheme", "", "x", "url", "-", "x-"] {
            assert!(!moves(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn no_last_word_is_filtered_out() {
        for (lasts, befores) in ENDS {
            for name in lasts.iter().flat_map(|last| befores.iter().map(move |b| (b, last))) {
                let name = format!("{}-{}", name.0, name.1);
                assert!(may_end(name.as_bytes()) && moves(name.as_bytes()), "{name}");
            }
        }
        for start in STARTS {
            assert!(may_start(start.join("-").as_bytes()), "{start:?}");
        }
    }
}
