//! Targets that only Next.js serves: data routes, components, locales, the image optimizer.

use super::tokens;
use crate::probe::Probe;
use crate::rng::Rng;

const PREFIXES: &[&str] = &[
    "/_next/data/b1",
    "/_next/data/b1/index",
    "/_next/data/b1/de",
    "/_next/data/b2",
    "/_next/data",
    "/_next/data/b1/_next/data/b1",
    "/_next/data//b1",
    "/_next/data/b1/",
    "/_NEXT/data/b1",
    "/_next/%64ata/b1",
    "/x/../_next/data/b1",
    "/de",
    "/en",
    "/EN",
    "/De",
    "/fr",
    "/en/de",
    "/de/en",
    "/de/_next/data/b1",
    "/de/_next/data/x",
    "/index",
    "/_next",
    "/_next/static",
    "/_next/static/..",
    "/_next/static/chunks/..",
    "/_next/image",
    "/default",
    "/__next",
    "/_error",
    "/404",
    "/api",
    "/app",
    "/pages",
    "/(x)",
    "/@x",
    "/older/..",
    "/older/x/..",
    "/alias/..",
    "/older/%2e%2e",
    "/alias/..%2f",
    "/_next/postponed/resume",
    "/_next/webpack-hmr",
    "/_next/data/b1/older/..",
    "/_next/mcp",
    "/_next/image?w=640&q=75&url=",
    "/_next/image?q=75&w=640&url=/x/..",
    "/_next/image?w=16&q=75&url=/de",
];

const SUFFIXES: &[&str] = &[
    ".json",
    ".rsc",
    ".RSC",
    ".prefetch.rsc",
    ".segment.rsc",
    ".segments/_tree.segment.rsc",
    ".segments/_index.segment.rsc",
    ".segments/_full.segment.rsc",
    ".segments/x/__PAGE__.segment.rsc",
    ".segments/_tree.rsc",
    ".segments",
    ".action",
    ".html",
    ".txt",
    ".body",
    ".meta",
    "/index",
    "/index.json",
    "/index.rsc",
    "/page",
    "/route",
    "/layout",
    "/page.rsc",
    "/_tree",
    "/__PAGE__",
    "/opengraph-image",
    "/icon",
    "/manifest.json",
    "/sitemap.xml",
    "/favicon.ico",
    "?_rsc=1",
    "?__nextLocale=de",
    "?__nextDataReq=1",
    "?__nextDefaultLocale=de",
    "?nxtPid=admin",
    "?id=admin",
    "?nxtIid=1",
    "?__nextInferredLocaleFromDefault=1",
    "?amp=1",
    "?__nextNotFoundSrcPage=/balance/42",
    "?__nextBubbleNoFallback=1",
    "?nextInternalLocale=de",
    "?nextParamid=admin",
    "?dpl=1",
    "?__flight__=1",
    "&w=640&q=75",
    "?w=640&q=75",
    ".json?id=42",
    ".json.json",
    ".rsc.json",
    ".json.rsc",
    ".rsc.rsc",
];

/// Values of the image optimizer's `url`, before the path.
const IMAGE: &[&str] = &[
    "",
    "/x/..",
    "/de",
    "/EN",
    "/_next/data/b1",
    "/_next/data/b1/index",
    "/de/_next/data/b1",
    "/./",
    "/.",
    "\\",
    "/\\",
    "/x\\..",
    "//",
    "/%2e",
    "/%2e%2e",
    "/x/%2e%2e",
    "/;",
    "/\t",
    "\t",
    "%09",
    " ",
    "/_next/..",
    "/_next/image/..",
    "http://app.example",
    "//app.example",
    "/_next/image?w=640%26q=75%26url=",
    "/v1/..",
    "/older/..",
    "/index",
    "/%09",
    "/%0a",
    "%0a",
    "/%00",
    "/x%2f..",
    "/x%252f..",
    "http:",
    "http:/",
];

/// Everything of it around every base.
pub(super) fn probes(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    let mut add = |target: String| found.push(Probe::get(tokens::bytes(&target)));
    for base in bases {
        for prefix in PREFIXES {
            for suffix in SUFFIXES {
                add(format!("{prefix}{base}{suffix}"));
            }
            add(format!("{prefix}{base}"));
        }
        for suffix in SUFFIXES {
            add(format!("{base}{suffix}"));
        }
        for prefix in IMAGE {
            for suffix in tokens::SUFFIXES {
                let inner = format!("{prefix}{base}{suffix}");
                for value in [inner.clone(), escape(&inner), escape(&escape(&inner))] {
                    add(format!("/_next/image?url={value}&w=640&q=75"));
                }
            }
            let value = escape(&format!("{prefix}{base}"));
            for before in ["/de", "/_next/data/b1", "/x/..", "/", "/_next/..", "/index", "/."] {
                add(format!("{before}/_next/image?url={value}&w=640&q=75"));
                add(format!("{before}/_next/image.json?url={value}&w=640&q=75"));
            }
            for query in [
                "w=640&q=75&%75rl=V",
                "url=/x&url=V&w=640&q=75",
                "url[]=V&w=640&q=75",
                "w=640&q=75&url=V#x",
                "w=640;q=75;url=V",
                "w=640&q=75&URL=V",
                "&&url=V&w=640&q=75",
                "a=b?url=V&w=640&q=75",
                "url=V&url=&w=640&q=75",
                "url=V&w=640&q=75&url",
                "url=V&w=16&q=75&x=%zz",
                "+url=V&w=640&q=75",
                "url+=V&w=640&q=75",
                "url=+V&w=640&q=75",
                "%00url=V&w=640&q=75",
                "url=%20V&w=640&q=75",
                "url=V+&w=640&q=75",
                "?url=V&w=640&q=75",
                "url=V&w=640&q=75&dpl=1",
                "url%3D=V&w=640&q=75",
                "url=V%26w=640&w=640&q=75",
                "u%72l=V&w=640&q=75",
                "\u{feff}url=V&w=640&q=75",
            ] {
                add(format!("/_next/image?{}", query.replace('V', &value)));
                add(format!("/_next/image/?{}", query.replace('V', &value)));
            }
        }
    }
    found
}

/// One step that may mean something to Next.js.
pub(super) fn mutate(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    match rng.below(6) {
        0 | 1 => [rng.pick(PREFIXES).as_bytes(), target].concat(),
        2 => [target, rng.pick(SUFFIXES).as_bytes()].concat(),
        3 => {
            // Before the query, where a suffix belongs to the path.
            let end = target.iter().position(|&byte| byte == b'?').unwrap_or(target.len());
            [&target[..end], rng.pick(SUFFIXES).as_bytes(), &target[end..]].concat()
        }
        4 => {
            let start: &[u8] =
                if rng.below(2) == 0 { b"/_next/image?w=640&q=75&url=" } else { b"" };
            let inner = [tokens::bytes(rng.pick(IMAGE)).as_slice(), target].concat();
            let inner = if rng.below(2) == 0 { escape_bytes(&inner) } else { inner };
            [start, &inner].concat()
        }
        _ => {
            let places: Vec<usize> = (0..target.len()).filter(|at| target[*at] == b'/').collect();
            let at = if places.is_empty() { 0 } else { rng.pick(&places) };
            [&target[..at], rng.pick(PREFIXES).as_bytes(), &target[at..]].concat()
        }
    }
}

fn escape(text: &str) -> String {
    String::from_utf8(escape_bytes(text.as_bytes())).unwrap_or_default()
}

fn escape_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::new();
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(byte);
        } else {
            escaped.extend(format!("%{byte:02X}").into_bytes());
        }
    }
    escaped
}
