//! Requests, made of exact bytes.

use anyhow::{Result, bail};

use super::latin1::encode;

/// A request as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Request {
    method: Vec<u8>,
    target: Vec<u8>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    host: Vec<u8>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// A request for `target`, which is sent as it is. Texts are latin-1 here and below.
    pub fn new(method: &str, target: &str) -> Result<Self> {
        Ok(Self {
            method: line(method)?,
            target: line(target)?,
            headers: Vec::new(),
            host: b"app.example".to_vec(),
            body: None,
        })
    }

    /// The same request with the `Host` line's value.
    pub fn with_host(mut self, host: &str) -> Result<Self> {
        self.host = line(host)?;
        Ok(self)
    }

    /// The same request with one more header line. A `Host` line replaces the usual one, a
    /// `Content-Length` or `Transfer-Encoding` that of the body.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self> {
        self.headers.push((line(name)?, line(value)?));
        Ok(self)
    }

    /// The same request with a body.
    pub fn with_body(mut self, body: &str) -> Result<Self> {
        self.body = Some(encode(body)?);
        Ok(self)
    }

    /// Returns `true` if the response will have no body.
    pub fn is_head(&self) -> bool {
        self.method == b"HEAD"
    }

    /// The bytes to send.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [&self.method, b" ".as_slice(), &self.target, b" HTTP/1.1\r\n"].concat();
        let mut put = |name: &[u8], value: &[u8]| {
            bytes.extend_from_slice(&[name, b": ", value, b"\r\n"].concat());
        };
        if !self.has("host") {
            put(b"Host", &self.host);
        }
        for (name, value) in &self.headers {
            put(name, value);
        }
        if let Some(body) = &self.body
            && !self.has("content-length")
            && !self.has("transfer-encoding")
        {
            put(b"Content-Length", body.len().to_string().as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// One line's worth of bytes: anything but the end of the line, which would make it two. A lone
/// carriage return is fine, and so is a line folded over several: some clients send that.
fn line(text: &str) -> Result<Vec<u8>> {
    let mut continued = text.split('\n').skip(1);
    if !continued.all(|next| next.starts_with([' ', '\t'])) {
        bail!("`{}` holds a line feed, which ends the line it is in", text.escape_debug());
    }
    encode(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(request: Result<Request>) -> String {
        String::from_utf8(request.unwrap().to_bytes()).unwrap()
    }

    #[test]
    fn a_body_brings_its_length() {
        let request = Request::new("POST", "/x").and_then(|request| request.with_body("{}"));
        assert_eq!(
            sent(request),
            "POST /x HTTP/1.1\r\nHost: app.example\r\nContent-Length: 2\r\n\r\n{}"
        );
    }

    #[test]
    fn given_lines_replace_the_usual_ones() {
        let request = Request::new("POST", "/x")
            .and_then(|request| request.with_header("hOST", ""))
            .and_then(|request| request.with_header("transfer-encoding", "chunked"))
            .and_then(|request| request.with_body("0\r\n\r\n"));
        assert_eq!(
            sent(request),
            "POST /x HTTP/1.1\r\nhOST: \r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
        );
    }

    #[test]
    fn a_line_stays_one_line() {
        let error = Request::new("GET", "/x\r\nX-Caller: me").unwrap_err().to_string();
        assert!(error.starts_with(r"`/x\r\nX-Caller: me` holds a line feed"), "{error}");
        assert!(Request::new("GET", "/").unwrap().with_header("x", "a\n b\nc").is_err());
    }

    #[test]
    fn a_line_may_be_folded() {
        let request =
            Request::new("GET", "/").and_then(|request| request.with_header("X", "a\r\n b\n\tc"));
        assert_eq!(sent(request), "GET / HTTP/1.1\r\nHost: app.example\r\nX: a\r\n b\n\tc\r\n\r\n");
    }
}
