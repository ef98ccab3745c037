//! A request as the host received it, in bytes.

use crate::header::folds_into;
use core::net::IpAddr;

/// A header as the host received it, pseudo-headers included.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header<'r> {
    /// The name, in any case; `:method`, `:path`, `:authority` and `:scheme` for the request line.
    pub name: &'r [u8],
    /// The value, any bytes.
    pub value: &'r [u8],
}

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
    /// An `upgrade` to something other than websocket.
    pub(crate) foreign_upgrade: bool,
    /// The authority is given twice, differently.
    pub(crate) two_authorities: bool,
    /// The host that a header names beside the authority, for origins that believe it.
    pub(crate) forwarded_host: Option<&'r [u8]>,
    /// The host that `x-forwarded-server` names. Apache and Traefik write their own name there; Jetty
    /// takes it for the request's (`ForwardedRequestCustomizer`).
    pub(crate) forwarded_server: Option<&'r [u8]>,
    /// These headers name several hosts, or name one in a form that the gate does not read.
    pub(crate) unclear_host: bool,
    /// A part before the path of the URL (scheme, host or port) holds a delimiter. An origin that
    /// puts the URL together again takes the text after the delimiter for the path (CVE-2025-31137
    /// in Remix, CVE-2025-64525 in Astro).
    pub(crate) path_before_path: bool,
}

impl<'r> Head<'r> {
    /// The names of the headers that [`Self::field`] reads, folded.
    pub(crate) const FIELDS: [&'static str; 14] = [
        "cf-ray",
        "forwarded",
        "host",
        "traceparent",
        "upgrade",
        "user-agent",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-forwarded-server",
        "x-host",
        "x-http-host-override",
        "x-original-host",
        "x-request-id",
    ];

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

    /// Takes in another header. Only those that [`Self::FIELDS`] names matter.
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

    /// Reads the headers in which proxies tell an origin the host of the request.
    fn forwarded(&mut self, name: &[u8], value: &'r [u8]) {
        let is = |known| folds_into(name, known);
        match name.len() {
            9 if is(b"forwarded") => {
                self.unclear_host |=
                    value.to_ascii_lowercase().windows(4).any(|part| part == b"host");
            }
            16 if is(b"x-forwarded-port") => self.before_path(value, false),
            17 if is(b"x-forwarded-proto") => self.before_path(value, false),
            18 if is(b"x-forwarded-server") => self.forwarded_server = Some(value),
            6 if is(b"x-host") => self.host_beside(value),
            15 if is(b"x-original-host") => self.host_beside(value),
            16 if is(b"x-forwarded-host") => self.host_beside(value),
            // PHP applications.
            20 if is(b"x-http-host-override") => self.host_beside(value),
            _ => {}
        }
    }

    /// Takes in a host that a header names beside the authority.
    fn host_beside(&mut self, value: &'r [u8]) {
        self.before_path(value, true);
        self.unclear_host |= self.forwarded_host.is_some_and(|other| other != value);
        self.forwarded_host = Some(value);
    }

    /// Without a host, an origin takes the first segment of the path for it: `http://` +
    /// `/x/internal`.
    fn before_path(&mut self, value: &[u8], is_host: bool) {
        self.path_before_path |=
            value.iter().any(|byte| matches!(byte, b'/' | b'\\' | b'?' | b'#'))
                || (is_host && value.trim_ascii().is_empty());
    }

    fn host(&mut self, value: &'r [u8]) {
        self.two_authorities |= self.authority.is_some_and(|other| other != value);
        self.authority = Some(value);
        self.before_path(value, true);
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

/// Returns `true` if a name is this one, in any case. Hosts nearly always hand over lower case.
#[inline]
fn is(name: &[u8], known: &[u8]) -> bool {
    name == known || name.eq_ignore_ascii_case(known)
}

/// Returns `true` if a byte may stand in a token: a method, a header name.
pub(crate) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head<'r>(headers: &[(&'r str, &'r str)]) -> Head<'r> {
        let mut head = Head::default();
        for (name, value) in headers {
            let (name, value) = (name.as_bytes(), value.as_bytes());
            if name.first() == Some(&b':') {
                head.line(name, value);
            } else {
                head.field(name, value);
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

    #[test]
    fn hosts_beside_the_authority() {
        let named = |headers: &[(&'static str, &'static str)]| {
            let head = head(headers);
            (head.forwarded_host, head.unclear_host)
        };
        assert_eq!(named(&[("X_Forwarded_Host", "b")]), (Some(&b"b"[..]), false));
        assert_eq!(named(&[("x-host", "b"), ("x-original-host", "b")]), (Some(&b"b"[..]), false));
        assert_eq!(named(&[("x-host", "b"), ("x-forwarded-host", "c")]), (Some(&b"c"[..]), true));
        for name in ["X_HTTP_Host_Override", "X-HTTP-Host-Override"] {
            assert_eq!(named(&[(name, "b")]), (Some(&b"b"[..]), false), "{name}");
        }
        assert_eq!(named(&[("forwarded", "for=1.2.3.4;Host=b")]), (None, true));
        assert_eq!(named(&[("forwarded", "for=1.2.3.4")]), (None, false));
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
