//! Public targets whose headers, method or host may lead to a guarded handler.

use super::{Lists, tokens};
use crate::origins::Origin;
use crate::probe::Probe;

/// Headers that some server, framework or proxy lets rewrite a path, in the spelling of its author.
const REWRITERS: &[&str] = &[
    "Script-Name",
    "SCRIPT_NAME",
    "Path-Info",
    "PATH_INFO",
    "Request-Uri",
    "REQUEST_URI",
    "RAW_URI",
    "X-Original-URL",
    "X-Original-Uri",
    "X-Rewrite-URL",
    "X-Rewrite-Uri",
    "X-Override-URL",
    "X-Forwarded-Prefix",
    "X-Forwarded-Path",
    "X-Forwarded-Uri",
    "X-Envoy-Original-Path",
    "X-Script-Name",
    "X-Proxy-Url",
    "X-HTTP-DestinationURL",
    "Destination",
    "Location",
    "Content-Location",
    "Referer",
    "X-Invoke-Path",
    "X-Matched-Path",
    "X-Middleware-Rewrite",
    "X-Middleware-Next",
    "X-Nextjs-Rewritten-Path",
    "X-Now-Route-Matches",
    "Next-Url",
    "X-Middleware-Subrequest",
    "X-Forwarded-Host",
    "X-Host",
    "Forwarded",
    "X-Accel-Redirect",
    "X-Sendfile",
    "X-Reproxy-Url",
    "Base-Url",
    "X-Nextjs-Redirect",
    "X-Route",
    "X-Envoy-Decorator-Operation",
    "Http2-Settings",
    ":path",
    "X-Url-Scheme",
    "X-Forwarded-Scheme",
];

/// Headers that switch something on, with their values.
const SWITCHES: &[(&str, &str)] = &[
    ("rsc", "1"),
    ("next-router-prefetch", "1"),
    ("next-router-segment-prefetch", "/_tree"),
    ("next-router-segment-prefetch", "/internal/secret"),
    ("x-nextjs-data", "1"),
    ("next-action", "x"),
    ("x-middleware-prefetch", "1"),
    ("next-resume", "1"),
    ("x-prerender-revalidate", "1"),
    ("x-http-method-override", "GET"),
    ("x-http-method", "POST"),
    ("x-method-override", "PUT"),
    ("upgrade", "websocket"),
    ("connection", "x-internal-token, host"),
    ("connection", "close"),
    ("transfer-encoding", "identity"),
    ("expect", "100-continue"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-real-ip", "127.0.0.1"),
    ("authorization", "Bearer x"),
    ("x-internal-token", ""),
    ("x_internal_token", "x"),
    ("x-internal-token", "x"),
    ("accept-version", "1"),
    ("range", "bytes=0-1"),
    ("content-type", "application/grpc"),
    ("accept-language", "de"),
    ("cookie", "NEXT_LOCALE=de"),
];

/// Values of `Host` that end a path, or begin one, for who glues host and target together.
const HOSTS: &[&str] = &[
    "x?",
    "x#",
    "x/?",
    "x\\",
    "x;",
    "x@y",
    "x:80",
    "x:",
    "x y",
    "x,y",
    "",
    "[::1]",
    "x%2f",
    "x/..",
    "x/../",
    "127.0.0.1",
    "localhost",
    "APP.EXAMPLE",
    "app.example.",
    "x/a/..",
    "\u{e9}",
    "*",
    "x\t",
    ".",
    "..",
    ":",
    ":80",
    "@",
    "-",
];

pub(super) fn probes(origin: &Origin, lists: &Lists, bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    let public = ["/pub", "/items/1", "/", "/public/internal/secret", "/pub/balance/42"];
    let names = REWRITERS.iter().copied().chain(lists.headers.iter().map(String::as_str));
    for name in names {
        for target in public {
            for base in bases {
                found.push(Probe::get(target).with_header(name, base.as_str()));
            }
            let prefix = target.split("/internal").next().unwrap_or(target);
            found.push(Probe::get(target).with_header(name, prefix));
            found
                .push(Probe::get(target).with_header(name, prefix.trim_end_matches("/balance/42")));
        }
    }
    // SCRIPT_NAME is cut from the path: what is left is what runs.
    for base in bases {
        for name in [
            "SCRIPT_NAME",
            "Script-Name",
            "script_name",
            "sCRIPT_nAME",
            "Script.Name",
            "X-Script-Name",
        ] {
            for prefix in ["/public", "/pub", "/v1", "/items", "/x/y", "/%70ub", "/pub/", "pub"] {
                found.push(Probe::get(format!("{prefix}{base}")).with_header(name, prefix));
                let twice = Probe::get(format!("{prefix}{base}")).with_header(name, "");
                found.push(twice.with_header(name, prefix));
            }
        }
        for host in HOSTS {
            found.push(Probe::get(base.as_str()).with_host(tokens::bytes(host)));
            // Without a host, the first segment is taken for one.
            let behind = Probe::get(format!("/x{base}")).with_host(tokens::bytes(host));
            found.push(behind.with_header("X-Forwarded-Host", tokens::bytes(host)));
            found.push(Probe::get(format!("/x{base}")).with_host(tokens::bytes(host)));
            found.push(Probe::get(format!("/x{base}")).with_header("X-Forwarded-Host", *host));
            for before in ["http://.//x", "http://:80/x", "http://:/x", "http://../x", "http:///x"]
            {
                found.push(Probe::get(format!("{before}{base}")).with_host(tokens::bytes(host)));
            }
            let glued = host.replacen('x', &format!("x{base}"), 1);
            for target in ["/pub", "/", "/..", "?x", "/items/1", "//"] {
                found.push(Probe::get(target).with_host(tokens::bytes(&glued)));
            }
        }
        // A server may put such a value before the path again.
        for end in ["?", "#", "", ";", "/", "\\", ":", "@"] {
            for (name, start) in GLUED {
                let value = tokens::bytes(&format!("{start}{base}{end}"));
                found.push(Probe::get("/pub").with_header(*name, value.clone()));
                found.push(Probe::get("/pub").with_header(name.replace('-', "_"), value));
                let back = format!("{start}{}{end}", base.replace('/', "\\"));
                found.push(Probe::get("/items/1?x").with_header(*name, back));
            }
        }
        for (name, value) in SWITCHES {
            found.push(Probe::get(base.as_str()).with_header(*name, *value));
            found.push(Probe::get(base.as_str()).with_method("POST").with_header(*name, *value));
            found.push(Probe::get(format!("{base}/")).with_header(*name, *value));
            found.push(Probe::get(format!("{base}?x")).with_header(*name, *value));
        }
        for method in METHODS {
            found.push(Probe::get(base.as_str()).with_method(method));
            found.push(
                Probe::get("/pub").with_method(method).with_header("X-Original-URL", base.as_str()),
            );
        }
    }
    if origin.is_nextjs() {
        for path in [
            "/balance/[id]",
            "/internal/jobs/[id]/status",
            "/[locale]/balance/[id]",
            "/de/balance/[id]",
        ] {
            for name in REWRITERS {
                found.push(Probe::get("/items/42").with_header(*name, path));
                found.push(Probe::get("/_next/data/b1/items/42.json").with_header(*name, path));
            }
        }
    }
    found
}

/// Headers that name a part of the URL that stands before the path.
const GLUED: &[(&str, &str)] = &[
    ("X-Forwarded-Host", "x"),
    ("X-Forwarded-Host", "x:80"),
    ("X-Forwarded-Host", "x, y"),
    ("X-Original-Host", "x"),
    ("X-Host", "x"),
    ("X-Forwarded-Proto", "http://x"),
    ("X-Forwarded-Proto", "http:"),
    ("X-Forwarded-Proto", "x:"),
    ("X-Forwarded-Proto", "https, http://x"),
    ("X-Forwarded-Port", "80"),
    ("X-Forwarded-Port", ""),
    ("X-Forwarded-Scheme", "http://x"),
];

const METHODS: &[&str] = &[
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY",
    "PURGE", "SEARCH", "get", "Get", "PRI", "M-SEARCH", "LINK", "SOURCE",
];
