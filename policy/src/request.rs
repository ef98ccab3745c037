//! A request as the host received it, in bytes.

pub use crate::header::Header;

use crate::choose::is_host;
use crate::header::{folds_into, is_token};
use core::net::IpAddr;

/// The address of the connection's other end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Peer<'r> {
    /// The host has not asked yet: the answer may be [`Demand::Peer`](crate::Demand::Peer).
    NotAsked,
    /// The host asked and was told nothing.
    Unknown,
    /// The address that the host was told, with or without a port.
    Address(&'r [u8]),
}

impl Peer<'_> {
    /// The address; anything that is none is unknown.
    pub(crate) fn address(self) -> Option<IpAddr> {
        match self {
            Self::Address(text) => crate::address::parse_peer(text),
            Self::NotAsked | Self::Unknown => None,
        }
    }
}

/// A request before its decision.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The whole header map in its order, duplicates and pseudo-headers included. The target
    /// (`:path`) is as raw as the host has it.
    pub headers: &'r [Header<'r>],
    /// The other end of the connection.
    pub peer: Peer<'r>,
}

/// The parts of a request that the gate reads in one pass over its headers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Head<'r> {
    pub(crate) method: &'r [u8],
    pub(crate) target: &'r [u8],
    /// The target is given twice, differently: neither is judged.
    pub(crate) two_targets: bool,
    pub(crate) authority: Option<&'r [u8]>,
    pub(crate) scheme: &'r [u8],
    pub(crate) request_id: Option<&'r [u8]>,
    pub(crate) trace: Option<&'r [u8]>,
    pub(crate) user_agent: Option<&'r [u8]>,
    /// The authority is a host and nothing else ([`is_host`]).
    pub(crate) has_host: bool,
    /// An `upgrade` to something other than websocket.
    pub(crate) foreign_upgrade: bool,
    /// The authority is given twice, differently.
    pub(crate) two_authorities: bool,
    /// Some header names a host beside the authority ([`HostHeader`]).
    pub(crate) names_host: bool,
    /// A part before the path of the URL (scheme, host or port) holds a delimiter. An origin that
    /// puts the URL together again takes the text after the delimiter for the path (CVE-2025-31137
    /// in Remix, CVE-2025-64525 in Astro).
    pub(crate) path_before_path: bool,
}

impl<'r> Head<'r> {
    /// Takes in a part of the request line: a header whose name begins with `:`.
    pub(crate) fn line(&mut self, name: &[u8], value: &'r [u8]) {
        match name.len() {
            5 if is_exactly(name, b":path") => {
                self.two_targets |= !self.target.is_empty() && self.target != value;
                self.target = value;
            }
            7 if is_exactly(name, b":method") => self.method = value,
            7 if is_exactly(name, b":scheme") => self.scheme = value,
            10 if is_exactly(name, b":authority") => self.host(value),
            _ => {}
        }
    }

    /// Takes in another header. Only those that [`READ`](crate::header::READ) names matter.
    pub(crate) fn field(&mut self, name: &[u8], value: &'r [u8]) {
        match name.len() {
            4 if is(name, b"host") => self.host(value),
            6 if is(name, b"cf-ray") => _ = self.request_id.get_or_insert(value),
            7 if is(name, b"upgrade") => {
                self.foreign_upgrade |= !value
                    .split(|&byte| byte == b',')
                    .all(|protocol| protocol.trim_ascii().eq_ignore_ascii_case(b"websocket"));
            }
            10 if is(name, b"user-agent") => self.user_agent = Some(value),
            11 if is(name, b"traceparent") => self.trace = Some(value),
            12 if is(name, b"x-request-id") => self.request_id = Some(value),
            6 | 9 | 15..=20 => self.forwarded(name, value),
            _ => {}
        }
    }

    /// Reads the headers in which proxies tell an origin the host of the request, and what else
    /// comes before the path of its URL.
    fn forwarded(&mut self, name: &[u8], value: &'r [u8]) {
        match HostHeader::of(name) {
            Some(HostHeader::List) => {
                self.names_host = true;
                self.before_path(value, true);
            }
            Some(_) => self.names_host = true,
            None if name.len() == 16 && folds_into(name, b"x-forwarded-port") => {
                self.before_path(value, false);
            }
            None if name.len() == 17 && folds_into(name, b"x-forwarded-proto") => {
                self.before_path(value, false);
            }
            None => {}
        }
    }

    /// Without a host, an origin takes the first segment of the path for it: `http://` +
    /// `/x/internal`.
    fn before_path(&mut self, value: &[u8], of_host: bool) {
        self.path_before_path |= !is_host(value)
            && (value.iter().any(|byte| matches!(byte, b'/' | b'\\' | b'?' | b'#'))
                || (of_host && value.trim_ascii().is_empty()));
    }

    fn host(&mut self, value: &'r [u8]) {
        self.two_authorities |= self.authority.is_some_and(|other| other != value);
        self.authority = Some(value);
        self.has_host = is_host(value);
        if !self.has_host {
            self.before_path(value, true);
        }
    }

    /// Returns `true` if the method is a token (RFC 9110, section 5.6.2).
    pub(crate) fn has_method(&self) -> bool {
        !self.method.is_empty()
            && self.method.len() <= 32
            && self.method.iter().all(|&b| is_token(b))
    }

    /// The trace id of a `traceparent` (W3C Trace Context, section 3.2.2).
    pub(crate) fn trace_id(&self) -> Option<&'r [u8]> {
        let mut parts = self.trace?.split(|&byte| byte == b'-');
        let id = parts.nth(1)?;
        (id.len() == 32 && id.iter().all(u8::is_ascii_hexdigit)).then_some(id)
    }
}

/// Returns `true` if a name is this one. The length is known to the compiler, so that it compares
/// words in place of bytes.
fn is_exactly<const N: usize>(name: &[u8], known: &[u8; N]) -> bool {
    name.first_chunk() == Some(known) && name.len() == N
}

/// A header that names a host beside the authority, for origins that believe it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum HostHeader {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-Host` and its like: a host, or one for each proxy.
    List,
    /// `X-Forwarded-Server`. Apache and Traefik write their own name there; Jetty takes it for the
    /// request's host (`ForwardedRequestCustomizer`).
    Server,
}

impl HostHeader {
    /// The kind of a header, `None` for one that names no host.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let is = |known| folds_into(name, known);
        match name.len() {
            9 if is(b"forwarded") => Some(Self::Forwarded),
            18 if is(b"x-forwarded-server") => Some(Self::Server),
            6 if is(b"x-host") => Some(Self::List),
            15 if is(b"x-original-host") => Some(Self::List),
            16 if is(b"x-forwarded-host") => Some(Self::List),
            // PHP applications.
            20 if is(b"x-http-host-override") => Some(Self::List),
            _ => None,
        }
    }

    /// The first host in a header's value that is not the request's own. What can't be read for
    /// sure counts as another host.
    pub(crate) fn other_host(self, value: &[u8], is_own: impl Fn(&[u8]) -> bool) -> Option<&[u8]> {
        match self {
            Self::Forwarded if !value.is_ascii() => Some(value),
            Self::Forwarded => {
                // An origin may not know that a quoted text can hold a comma or a semicolon.
                let parts = value.split(|&byte| matches!(byte, b',' | b';'));
                parts.map(<[u8]>::trim_ascii).find_map(|part| {
                    let host = host_of(part)?;
                    (!is_own(host)).then_some(host)
                })
            }
            Self::List | Self::Server => {
                let mut hosts = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
                hosts.find(|host| !is_own(host))
            }
        }
    }
}

/// The value of a `host` parameter, `None` for a part that names no host. A part that may name one
/// in another form is a host by itself, which no request is for.
fn host_of(part: &[u8]) -> Option<&[u8]> {
    let has_host = |text: &[u8]| text.windows(4).any(|word| word.eq_ignore_ascii_case(b"host"));
    if !has_host(part) {
        return None;
    }
    let Some(at) = part.iter().position(|&byte| byte == b'=') else { return Some(part) };
    let (name, value) = part.split_at(at);
    let value = value.get(1..).unwrap_or_default().trim_ascii();
    if name.trim_ascii().eq_ignore_ascii_case(b"host") {
        // A quoted text with escapes is read in two ways, and is left as it is.
        let inner = value.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
        return Some(inner.unwrap_or(value));
    }
    // An identifier such as `for=_ghost`.
    (has_host(name) || value.contains(&b'=')).then_some(part)
}

/// Returns `true` if a name is this one, in any case. Hosts nearly always hand over lower case.
#[inline]
fn is(name: &[u8], known: &[u8]) -> bool {
    name == known || name.eq_ignore_ascii_case(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name as [`READ`] has it.
    fn name_of(name: &[u8]) -> alloc::string::String {
        let lower = name.to_ascii_lowercase();
        alloc::string::String::from_utf8(lower).unwrap().replace('_', "-")
    }

    fn head<'r>(headers: &[(&'r str, &'r str)]) -> Head<'r> {
        let mut head = Head::default();
        for (name, value) in headers {
            let (name, value) = (name.as_bytes(), value.as_bytes());
            if name.first() == Some(&b':') {
                head.line(name, value);
            } else {
                let before = alloc::format!("{head:?}");
                head.field(name, value);
                let is_named = crate::header::READ.contains(&&*name_of(name));
                assert!(is_named || alloc::format!("{head:?}") == before, "{name:?}");
            }
        }
        head
    }

    #[test]
    fn upgrades() {
        for (value, foreign) in [
            ("websocket", false),
            ("WebSocket", false),
            ("h2c", true),
            ("websocket, h2c", true),
            ("", true),
            ("websocket ,websocket", false),
            ("TLS/1.0", true),
        ] {
            assert_eq!(head(&[("Upgrade", value)]).foreign_upgrade, foreign, "{value}");
        }
        assert!(!head(&[]).foreign_upgrade);
    }

    #[test]
    fn a_target_given_twice_must_be_the_same() {
        assert!(!head(&[(":path", "/a"), (":path", "/a")]).two_targets);
        assert!(head(&[(":path", "/internal/x"), (":path", "/a")]).two_targets);
    }

    #[test]
    fn an_authority_given_twice_must_be_the_same() {
        assert!(!head(&[(":authority", "a"), ("host", "a")]).two_authorities);
        assert!(head(&[(":authority", "a"), ("Host", "b")]).two_authorities);
        assert!(head(&[("host", "a"), ("host", "b")]).two_authorities);
    }

    fn other<'r>(name: &str, value: &'r str) -> Option<&'r str> {
        let own = |host: &[u8]| matches!(host, b"www.example" | b"www.example:443");
        let header = HostHeader::of(name.as_bytes()).unwrap();
        let other = header.other_host(value.as_bytes(), own)?;
        Some(core::str::from_utf8(other).unwrap())
    }

    #[test]
    fn hosts_beside_the_authority() {
        for name in [
            "X_Forwarded_Host",
            "x-host",
            "x-original-host",
            "X_HTTP_Host_Override",
            "X-HTTP-Host-Override",
            "x-forwarded-server",
            "forwarded",
        ] {
            assert!(head(&[(name, "www.example")]).names_host, "{name}");
        }
        assert!(!head(&[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-port", "1")]).names_host);
        for own in ["www.example", "www.example:443", "www.example, www.example:443 ,www.example"] {
            assert_eq!(other("x-forwarded-host", own), None, "{own}");
        }
        for (value, host) in [
            ("b.example", "b.example"),
            ("www.example, b.example", "b.example"),
            ("b.example,www.example", "b.example"),
            ("www.example,", ""),
            ("www.example b.example", "www.example b.example"),
        ] {
            assert_eq!(other("x-forwarded-host", value), Some(host), "{value}");
        }
    }

    #[test]
    fn hosts_in_forwarded() {
        for own in [
            "host=www.example",
            "for=1.2.3.4;Host=www.example;proto=https",
            "for=1.2.3.4; HOST=\"www.example:443\", for=10.0.0.1;host = www.example",
            "for=1.2.3.4",
            "for=_ghost;by=\"_hosted\"",
            "",
        ] {
            assert_eq!(other("forwarded", own), None, "{own}");
        }
        for (value, host) in [
            ("for=1.2.3.4;host=b.example", "b.example"),
            ("host=www.example, host=b.example", "b.example"),
            ("host=www.example;host=\"b.example\"", "b.example"),
            ("for=\"x;host=b.example\"", "b.example\""),
            ("for=\"x,host=www.example\"", "www.example\""),
            ("host=\"ww\\w.example\"", "ww\\w.example"),
            ("host=", ""),
            ("host", "host"),
            ("for=x host=b.example", "for=x host=b.example"),
            ("x-host=b.example", "x-host=b.example"),
            ("ho\u{17f}t=b.example", "ho\u{17f}t=b.example"),
        ] {
            assert_eq!(other("forwarded", value), Some(host), "{value}");
        }
    }

    #[test]
    fn no_path_before_the_path() {
        for (name, value, found) in [
            ("host", "app.example:80", false),
            ("host", "app.example/internal/x?", true),
            (":authority", "app.example\\internal#", true),
            ("X-Forwarded-Host", "app.example:80/internal?", true),
            ("x_forwarded_proto", "http://x/internal?", true),
            ("x-forwarded-proto", "https, http", false),
            ("x-forwarded-port", "80/internal?", true),
            ("x-forwarded-for", "a/b", false),
            ("host", "", true),
            ("x-forwarded-host", " ", true),
            ("x-forwarded-port", "", false),
            ("x-forwarded-path", "/a", false),
        ] {
            assert_eq!(head(&[(name, value)]).path_before_path, found, "{name}: {value}");
        }
    }

    #[test]
    fn methods_are_tokens() {
        for (method, good) in [
            ("GET", true),
            ("PURGE", true),
            ("", false),
            ("GE T", false),
            ("GET\0", false),
            ("É", false),
        ] {
            assert_eq!(head(&[(":method", method)]).has_method(), good, "{method}");
        }
        assert!(!head(&[(":method", &"A".repeat(33))]).has_method());
    }

    #[test]
    fn trace_ids() {
        let id = "0af7651916cd43dd8448eb211c80319c";
        let trace = alloc::format!("00-{id}-b7ad6b7169203331-01");
        assert_eq!(head(&[("traceparent", &trace)]).trace_id(), Some(id.as_bytes()));
        assert_eq!(head(&[("traceparent", "00-xyz-b7-01")]).trace_id(), None);
        assert_eq!(head(&[]).trace_id(), None);
    }
}
