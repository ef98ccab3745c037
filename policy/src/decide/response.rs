//! Judges a response on its way to the client.

use super::Admission;
use super::cache::is_for_shared_caches;
use crate::answer::{Answer, JSON};
use crate::audit::{AuditEvent, AuditKind, Facts};
use crate::credential::is_visible;
use crate::header::{Edits, HeaderName, HeaderValue};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;
use alloc::format;
use alloc::string::String;

/// A response as it came back from the origin.
#[derive(Clone, Copy, Debug)]
pub struct Response<'r> {
    /// The whole header map, with the status code as `:status`.
    pub headers: &'r [Header<'r>],
}

impl Response<'_> {
    /// The status code. One that is missing or malformed counts as a server error.
    fn status(&self) -> u16 {
        let status = self.headers.iter().find(|header| header.name == b":status");
        let text = status.and_then(|header| core::str::from_utf8(header.value).ok());
        text.and_then(|text| text.parse().ok())
            .filter(|code| (100..=599).contains(code))
            .unwrap_or(502)
    }
}

/// The action for a response.
#[derive(Debug)]
pub enum ResponseDecision<'a> {
    /// Send it on with these changes.
    Forward {
        /// Changes to the headers.
        edits: Edits<'a>,
    },
    /// Send this answer instead, without the response's body.
    Replace {
        /// The answer: the same status, the origin's headers less those of the body.
        answer: Answer,
        /// The audit event.
        audit: AuditEvent<'static>,
    },
}

impl Policy {
    /// Decides about the response to an allowed request. Reads the clock only if there is an event
    /// to write.
    #[must_use]
    pub fn decide_response<'a>(
        &'a self,
        admission: &Admission,
        response: &Response<'a>,
        now: impl FnOnce() -> Time,
    ) -> ResponseDecision<'a> {
        // Hardly any rule replaces answers, so the status is read last.
        if let Some(event) = &admission.replace
            && let status @ 500.. = response.status()
        {
            let audit = AuditEvent::new(Facts {
                at: now(),
                kind: AuditKind::ErrorReplaced,
                reason: Some(Reason::ServerErrorReplaced),
                status: Some(status),
                ..event.facts().clone()
            });
            return ResponseDecision::Replace {
                answer: self.replacement(&audit, status, response),
                audit,
            };
        }
        let mut edits = Edits::default();
        if admission.private {
            // A cache with a header of its own obeys that before `cache-control` (RFC 9213).
            for header in response.headers {
                if is_for_shared_caches(header.name) {
                    edits.remove(header.name);
                }
            }
            edits.set(&self.no_store.0, &self.no_store.1);
        }
        ResponseDecision::Forward { edits }
    }

    /// The answer in place of a server error: the same status and headers, without those that
    /// describe or repeat the old body.
    fn replacement(&self, event: &AuditEvent<'_>, status: u16, response: &Response<'_>) -> Answer {
        let id = event.facts().request_id.as_deref().filter(|id| is_id(id));
        let id = id.and_then(|id| core::str::from_utf8(id).ok());
        let mut body = String::from(r#"{"error":"internal server error""#);
        if let Some(id) = id {
            body.push_str(&format!(r#","correlation_id":"{id}""#));
        }
        body.push('}');
        let mut answer = Answer::new(status, JSON, body.into_bytes());
        for header in response.headers {
            let Ok(name) = core::str::from_utf8(header.name) else { continue };
            let Some(name) = HeaderName::parse(name) else { continue };
            let value = core::str::from_utf8(header.value).ok().and_then(HeaderValue::parse);
            if let (Some(value), false) = (value, is_of_body(&name)) {
                answer.headers.push((name, value));
            }
        }
        let correlation = self.host.correlation();
        if let Some(id) =
            id.filter(|_| !answer.headers.iter().any(|(name, _)| name.as_str() == correlation))
        {
            answer.set(correlation, id);
        }
        answer
    }
}

/// Returns `true` if a request id can be shown as it is.
fn is_id(id: &[u8]) -> bool {
    id.len() <= 64
        && is_visible(id)
        && id.iter().all(|byte| !matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&'))
}

fn is_of_body(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "accept-ranges"
            | "age"
            | "cache-control"
            | "connection"
            | "content-digest"
            | "content-disposition"
            | "content-encoding"
            | "content-language"
            | "content-length"
            | "content-location"
            | "content-md5"
            | "content-range"
            | "content-type"
            | "date"
            | "digest"
            | "etag"
            | "grpc-message"
            | "grpc-status-details-bin"
            | "keep-alive"
            | "last-modified"
            | "repr-digest"
            | "server"
            | "trailer"
            | "transfer-encoding"
            | "x-envoy-upstream-service-time"
            | "x-powered-by"
    ) || is_for_shared_caches(name.as_str().as_bytes())
}
