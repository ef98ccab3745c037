//! The parts from which targets are put together.

use wicketgate_runtime::http::latin1;

/// Texts that may come before a path.
pub(super) const PREFIXES: &[&str] = &[
    "",
    "/",
    "//",
    "///",
    "/.",
    "/./",
    "/..",
    "/../",
    "/x/..",
    "/x/../",
    "/x/%2e%2e",
    "/%2e%2e",
    "/%2e",
    "/.%2e",
    "/x/.%2E",
    "/x/..;",
    "/x/..;/",
    "/;",
    "/;/",
    "/;x",
    "/.;",
    "/..;",
    "/x;/..",
    "/%2f",
    "/%2F/",
    "/x%2f..",
    "/x%2f%2e%2e",
    "/%5c",
    "/\\",
    "\\",
    "\\\\",
    "/x\\..",
    "/x/..\\",
    "/x%5c..",
    "/x/..%5c",
    "/x/..%2f",
    "/%20",
    "/%09",
    "/%00",
    "/%0a",
    "/%0d%0a",
    " ",
    "\t",
    "/ ",
    "*",
    "*/",
    "x",
    "x/..",
    "?",
    "#",
    ";",
    ":",
    "@",
    "%",
    "//x",
    "//x/",
    "//x\\a",
    "//x@y",
    "//x?",
    "//x#",
    "//x;",
    "//x:80",
    "///x",
    "/\\x",
    "\\\\x",
    "/\\/x",
    "//[::1]",
    "//%2f",
    "//x%2f",
    "http:",
    "http:/",
    "http://",
    "http://x",
    "http:///",
    "http://x:80",
    "http://u@x",
    "http://u:p@x",
    "http://x\\a",
    "http://x?",
    "http://x#",
    "http://x/..",
    "http://x//",
    "http:\\\\x",
    "http:x",
    "HTTP://x",
    "https://x",
    "ws://x",
    "file://",
    "file:",
    "x:",
    "x://",
    "x:y",
    "javascript:",
    "data:",
    "blob:http://x",
    "http://app.example",
    "http://app.example:80",
    "http://app.example/",
    "a/b",
    "http://[::1]",
    "http://x%2f",
    "http://x%5c",
    "http://x\\",
    "http://x\\\\",
    "http:////",
    "/http://x",
    "/http:",
    "/*",
    "/%252e%252e",
    "/x/%252e%252e",
    "/%252f",
    "/x%252f..",
    "/v1",
    "/v1/",
    "/V1",
    "/v1/..",
    "/v1//",
    "/api",
    "/api/",
    "/API",
    "/api/api",
    "/v1/v1",
    "/api/v1",
    "/v1/%2e",
    "/pub/..",
    "/pub/%2e%2e",
    "/pub/..%2f",
    "/pub%2f..",
    "/objects/..",
    "/objects/a/%2e%2e/..",
    "/items/1/..",
    "/items/%2e%2e",
    "/objects/..;",
    "/objects/%252e%252e",
];

/// Texts that may come after it.
pub(super) const SUFFIXES: &[&str] = &[
    "",
    "/",
    "//",
    "/.",
    "/./",
    "/..",
    "/x/..",
    "/%2e",
    "/%2e%2e",
    "/x/%2e%2e",
    "/%2e%2e/%2e%2e/pub",
    "/../../pub",
    "/..%2f..%2fpub",
    "/..;/..;/pub",
    "/..\\..\\pub",
    "/%2e%2e%5cpub",
    "%2f",
    "%2F",
    "%2f%2f",
    "%5c",
    "\\",
    "\\\\",
    "?",
    "??",
    "?x",
    "?x=/pub",
    "?#",
    "#",
    "#x",
    "#/../pub",
    "%23",
    "%23x",
    "%3f",
    "%3F",
    "%3fx",
    "%3f/../pub",
    ";",
    ";x",
    ";x=1",
    ";/",
    ";/..",
    "/;",
    "/;x",
    "/..;",
    "%3b",
    "%3bx",
    ";.css",
    ";.js",
    ".",
    "..",
    ".json",
    ".html",
    ".css",
    ".js",
    ".txt",
    ".rsc",
    ".xml",
    "~",
    "*",
    ",",
    ":",
    "@x",
    "&",
    "&x=1",
    "=",
    "+",
    "%",
    "%2",
    "%zz",
    "%%",
    "%00",
    "%00.css",
    "%0a",
    "%0d",
    "%0A%0A",
    "%0d%0a",
    "%09",
    "%20",
    "%20/",
    " ",
    "\t",
    "\u{b}",
    "%0b",
    "%0c",
    "%1c",
    "%1f",
    "%7f",
    "%85",
    "%a0",
    "%c2%85",
    "%c2%a0",
    "%e2%80%a8",
    "%e3%80%80",
    "%ff",
    "%c0%af",
    "%c0%80",
    "\u{85}",
    "\u{a0}",
    "\u{ff}",
    "%252f",
    "%2523",
    "%253f",
    "%2500",
    "%250a",
    "%u002f",
    "|",
    "\"",
    "'",
    "<",
    "{",
    "}",
    "[",
    "]",
    "^",
    "`",
    "$",
    "!",
    "(",
    ")",
];

/// Texts in place of a separator, or beside one.
pub(super) const SEPARATORS: &[&str] = &[
    "/",
    "//",
    "///",
    "/./",
    "/.//",
    "\\",
    "\\\\",
    "/\\",
    "\\/",
    "%2f",
    "%2F",
    "%5c",
    "%5C",
    "%252f",
    "%255c",
    "/%2e/",
    "/%2E/",
    "/;/",
    ";/",
    "/;x/",
    ";x=1/",
    "/.;/",
    "/..;/",
    "/x/../",
    "/x/%2e%2e/",
    "/x/..;/",
    "/x/.%2e/",
    "/x/%2e./",
    "/x%2f../",
    "/x/..%2f",
    "/x\\..\\",
    "/x/..\\",
    "%2f%2f",
    "/%2f",
    "%2f/",
    "/%20/",
    "/%09/",
    "/\t/",
    "/%0a/",
    "\r/",
    "/\r",
    "\t/",
    "%09/",
    "/ /",
    "%20/",
    "/%00/",
    "%00/",
    "/%3b/",
    "%3b/",
    "/%3bx/",
    "%c0%af",
    "%e2%88%95",
    "%ef%bc%8f",
    "\u{c0}\u{af}",
    "%u2215",
    "%u002f",
    "?/",
    "#/",
    "%3f/",
    "%23/",
    "/*/",
    "/x/y/../../",
    "//x/../",
    "//x//../..//",
    "/..//",
    "/...//",
    "/x/..//",
    "%5c%2f",
    "/%5c/",
    ":/",
    "/:/",
    "@/",
    ",/",
    "%2f.%2f",
    "%2fx%2f..%2f",
    "%252fx%252f..%252f",
];

/// The spellings of one character: escapes in both cases, double, overlong, as `%u`, as a fullwidth
/// letter.
pub(super) fn spellings(byte: u8) -> Vec<Vec<u8>> {
    let wide = u32::from(byte) + 0xFEE0;
    let fullwidth = char::from_u32(wide).map(String::from).unwrap_or_default();
    let escaped: String = fullwidth.bytes().map(|byte| format!("%{byte:02x}")).collect();
    [
        format!("%{byte:02x}"),
        format!("%{byte:02X}"),
        format!("%25{byte:02x}"),
        format!("%25%{:02x}%{:02x}", hex(byte >> 4), hex(byte & 15)),
        format!("%%{:02x}{}", hex(byte >> 4), char::from(hex(byte & 15))),
        format!("%{}%{:02x}", char::from(hex(byte >> 4)), hex(byte & 15)),
        format!("%2525{byte:02x}"),
        format!("%u00{byte:02x}"),
        format!("%u{wide:04x}"),
        format!("%c{:x}%{:02x}", byte >> 6, (byte & 0x3F) | 0x80),
        format!("%e0%{:02x}%{:02x}", 0x80 | (byte >> 6), (byte & 0x3F) | 0x80),
        escaped,
        format!("\\x{byte:02x}"),
        format!("&#x{byte:x};"),
    ]
    .map(String::into_bytes)
    .into_iter()
    .chain([fullwidth.into_bytes(), swapped(byte)])
    .collect()
}

/// Every byte as an escape, in lower case.
pub(super) fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02x}")).collect()
}

fn swapped(byte: u8) -> Vec<u8> {
    let other = if byte.is_ascii_lowercase() {
        byte.to_ascii_uppercase()
    } else {
        byte.to_ascii_lowercase()
    };
    vec![other]
}

fn hex(nibble: u8) -> u8 {
    b"0123456789abcdef".get(usize::from(nibble)).copied().unwrap_or(b'0')
}

/// A line of the kept lists: `\\` and `\xHH` are escapes (see `vectors/README.md`).
pub(crate) fn unescape(line: &str) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let hex = rest.strip_prefix("\\x").and_then(|tail| tail.get(..2));
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            found.push(byte);
            rest = &rest[4..];
            continue;
        }
        if let Some(tail) = rest.strip_prefix("\\\\") {
            found.push(b'\\');
            rest = tail;
            continue;
        }
        found.extend(latin1::encode(&first.to_string()).unwrap_or_default());
        rest = &rest[first.len_utf8()..];
    }
    found
}

/// A text of the lists above as bytes: characters up to U+00FF are one byte each.
pub(super) fn bytes(token: &str) -> Vec<u8> {
    latin1::encode(token).unwrap_or_else(|_| token.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_letter() {
        let found = spellings(b'i');
        for spelling in ["%69", "%2569", "%%369", "%6%39", "%c1%a9", "%ef%bd%89", "I"] {
            assert!(found.contains(&spelling.as_bytes().to_vec()), "{spelling}");
        }
    }

    #[test]
    fn lines_of_the_kept_lists() {
        assert_eq!(unescape("/a\\\\b\\x0a\\x"), b"/a\\b\n\\x");
    }
}
