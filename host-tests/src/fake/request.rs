//! A test's request, and the origin's answer to it.

use super::headers::Headers;

/// A request as Envoy's codec hands it to the filters.
#[derive(Clone, Debug)]
pub struct Request {
    /// Pseudo headers and headers.
    pub headers: Headers,
    /// The body, in the pieces in which it arrives.
    pub body: Vec<Vec<u8>>,
    /// Trailers, if the request has any.
    pub trailers: Option<Headers>,
    /// The address of the socket with its port, as the `wicketgate.peer` filter puts it into
    /// the filter state. None where Envoy is configured without that filter.
    pub peer: Option<String>,
    /// `true` if body and trailers reach the module though it holds the headers. Envoy does so with
    /// `allow_on_headers_stop_iteration`; its default is to wait.
    pub deliver_while_paused: bool,
    /// The origin's answer.
    pub response: Response,
}

impl Request {
    /// A request with what Envoy adds to each.
    pub fn new(method: &str, path: &str) -> Self {
        let headers = [
            (":authority", "app.example"),
            (":path", path),
            (":method", method),
            (":scheme", "http"),
            ("x-forwarded-proto", "http"),
            ("x-request-id", REQUEST_ID),
        ];
        Self {
            headers: headers.into_iter().collect(),
            body: Vec::new(),
            trailers: None,
            peer: Some("127.0.0.1:40000".to_owned()),
            deliver_while_paused: false,
            response: Response::new(200, "from the origin"),
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers.add(name, value);
        self
    }

    /// Sets a header, a pseudo header for one.
    pub fn set(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.set(name, value);
        self
    }

    /// Removes a header, a pseudo header for one.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Adds a piece of body.
    pub fn body(mut self, piece: impl AsRef<[u8]>) -> Self {
        self.body.push(piece.as_ref().to_vec());
        self
    }

    /// Adds a trailer.
    pub fn trailer(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.trailers.get_or_insert_default().add(name, value);
        self
    }

    /// Comes from this address (a port is added).
    pub fn from_peer(mut self, address: &str) -> Self {
        let bracketed = if address.contains(':') { format!("[{address}]") } else { address.into() };
        self.peer = Some(format!("{bracketed}:40000"));
        self
    }

    /// Comes without a known peer.
    pub fn without_peer(mut self) -> Self {
        self.peer = None;
        self
    }

    /// Delivers body and trailers even while the module holds the headers.
    pub fn deliver_while_paused(mut self) -> Self {
        self.deliver_while_paused = true;
        self
    }

    /// Gets this answer from the origin.
    pub fn answered_with(mut self, response: Response) -> Self {
        self.response = response;
        self
    }

    /// Returns `true` if nothing follows the headers.
    pub(super) fn ends_with_headers(&self) -> bool {
        self.body.is_empty() && self.trailers.is_none()
    }
}

/// An origin's answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status as pseudo header, and headers.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
    /// Trailers, if the answer has any.
    pub trailers: Option<Headers>,
}

impl Response {
    /// An answer with a body of plain text.
    pub fn new(status: u32, body: &str) -> Self {
        let (status, length) = (status.to_string(), body.len().to_string());
        let headers = [
            (":status", status.as_str()),
            ("content-type", "text/plain"),
            ("content-length", &length),
        ];
        Self {
            headers: headers.into_iter().collect(),
            body: body.as_bytes().to_vec(),
            trailers: None,
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.add(name, value);
        self
    }

    /// Adds a trailer.
    pub fn trailer(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.trailers.get_or_insert_default().add(name, value);
        self
    }
}

/// The request id that every request carries.
pub const REQUEST_ID: &str = "6f1c1f4e-0000-4000-8000-000000000001";
