//! Answers that the gate gives itself.

use crate::header::{HeaderName, HeaderValue};
use crate::stack::Stack;
use alloc::string::String;
use alloc::vec::Vec;

/// An answer to a client, complete but for the headers that a host adds to every answer
/// (`date`, `server`, `content-length`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// The status code, 400 to 599.
    pub status: u16,
    /// Headers in the order in which they are sent.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The answer of a host that can't ask a policy, because none is in force or the host lacks
    /// something that the decision needs. It goes to every request, since nobody knows which paths
    /// are guarded.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(503, JSON, br#"{"error":"Service Unavailable"}"#.to_vec())
    }

    /// An answer that no cache may store, with a body of this type (or without a body).
    pub(crate) fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let mut answer = Self { status, headers: Vec::new(), body };
        if !content_type.is_empty() {
            answer.set("content-type", content_type);
        }
        answer.set("cache-control", "no-store");
        answer
    }

    /// The answer where the policy names none: 403 and `{"error":"Forbidden"}`.
    pub(crate) fn forbidden() -> Self {
        Self::new(403, JSON, br#"{"error":"Forbidden"}"#.to_vec())
    }

    /// The answer of this stack for a path that it does not have, if it is the same for every path.
    /// It has no `cache-control`, because the stack's own answer has none, and any difference would
    /// tell a hidden path from a missing one.
    pub(crate) fn missing(stack: Stack) -> Option<Self> {
        let (content_type, body) = stack.page_404()?;
        let mut answer = Self::new(404, content_type, body.into());
        answer.remove("cache-control");
        Some(answer)
    }

    /// Sets a header of ours. Names and values here are literals or were checked before.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        if let (Some(name), Some(value)) = (HeaderName::parse(name), HeaderValue::parse(value)) {
            self.remove(name.as_str());
            self.headers.push((name, value));
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(other, _)| other.as_str() != name);
    }
}

/// The deny answers of a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct DenyAnswers {
    /// For every reason.
    pub(crate) invalid: Answer,
    /// For a request without any credential header, where the policy tells it apart.
    pub(crate) missing: Option<Answer>,
    /// For clients and callers that are over a limit. `retry-after` is added to it.
    pub(crate) throttled: Option<Answer>,
}

impl DenyAnswers {
    /// Adds the challenge that a 401 carries (RFC 9110, section 15.5.2), where the policy writes
    /// none itself.
    pub(crate) fn challenge(&mut self, of_carriers: impl Iterator<Item = String>) {
        let mut challenges: Vec<String> = Vec::new();
        for challenge in of_carriers {
            if !challenges.contains(&challenge) {
                challenges.push(challenge);
            }
        }
        if challenges.is_empty() {
            challenges.push("ApiKey".into());
        }
        let challenges = challenges.join(", ");
        let answers = [Some(&mut self.invalid), self.missing.as_mut(), self.throttled.as_mut()];
        for answer in answers.into_iter().flatten() {
            let is_there = |(name, _): &(HeaderName, _)| name.as_str() == "www-authenticate";
            if answer.status == 401 && !answer.headers.iter().any(is_there) {
                answer.set("www-authenticate", &challenges);
            }
        }
    }
}

/// `content-type` of JSON bodies.
pub(crate) const JSON: &str = "application/json";
/// `content-type` of text bodies.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_replaces() {
        let mut answer = Answer::forbidden();
        answer.set("cache-control", "private");
        let values: Vec<_> =
            answer.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
        assert_eq!(
            values,
            [("content-type", &b"application/json"[..]), ("cache-control", b"private")]
        );
    }

    #[test]
    fn a_missing_path_looks_like_the_origins_own() {
        let answer = Answer::missing(Stack::Fastapi).unwrap();
        assert_eq!((answer.status, &*answer.body), (404, &br#"{"detail":"Not Found"}"#[..]));
        assert_eq!(answer.headers.len(), 1);
        assert!(Answer::missing(Stack::Nextjs).is_none());
    }
}
