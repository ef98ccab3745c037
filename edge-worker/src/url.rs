//! Splits the request's URL, as text.

/// The parts of a URL, each a piece of it as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Parts<'u> {
    /// `http` or `https`.
    pub scheme: &'u str,
    /// The authority.
    pub authority: &'u str,
    /// The rest: the request target, as raw as the host has it.
    pub target: &'u str,
}

/// Splits a URL where `fetch` splits it when it forwards the request.
///
/// The platform puts the `Host` header in front of the target unchecked. `Host: x/pub#` and
/// `/internal` become `http://x/pub#/internal`, for which the origin would be asked for `/pub`.
/// Such a URL has no parts, because the client decided where its target begins.
pub fn split<'u>(url: &'u str, host: Option<&str>) -> Option<Parts<'u>> {
    if host.is_some_and(|host| host.contains(ENDS_AUTHORITY)) {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(ENDS_AUTHORITY).unwrap_or(rest.len());
    let (authority, target) = rest.split_at_checked(end)?;
    Some(Parts { scheme, authority, target })
}

/// The characters that end an authority, for a browser's URL parser and for `fetch`.
const ENDS_AUTHORITY: [char; 4] = ['/', '\\', '?', '#'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_normalised() {
        for (url, authority, target) in [
            ("http://app.example/a/../b", "app.example", "/a/../b"),
            ("http://app.example/x/%2e%2e/y?z=://", "app.example", "/x/%2e%2e/y?z=://"),
            ("http://app.example:80//a\\..\\b", "app.example:80", "//a\\..\\b"),
            ("http://app.example", "app.example", ""),
            ("http://app.example*", "app.example*", ""),
            ("http://x\\internal?/t", "x", "\\internal?/t"),
            ("http://u@x/t", "u@x", "/t"),
            ("http://[::1]:80/t", "[::1]:80", "/t"),
        ] {
            assert_eq!(
                split(url, Some(authority)),
                Some(Parts { scheme: "http", authority, target }),
                "{url}"
            );
        }
        assert_eq!(split("/internal", None), None);
        assert_eq!(split("https://a/b", None).unwrap().scheme, "https");
    }

    #[test]
    fn a_host_that_moves_the_target_leaves_none() {
        for host in ["x/pub#", "x/internal?", "x\\internal\\a?", "x#", "x?y", "/"] {
            assert_eq!(split(&format!("http://{host}/t"), Some(host)), None, "{host}");
        }
    }
}
