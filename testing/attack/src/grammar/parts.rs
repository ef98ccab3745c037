//! The parts around a path: punctuation at the ends of its segments, absolute forms and their
//! hosts, queries that name a handler or a method.

use super::tokens;
use crate::probe::Probe;

/// Every byte of ASCII punctuation, and the blanks.
fn marks() -> impl Iterator<Item = u8> {
    (b' '..=b'~')
        .filter(|byte| !byte.is_ascii_alphanumeric())
        .chain([b'\t', b'\r', 0x0B, 0x0C, 0x7F])
}

/// Every punctuation byte, raw, escaped and twice, at the start and the end of every segment, as one
/// between two, before everything and behind it.
pub(super) fn punctuation(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    for base in bases {
        let bytes = base.as_bytes();
        let mut places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'/').collect();
        places.extend(places.clone().into_iter().map(|at| at + 1));
        places.push(bytes.len());
        places.sort_unstable();
        places.dedup();
        for byte in marks() {
            let forms = [
                vec![byte],
                format!("%{byte:02x}").into_bytes(),
                format!("%25{byte:02x}").into_bytes(),
                vec![byte, byte],
                vec![b'/', byte],
                vec![byte, b'/'],
                format!("%{byte:02X}/").into_bytes(),
                format!("{}x", char::from(byte)).into_bytes(),
                format!("x{}", char::from(byte)).into_bytes(),
            ];
            for form in forms {
                for &at in &places {
                    let (head, tail) = bytes.split_at(at);
                    found.push(Probe::get([head, &form, tail].concat()));
                }
                // At all of them.
                let all = base.replace('/', &format!("/{}", char::from(byte)));
                found.push(Probe::get(tokens::bytes(&all)));
            }
        }
    }
    found
}

/// Texts in place of a scheme.
const SCHEMES: &[&str] = &[
    "http:",
    "https:",
    "HTTP:",
    "ws:",
    "wss:",
    "ftp:",
    "file:",
    "x:",
    "h2:",
    "http%3a",
    "h\tttp:",
    " http:",
    "",
    "data:",
    "app.example:",
    "localhost:",
];

/// Texts between the scheme and a host.
const SLASHES: &[&str] =
    &["", "/", "//", "///", "\\", "\\\\", "/\\", "\\/", "/%2f", "%2f%2f", "/./", "/;/", "/\t/"];

/// Hosts that are not the request's own, and that.
pub(super) const AUTHORITIES: &[&str] = &[
    "",
    "x",
    "app.example",
    "app.example:80",
    "APP.EXAMPLE",
    "app.example.",
    "admin.example",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "app.example@x",
    "x@app.example",
    "u:p@x",
    "@",
    ":",
    ":80",
    "x:",
    "x:99999",
    "x\\app.example",
    "app.example\\",
    "app.example%2f",
    "app.example;",
    "app.example,x",
    "%61pp.example",
    "x%00",
    "..",
    ".",
    "*",
    "internal",
];

/// Absolute forms with two slashes, one and none, that name any host.
pub(super) fn absolute(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    for base in bases {
        for scheme in SCHEMES {
            for slashes in SLASHES {
                for authority in AUTHORITIES {
                    let target = format!("{scheme}{slashes}{authority}{base}");
                    found.push(Probe::get(tokens::bytes(&target)));
                    // Behind a first segment, where what is before it is dropped.
                    let target = format!("/{scheme}{slashes}{authority}{base}");
                    found.push(Probe::get(tokens::bytes(&target)));
                }
                let bare = base.trim_start_matches('/');
                found.push(Probe::get(tokens::bytes(&format!("{scheme}{slashes}{bare}"))));
            }
        }
        for authority in AUTHORITIES {
            let target = format!("//{authority}{base}");
            found.push(Probe::get(tokens::bytes(&target)).with_host(tokens::bytes(authority)));
            found.push(Probe::get(base.as_str()).with_host(tokens::bytes(authority)));
        }
    }
    found
}

/// Parameters that name a handler, a path or a method.
const NAMES: &[&str] = &[
    "_method",
    "_METHOD",
    "_Method",
    "%5fmethod",
    "_method[]",
    ".method",
    "method",
    "X-HTTP-Method-Override",
    "_action",
    "_data",
    "_routes",
    "_path",
    "_url",
    "_route",
    "_controller",
    "_format",
    "_rsc",
    "_loader",
    "action",
    "path",
    "url",
    "uri",
    "r",
    "s",
    "q",
    "p",
    "route",
    "page",
    "controller",
    "do",
    "cmd",
    "target",
    "next",
    "to",
    "redirect",
    "file",
    "view",
    "handler",
    "PATH_INFO",
    "REQUEST_URI",
    "SCRIPT_NAME",
    "__path",
    "__nextDataReq",
    "x-sveltekit-invalidated",
    "__proto__[url]",
    "format",
    "_escaped_fragment_",
    "href",
    "src",
];

/// Queries of public targets that name what is guarded, and of guarded ones that name a method.
pub(super) fn queries(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    for base in bases {
        let bare = base.trim_start_matches('/');
        let dotted = bare.replace('/', ".");
        let routes = format!("routes/{dotted}");
        let values =
            [base.as_str(), bare, &dotted, &routes, &base.replace('/', "%2F")].map(str::to_owned);
        for page in ["/", "/pub", "/items/1", "/index.php", "/_data", "/nowhere"] {
            for value in &values {
                for name in NAMES {
                    let target = format!("{page}?{name}={value}");
                    found.push(Probe::get(target.as_str()));
                    found.push(Probe::get(target).with_method("POST"));
                }
                for target in [
                    format!("{page}?{value}"),
                    format!("{page}?/{bare}"),
                    format!("{page}?x&{value}=&y"),
                    format!("{page}?{value}=1"),
                    format!("{page}?#{value}"),
                ] {
                    found.push(Probe::get(target.as_str()));
                    found.push(Probe::get(target).with_method("POST"));
                }
            }
        }
        for name in NAMES {
            for method in ["GET", "get", "POST", "PUT", "DELETE", "HEAD", "%47ET", ""] {
                for sent in ["GET", "POST"] {
                    found.push(Probe::get(format!("{base}?{name}={method}")).with_method(sent));
                }
            }
        }
        for query in [
            "?/",
            "?/default",
            "?/action",
            "?/create",
            "?format=json",
            "?index",
            "?_data",
            "?_rsc=1",
        ] {
            for sent in ["GET", "POST"] {
                found.push(Probe::get(format!("{base}{query}")).with_method(sent));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ones_are_among_them() {
        let bases = ["/internal/x".to_owned()];
        let has = |found: Vec<Probe>, target: &str| found.contains(&Probe::get(target));
        for target in
            ["/~internal/x", "/internal!/x", "/internal/x%22", "/internal/*/x", "*/internal/x"]
        {
            assert!(has(punctuation(&bases), target), "{target}");
        }
        for target in [
            "http:/internal/x",
            "http:internal/x",
            "//admin.example/internal/x",
            "http:/admin.example/internal/x",
            "/http://x/internal/x",
        ] {
            assert!(has(absolute(&bases), target), "{target}");
        }
        for target in ["/?/internal/x", "/pub?_data=routes/internal.x", "/internal/x?_method=POST"]
        {
            assert!(has(queries(&bases), target), "{target}");
        }
    }
}
