//! Further names under which frameworks serve a handler: suffixes, front controllers, data routes,
//! the syntax of the routes themselves.

use super::tokens;
use crate::probe::Probe;

/// Formats and data twins: Django REST framework, Rails, Symfony, React Router, `SvelteKit`, Nuxt,
/// Next.js, what servers have for an index.
pub(super) const SUFFIXES: &[&str] = &[
    ".json",
    ".JSON",
    ".Json",
    ".json/",
    ".json//",
    ";.json",
    ".json;x",
    ".json.json",
    ".json?format=json",
    ".json%20",
    ".json%0a",
    "%2ejson",
    "%2Ejson",
    ".%6ason",
    "/.json",
    ".api",
    ".api/",
    ".html",
    ".html/",
    ".htm",
    ".xml",
    ".xml/",
    ".format",
    ".data",
    ".data/",
    ".DATA",
    "%2edata",
    "/_.data",
    "/_root.data",
    "/.data",
    ".data?_routes=routes/internal.secret",
    ".data?index",
    ".rsc",
    "/.rsc",
    ".manifest",
    "/__data.json",
    "/__data.json?x-sveltekit-invalidated=01",
    "/__data.js",
    "__data.json",
    ".html__data.json",
    "/__route.js",
    "/_payload.json",
    "/_payload.js",
    "/_payload.json?x",
    "/index",
    "/index/",
    "/index.html",
    "/index.htm",
    "/index.php",
    "/index.json",
    "/index.jsp",
    "/index.rsc",
    "/INDEX",
    ".php",
    ".php/",
    ".jsp",
    ".do",
    ".action",
    ".action;x",
    ".csv",
    ".yaml",
    ".txt",
    ".md",
    ".js",
    ".css",
    ".1",
    ".x",
    ".pdf",
    ".atom",
    ".turbo_stream",
    ".any.json",
    "~.json",
    "/new",
    "/edit",
    "/(.)",
    "/default",
    "/_",
    "/-",
];

/// Front controllers and roots of data routes.
pub(super) const PREFIXES: &[&str] = &[
    "/index.php",
    "/INDEX.PHP",
    "/index.php/",
    "/index.php//",
    "/index%2ephp",
    "/index.php;",
    "/index.php/index.php",
    "/app.php",
    "/app_dev.php",
    "/app_test.php",
    "/index_dev.php",
    "/dev.php",
    "/public",
    "/public/index.php",
    "/web/app.php",
    "/web",
    "/index",
    "/index.html",
    "/index.fcgi",
    "/dispatch.fcgi",
    "/dispatch.cgi",
    "/cgi-bin",
    "/app.cgi",
    "/main.py",
    "/wsgi.py",
    "/app.wsgi",
    "/pub/index.php",
    "/items/index.php",
    "/x/index.php",
    "/pub.php",
    "/_next/data/b1",
    "/_next/data/development",
    "/_next",
    "/_nuxt",
    "/_app",
    "/_astro",
    "/_payload.json",
    "/_data",
    "/__data",
    "/__nuxt_island/page",
    "/_actions",
    "/_server-islands",
    "/_image?href=",
    "/_ipx/_",
    "/api",
    "/v1",
    "/v1/index.php",
    "/v2",
    "/en",
    "/de",
    "/app",
    "/main",
    "/servlet",
    "/root",
    "/ROOT",
    "/dispatcher",
    "/rails",
    "/_profiler",
    "/_fragment?_path=",
    "/~",
    "/%7E",
];

/// Marks that a route's source may have before a segment.
pub(super) const MARKS: &[&str] = &[
    "(.)", "(..)", "(..)(..)", "(...)", "(...)(.)", "%28.%29", "(%2e)", "(.", ".)", "(..)(.)", "@",
    "$", ":", "*", "_", "+", "[", "{", "<", "~", "(_)", "(x)", "[x]", "!", "-", "$.", "_.",
];

/// And as a segment of its own.
const SEGMENTS: &[&str] = &[
    "(group)",
    "(x)",
    "@slot",
    "@modal",
    "@children",
    "(.)",
    "(..)",
    "(...)",
    "[id]",
    "[...id]",
    "[[...id]]",
    "[[id]]",
    ":id",
    ":id?",
    "{id}",
    "{id:path}",
    "<id>",
    "<path:id>",
    "$id",
    "$",
    "*",
    "**",
    "*id",
    "_",
    "_index",
    "_layout",
    "+page",
    "+server",
    "+page.server.js",
    "page",
    "route",
    "layout",
    "default",
    "index",
    "_slug",
    "__PAGE__",
    "%5Bid%5D",
    "%28group%29",
    "%40slot",
];

pub(super) fn probes(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    let mut add = |target: String| {
        found.push(Probe::get(tokens::bytes(&target)));
    };
    for base in bases {
        let (path, query) =
            base.split_once('?').map_or((base.as_str(), None), |(path, query)| (path, Some(query)));
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let bare = path.trim_end_matches('/');
        for suffix in SUFFIXES {
            add(format!("{bare}{suffix}{query}"));
            for prefix in PREFIXES {
                add(format!("{prefix}{bare}{suffix}{query}"));
            }
            // An inner segment can be a route of its own.
            for (at, _) in bare.match_indices('/').skip(1) {
                add(format!("{}{suffix}{}{query}", &bare[..at], &bare[at..]));
            }
            if let Some(parent) = bare.rsplit_once('/') {
                add(format!("{}{suffix}?id={}", parent.0, parent.1));
            }
        }
        for prefix in PREFIXES {
            add(format!("{prefix}{base}"));
            add(format!("{prefix}/{base}"));
            for (at, _) in bare.match_indices('/').skip(1) {
                add(format!("{}{prefix}{}{query}", &bare[..at], &bare[at..]));
            }
        }
        for (at, _) in bare.match_indices('/') {
            let (head, tail) = (&bare[..at], &bare[at + 1..]);
            for mark in MARKS {
                add(format!("{head}/{mark}{tail}{query}"));
                for before in ["/pub", "/items/1", "/a", "/a/b", "/internal"] {
                    add(format!("{before}{head}/{mark}{tail}{query}"));
                }
            }
            let rest = tail.split_once('/').map(|(_, rest)| format!("/{rest}")).unwrap_or_default();
            for segment in SEGMENTS {
                add(format!("{head}/{segment}/{tail}{query}"));
                add(format!("{head}/{segment}{rest}{query}"));
                add(format!("{bare}/{segment}{query}"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_twins_are_among_them() {
        let bases = ["/internal/jobs/7".to_owned(), "/account".to_owned()];
        let found = probes(&bases);
        for target in [
            "/account.data",
            "/account/__data.json",
            "/account/_payload.json",
            "/account.JSON",
            "/internal/jobs/7.json/",
            "/internal/jobs/(.)7",
            "/internal/(..)jobs/7",
            "/pub/(...)internal/jobs/7",
            "/items/1/internal/(.)jobs/7",
            "/index.php/internal/jobs/7",
            "/app_dev.php/account",
            "/internal/jobs/[id]",
            "/(group)/account",
            "/internal/@slot/jobs/7",
            "/_next/data/b1/account.json",
        ] {
            assert!(found.contains(&Probe::get(target)), "{target}");
        }
    }
}
