//! The request's URL, taken apart as text.

/// The parts of a URL, each a piece of it as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Parts<'u> {
    /// `http` or `https`.
    pub scheme: &'u str,
    /// What stands where the authority does.
    pub authority: &'u str,
    /// All the rest: the request target, as raw as the host has it.
    pub target: &'u str,
}

/// Takes a URL apart where `fetch` does when it forwards it. The host pastes the `Host` header in
/// front of the target unchecked, so the authority ends where a URL's does and not where the
/// header does: of `Host: x/pub#` and `/internal` comes `http://x/pub#/internal`, for which an
/// origin is asked for `/pub`.
pub fn split(url: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at_checked(end)?;
    Some(Parts { scheme, authority, target })
}

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
            ("http://x/pub#/internal", "x", "/pub#/internal"),
            ("http://x\\internal?/t", "x", "\\internal?/t"),
            ("http://x?y/t", "x", "?y/t"),
            ("http://u@x/t", "u@x", "/t"),
            ("http://[::1]:80/t", "[::1]:80", "/t"),
        ] {
            assert_eq!(split(url), Some(Parts { scheme: "http", authority, target }), "{url}");
        }
        assert_eq!(split("/internal"), None);
        assert_eq!(split("https://a/b").unwrap().scheme, "https");
    }
}
