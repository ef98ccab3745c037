//! One request of the attack, in exact bytes.

use std::fmt::Write as _;
use std::net::SocketAddr;

use serde_json::{Value, json};
use wicketgate_runtime::http::latin1;

/// A request without credentials.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Probe {
    /// The method.
    pub method: Vec<u8>,
    /// The target as it stands on the request line.
    pub target: Vec<u8>,
    /// The `Host` line's value.
    pub host: Vec<u8>,
    /// Further header lines.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The bytes after the head. `{id}` in it stands for the request's own id.
    pub body: Vec<u8>,
}

/// The header by which a guarded handler knows which request it ran for.
pub const ID: &str = "x-attack";

/// The host that most probes name.
pub const HOST: &[u8] = b"app.example";

impl Probe {
    /// GET of a target, without further headers.
    pub fn get(target: impl Into<Vec<u8>>) -> Self {
        Self {
            method: b"GET".to_vec(),
            target: target.into(),
            host: HOST.to_vec(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The same with another method.
    #[must_use]
    pub fn with_method(mut self, method: &str) -> Self {
        self.method = method.into();
        self
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same with another `Host`.
    #[must_use]
    pub fn with_host(mut self, host: impl Into<Vec<u8>>) -> Self {
        self.host = host.into();
        self
    }

    /// The same with something behind its head.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The same with a body of its own, of this type and no longer than it says.
    #[must_use]
    pub fn with_content(self, kind: &str, body: &str) -> Self {
        let length = body.len().to_string();
        self.with_header("Content-Type", kind).with_header("Content-Length", length).with_body(body)
    }

    /// Returns `true` if what follows the head is nothing, or a body of the length that the head
    /// says: no server can take it for a second request.
    pub fn is_one_request(&self) -> bool {
        let own = |name: &[u8]| {
            let mut lines = self
                .headers
                .iter()
                .filter(|(given, _)| given.to_ascii_lowercase().starts_with(name));
            (lines.next(), lines.next())
        };
        if self.body.is_empty() {
            return true;
        }
        let length = self.body.len().to_string().into_bytes();
        matches!(own(b"content-length"), (Some((name, value)), None)
            if name.eq_ignore_ascii_case(b"content-length") && *value == length)
            && own(b"transfer-encoding").0.is_none()
    }

    /// Returns `true` if the response will have no body.
    pub fn is_head(&self) -> bool {
        self.method == b"HEAD"
    }

    /// The bytes to send, with this id.
    pub fn to_bytes(&self, id: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.target.len() + 96);
        for part in [&self.method[..], b" ", &self.target, b" HTTP/1.1\r\nHost: ", &self.host] {
            bytes.extend_from_slice(part);
        }
        for (name, value) in &self.headers {
            for part in [&b"\r\n"[..], name, b": ", value] {
                bytes.extend_from_slice(part);
            }
        }
        bytes.extend_from_slice(format!("\r\n{ID}: {id}\r\n\r\n").as_bytes());
        let mut parts = latin1::decode(&self.body);
        if !parts.is_empty() {
            parts = parts.replace("{id}", id);
            bytes.extend(latin1::encode(&parts).unwrap_or_default());
        }
        bytes
    }

    /// A command line that sends it, for bash.
    pub fn curl(&self, server: SocketAddr) -> String {
        let mut line = "curl -si --path-as-is".to_owned();
        if self.method != b"GET" {
            let _infallible = write!(line, " -X {}", quoted(&self.method));
        }
        let _infallible = write!(line, " --request-target {}", quoted(&self.target));
        let host = (b"Host".to_vec(), self.host.clone());
        for (name, value) in std::iter::once(&host).chain(&self.headers) {
            let header = [name.as_slice(), b": ", value].concat();
            let _infallible = write!(line, " -H {}", quoted(&header));
        }
        if !self.body.is_empty() {
            let _infallible = write!(line, " --data-binary {}", quoted(&self.body));
        }
        let _infallible = write!(line, " http://{server}/");
        line
    }

    /// A vector that expects it to be refused.
    pub fn vector(&self, name: &str) -> Value {
        let text = |bytes: &[u8]| latin1::decode(bytes);
        let mut request = json!({ "method": text(&self.method), "target": text(&self.target) });
        if self.host != HOST {
            request["authority"] = json!(text(&self.host));
        }
        if !self.headers.is_empty() {
            let pairs = self.headers.iter().map(|(name, value)| [text(name), text(value)]);
            request["headers"] = json!(pairs.collect::<Vec<_>>());
        }
        json!({ "name": name, "request": request, "expect": { "decision": "deny" } })
    }
}

/// In bash's `$'…'`, which can hold any byte but NUL; that one is shown so that a person sees it.
fn quoted(bytes: &[u8]) -> String {
    if bytes.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\'' | b'\\')) {
        return format!("'{}'", latin1::decode(bytes));
    }
    let mut text = "$'".to_owned();
    for &byte in bytes {
        match byte {
            b'\'' | b'\\' => text.extend(['\\', char::from(byte)]),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => {
                let _infallible = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push('\'');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_sent_as_it_is() {
        let probe = Probe::get("/a%0a").with_method("POST").with_header("X_Y", [0xFF]);
        let expected =
            b"POST /a%0a HTTP/1.1\r\nHost: app.example\r\nX_Y: \xff\r\nx-attack: 7\r\n\r\n";
        assert_eq!(probe.to_bytes("7"), expected);
    }

    #[test]
    fn can_be_typed_again() {
        let probe = Probe::get(&b"/a\t'b\\"[..]).with_header("x", "y z");
        let expected = "curl -si --path-as-is --request-target $'/a\\x09\\'b\\\\' \
            -H $'Host: app.example' -H $'x: y z' http://127.0.0.1:80/";
        assert_eq!(probe.curl("127.0.0.1:80".parse().unwrap()), expected);
    }

    #[test]
    fn a_body_names_the_request_too() {
        let probe = Probe::get("/").with_body("a{id}b");
        assert!(probe.to_bytes("7").ends_with(b"\r\n\r\na7b"));
    }

    #[test]
    fn a_body_is_one_request_only_with_its_length() {
        assert!(Probe::get("/").is_one_request());
        let content = Probe::get("/").with_content("text/plain", "[]");
        assert!(content.is_one_request());
        assert!(!content.clone().with_header("Transfer-Encoding", "x").is_one_request());
        assert!(!content.with_header("Content-Length", "0").is_one_request());
        assert!(!Probe::get("/").with_body("[]").is_one_request());
    }

    #[test]
    fn becomes_a_vector() {
        let vector = Probe::get("/x").with_host("h").vector("n");
        assert_eq!(vector["request"], json!({ "method": "GET", "target": "/x", "authority": "h" }));
    }
}
