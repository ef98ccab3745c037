//! The result of a request.

use std::collections::BTreeMap;

use super::headers::{Headers, holds};
use super::state::{LocalReply, LogLine};

/// The whole story of one request.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// The request that the origin saw. `None` means that nothing reached it, as on a denial.
    pub origin: Option<Seen>,
    /// The module's own answer. A module that answers *and* lets the request go on has both, and
    /// has failed: Envoy forwards the request if the answer fails.
    pub reply: Option<LocalReply>,
    /// The answer to the client. `None` if the request is held and nobody will release it.
    pub answer: Option<Answer>,
    /// Why the module ended, if it trapped.
    pub failure: Option<String>,
    /// The filter state that the module set, by the names that access logs use.
    pub filter_state: BTreeMap<String, String>,
    /// The log lines during this request.
    pub logs: Vec<LogLine>,
}

impl Exchange {
    /// Returns `true` if anything reached the origin.
    pub fn forwarded(&self) -> bool {
        self.origin.is_some()
    }

    /// Returns `true` if the module answered and nothing reached the origin.
    pub fn denied(&self) -> bool {
        self.reply.is_some() && self.origin.is_none()
    }

    /// The status that the client gets; 0 if none.
    pub fn status(&self) -> u32 {
        self.answer.as_ref().map_or(0, |answer| answer.status)
    }

    /// The audit lines, parsed.
    pub fn audits(&self) -> Vec<serde_json::Value> {
        self.logs
            .iter()
            .filter_map(|line| serde_json::from_slice::<serde_json::Value>(&line.message).ok())
            .filter(|line| line.get("event.action").is_some())
            .collect()
    }

    /// A field of the first audit line as text; empty where there is neither.
    pub fn audit(&self, field: &str) -> String {
        let value = self.audits().first().and_then(|line| line.get(field).cloned());
        match value {
            None => String::new(),
            Some(serde_json::Value::String(text)) => text,
            Some(other) => other.to_string(),
        }
    }

    /// The reason of the first audit line; empty where there is none.
    pub fn reason(&self) -> String {
        self.audit("error.type")
    }

    /// A header as the origin saw it first; None where it saw none.
    pub fn origin_header(&self, name: &str) -> Option<String> {
        self.origin.as_ref().and_then(|seen| seen.headers.text(name))
    }
}

/// A request as the origin sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Pseudo headers and headers.
    pub headers: Headers,
    /// As much of the body as was let through.
    pub body: Vec<u8>,
    /// Trailers, if they were let through.
    pub trailers: Option<Headers>,
}

impl Seen {
    /// Returns `true` if this text is anywhere in it.
    pub fn holds(&self, text: &str) -> bool {
        let trailers = self.trailers.iter().any(|trailers| trailers.holds(text));
        trailers || self.headers.holds(text) || holds(&self.body, text)
    }
}

/// A response as the client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u32,
    /// Headers, the pseudo header `:status` included.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
    /// Trailers, if there are any.
    pub trailers: Option<Headers>,
}

impl Answer {
    /// Returns `true` if this text is anywhere in it.
    pub fn holds(&self, text: &str) -> bool {
        let trailers = self.trailers.iter().any(|trailers| trailers.holds(text));
        trailers || self.headers.holds(text) || holds(&self.body, text)
    }
}
