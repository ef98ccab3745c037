//! Requests and responses as `message.mjs` hands them over: one text, its parts separated by
//! line breaks.
//!
//! No part has a line break, because the platform takes no target and no header with one. If it
//! ever did, the message would have more parts than were counted, and be refused.

use crate::url;
use wicketgate_policy::Header;

/// A request, whose parts are its method, its URL, and the names and values of its headers.
///
/// Names are in lower case, and duplicates are joined by `, `. A byte that is not UTF-8 arrives as
/// U+FFFD. The policy gets its three bytes, and finds a credential with them malformed.
pub fn request(text: &str, parts: usize) -> Option<Vec<Header<'_>>> {
    let parts = split(text, parts)?;
    let [method, url, rest @ ..] = parts.as_slice() else { return None };
    let (given, []) = rest.as_chunks() else { return None };
    let host = given.iter().find(|[name, _]| *name == "host").map(|[_, value]| *value);
    let mut headers = Vec::with_capacity(given.len().saturating_add(4));
    headers.push(header([":method", method]));
    // A URL without parts gives no path, and the policy refuses a request without one.
    if let Some(url::Parts { scheme, authority, target }) = url::split(url, host) {
        headers.extend(
            [[":scheme", scheme], [":authority", authority], [":path", target]].map(header),
        );
    }
    headers.extend(given.iter().copied().map(header));
    Some(headers)
}

/// A response, whose parts are its status, and the names and values of its headers.
pub fn response(text: &str, parts: usize) -> Option<Vec<Header<'_>>> {
    let parts = split(text, parts)?;
    let [status, rest @ ..] = parts.as_slice() else { return None };
    let (given, []) = rest.as_chunks() else { return None };
    let all = std::iter::once([":status", *status]).chain(given.iter().copied());
    Some(all.map(header).collect())
}

fn split(text: &str, count: usize) -> Option<Vec<&str>> {
    let mut parts = Vec::with_capacity(count);
    parts.extend(text.split('\n'));
    (parts.len() == count).then_some(parts)
}

fn header<'m>([name, value]: [&'m str; 2]) -> Header<'m> {
    Header { name: name.as_bytes(), value: value.as_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'m>(headers: &[Header<'m>]) -> Vec<[&'m str; 2]> {
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        headers.iter().map(|header| [text(header.name), text(header.value)]).collect()
    }

    #[test]
    fn the_request_line_becomes_pseudo_headers() {
        let headers = request("GET\nhttp://a/x?y\nhost\na\nx-token\n", 6).unwrap();
        let expected = [
            [":method", "GET"],
            [":scheme", "http"],
            [":authority", "a"],
            [":path", "/x?y"],
            ["host", "a"],
            ["x-token", ""],
        ];
        assert_eq!(texts(&headers), expected);
        let headers = request("GET\nhttp://x/pub#/t\nhost\nx/pub#", 4).unwrap();
        assert_eq!(texts(&headers), [[":method", "GET"], ["host", "x/pub#"]]);
    }

    #[test]
    fn a_line_break_in_a_part_leaves_no_message() {
        let text = "GET\nhttp://a/x\nhost\na\nb\nx-token\nforged";
        for parts in 0..10 {
            // The number of parts is right, but a name has no value.
            assert!(request(text, parts).is_none(), "{parts}");
        }
        assert!(request("GET\nhttp://a/x\nhost\na\nx-token\nforged", 4).is_none());
        assert!(response("200\na\nb\nc\nd", 3).is_none());
        assert!(request("GET", 1).is_none());
        assert_eq!(texts(&response("200\na\nb", 3).unwrap()), [[":status", "200"], ["a", "b"]]);
    }
}
