//! The answers of the address with the keys.

use std::time::Duration;

use serde_json::{Value, json};

use super::keys;

/// The answers of the address with the keys. If an answer has one fault, the rest is the right set
/// of current keys, so a host that overlooks the fault would use them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Answer {
    /// 200 with the current keys.
    #[default]
    Keys,
    /// No answer, until another one is served. A waiting request gets that one then.
    Hang,
    /// The current keys with this status; without a body where the status has none.
    Status(u16),
    /// The current keys and so many bytes of padding in a member of the set that nobody knows.
    Large(usize),
    /// 200 with a page.
    Html,
    /// Every current key, and another of its type under the same id.
    DuplicateKeys,
    /// The current keys and one with its private part (`d`).
    PrivateKey,
    /// `{"keys":[]}`.
    Empty,
    /// The current keys and a secret (`oct`).
    Secret,
    /// The current keys with status 302 and this `location`.
    Redirect(String),
    /// The current keys without the second half of the body, then the end of the connection.
    Truncated,
    /// The current keys after this time, or at once what is served instead meanwhile.
    Slow(Duration),
}

/// A response in bytes, and whether the connection goes on after it.
pub(super) struct Response {
    pub bytes: Vec<u8>,
    pub goes_on: bool,
}

impl Answer {
    /// The response; `jwks` are the current keys.
    pub(super) fn response(&self, jwks: Vec<Value>) -> Response {
        let mut set = json!({ "keys": jwks });
        let (mut status, mut kind, mut more) = (200, "application/json", String::new());
        match self {
            Self::Keys | Self::Hang | Self::Slow(_) | Self::Truncated => {}
            Self::Status(other) => status = *other,
            Self::Large(bytes) => set["padding"] = "x".repeat(*bytes).into(),
            Self::Html => kind = "text/html",
            Self::DuplicateKeys => {
                let twins: Vec<Value> = jwks.iter().map(keys::twin).collect();
                set["keys"] = [&jwks[..], &twins].concat().into();
            }
            Self::PrivateKey => set["keys"] = [&jwks[..], &[keys::private_jwk()]].concat().into(),
            Self::Empty => set = json!({ "keys": [] }),
            Self::Secret => set["keys"] = [&jwks[..], &[keys::secret_jwk()]].concat().into(),
            Self::Redirect(to) => (status, more) = (302, format!("location: {to}\r\n")),
        }
        let body = match self {
            Self::Html => "<!doctype html><title>issuer</title><p>Try again later.</p>".to_owned(),
            _ => set.to_string(),
        };
        let mut response = response(status, kind, &more, &body);
        if *self == Self::Truncated {
            response.bytes.truncate(response.bytes.len() - body.len() / 2);
            response.goes_on = false;
        }
        response
    }
}

/// A response with a body, if its status has one (RFC 9110, section 6.4.1).
pub(super) fn response(status: u16, kind: &str, more: &str, body: &str) -> Response {
    let head = format!("HTTP/1.1 {status} x\r\n{more}");
    let bytes = if status < 200 || matches!(status, 204 | 304) {
        format!("{head}\r\n")
    } else {
        format!("{head}content-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    // After 1xx the answer proper would come, and none does.
    Response { bytes: bytes.into_bytes(), goes_on: status >= 200 }
}
