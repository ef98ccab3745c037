//! Audit events: one flat JSON object for each decision.

mod line;

use crate::credential::{KeyState, Kind};
use crate::reason::Reason;
use crate::time::Time;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::net::IpAddr;
use line::Line;

/// The kind of event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AuditKind {
    /// A guarded request was let through.
    Allow,
    /// A request was denied.
    Deny,
    /// A server error's body was replaced on its way out.
    ErrorReplaced,
}

/// Tells decisions that took effect from those that did not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// It took effect.
    Enforce,
    /// It did not: a rule in shadow mode would have decided so.
    Shadow,
    /// It took effect under a development policy.
    Development,
}

/// One audit event. Nothing in it is secret, and nothing that a client sent is in its line
/// unescaped or unbounded.
#[derive(Clone, Debug)]
pub struct AuditEvent<'a> {
    pub(crate) at: Time,
    pub(crate) kind: AuditKind,
    pub(crate) mode: Mode,
    pub(crate) reason: Option<Reason>,
    pub(crate) rule: Option<Cow<'a, str>>,
    pub(crate) ruleset: Cow<'a, str>,
    pub(crate) version: Cow<'a, str>,
    pub(crate) host: &'static str,
    pub(crate) method: Cow<'a, [u8]>,
    pub(crate) scheme: Cow<'a, [u8]>,
    pub(crate) target: Cow<'a, [u8]>,
    pub(crate) authority: Option<Cow<'a, [u8]>>,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<Cow<'a, [u8]>>,
    pub(crate) trace_id: Option<Cow<'a, [u8]>>,
    pub(crate) user_agent: Option<Cow<'a, [u8]>>,
    pub(crate) client: Option<IpAddr>,
    pub(crate) peer: Option<IpAddr>,
    pub(crate) caller: Option<Cow<'a, str>>,
    pub(crate) credential: Option<Kind>,
    /// The carrier in which the credential came.
    pub(crate) carrier: Option<Cow<'a, str>>,
    pub(crate) key_id: Option<Cow<'a, str>>,
    pub(crate) key_state: Option<KeyState>,
    /// The subject of a signed token, and its scopes.
    pub(crate) subject: Option<Cow<'a, str>>,
    pub(crate) scope: Option<Cow<'a, str>>,
    pub(crate) abused: Option<Abused>,
    pub(crate) on_behalf_of: Option<Cow<'a, [u8]>>,
}

/// A limit that was reached, or passed.
#[derive(Clone, Debug)]
pub(crate) struct Abused {
    /// The kind of count: `client`, `key` or `calls`.
    pub(crate) bucket: &'static str,
    /// The id of the key.
    pub(crate) key: Option<Box<str>>,
    /// The count within the window.
    pub(crate) count: u32,
    /// `true` if this event is the first in its window to reach the limit.
    pub(crate) alert: bool,
}

/// The longest line that is written, in bytes.
pub const MAX_LINE: usize = 2_048;

/// The length at which the other fields must end, so that the last ones have room.
const END: usize = MAX_LINE - 80;

impl AuditEvent<'_> {
    /// The kind of event.
    #[must_use]
    pub fn kind(&self) -> AuditKind {
        self.kind
    }

    /// The reason, unless the request was allowed.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// The id of the rule.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        self.rule.as_deref()
    }

    /// The name of the caller, where one was verified.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        self.caller.as_deref()
    }

    /// For an alert, the kind of count that reached its limit: `client`, `key` or `calls`.
    #[must_use]
    pub fn alert(&self) -> Option<&'static str> {
        self.abused.as_ref().filter(|abused| abused.alert).map(|abused| abused.bucket)
    }

    /// Tells whether the decision took effect.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The event as one line of JSON of at most [`MAX_LINE`] bytes, in ASCII, without a line break.
    /// Field names are those of OpenTelemetry and the Elastic Common Schema; fields that neither
    /// has begin with `wicketgate.`.
    #[must_use]
    pub fn to_line(&self) -> String {
        let (outcome, decision, kind) = match self.kind {
            AuditKind::Allow => ("success", "allow", "allowed"),
            AuditKind::Deny => ("failure", "deny", "denied"),
            AuditKind::ErrorReplaced => ("unknown", "error", "error"),
        };
        let mut line = Line::new();
        line.time("@timestamp", self.at);
        line.plain("ecs.version", "8.17.0");
        line.plain("event.kind", if self.alert().is_some() { "alert" } else { "event" });
        line.list("event.category", &["api"]);
        line.list("event.type", &["access", kind]);
        line.plain("event.action", "wicketgate.decision");
        line.plain("event.outcome", outcome);
        if let Some(reason) = self.reason {
            line.plain("event.reason", reason.text());
            line.plain("error.type", reason.code());
        }
        line.plain("wicketgate.decision", decision);
        line.plain(
            "wicketgate.mode",
            match self.mode {
                Mode::Enforce => "enforce",
                Mode::Shadow => "shadow",
                Mode::Development => "development",
            },
        );
        line.maybe("rule.id", self.rule.as_deref().map(str::as_bytes), 64);
        line.bytes("rule.ruleset", self.ruleset.as_bytes(), usize::MAX);
        line.bytes("rule.version", self.version.as_bytes(), usize::MAX);
        line.bytes("http.request.method", &self.method, 32);
        line.bytes("url.scheme", &self.scheme, 16);
        line.bytes("url.path", loggable_path(&self.target), 384);
        line.maybe("server.address", self.authority.as_deref(), 128);
        if let Some(status) = self.status {
            line.number("http.response.status_code", status.into());
        }
        line.maybe("http.request.id", self.request_id.as_deref(), 64);
        line.maybe("trace.id", self.trace_id.as_deref(), 32);
        for (name, address) in
            [("client.address", self.client), ("network.peer.address", self.peer)]
        {
            if let Some(address) = address {
                line.address(name, address);
            }
        }
        self.who(&mut line);
        line.maybe("wicketgate.credential.key_id", self.key_id.as_deref().map(str::as_bytes), 64);
        if let Some(state) = self.key_state {
            line.plain(
                "wicketgate.credential.state",
                match state {
                    KeyState::Active => "active",
                    KeyState::Ending => "ending",
                    KeyState::Expiring => "expiring",
                    KeyState::Old => "old",
                },
            );
        }
        if let Some(Abused { bucket, count, .. }) = &self.abused {
            line.plain("wicketgate.abuse.bucket", bucket);
            line.number("wicketgate.abuse.count", (*count).into());
        }
        line.maybe("wicketgate.on_behalf_of", self.on_behalf_of.as_deref(), 96);
        self.details(&mut line);
        line.plain("wicketgate.host", self.host);
        line.plain("wicketgate.version", env!("CARGO_PKG_VERSION"));
        line.finish()
    }

    /// Writes the caller and its credential.
    fn who(&self, line: &mut Line) {
        let caller = self.caller.as_deref().map(str::as_bytes);
        match self.subject.as_deref() {
            None => line.maybe("user.id", caller, 64),
            // The token was verified, but the issuer chose these words: bound and escape them like
            // a client's.
            Some(subject) => {
                line.bytes("user.id", subject.as_bytes(), 64);
                line.maybe("wicketgate.caller", caller, 64);
            }
        }
        if let Some(kind) = self.credential {
            line.plain("wicketgate.credential.kind", kind.name());
        }
    }

    /// Writes the fields that are cut short when all others have their greatest length.
    fn details(&self, line: &mut Line) {
        let key = self.abused.as_ref().and_then(|abused| abused.key.as_deref());
        line.maybe_within(END, "wicketgate.abuse.key_id", key.map(str::as_bytes), 64);
        let carrier = self.carrier.as_deref().map(str::as_bytes);
        line.maybe_within(END, "wicketgate.credential.carrier", carrier, 98);
        let scope = self.scope.as_deref().map(str::as_bytes);
        line.maybe_within(END, "wicketgate.credential.scope", scope, 96);
        line.maybe_within(END, "user_agent.original", self.user_agent.as_deref(), 128);
    }

    /// The same event, holding its own copies.
    pub(crate) fn into_owned(self) -> AuditEvent<'static> {
        fn text(text: Cow<'_, str>) -> Cow<'static, str> {
            Cow::Owned(text.into_owned())
        }
        fn bytes(bytes: Cow<'_, [u8]>) -> Cow<'static, [u8]> {
            // A line never holds more than this.
            Cow::Owned(bytes.get(..512).unwrap_or(&bytes).to_vec())
        }
        AuditEvent {
            at: self.at,
            kind: self.kind,
            mode: self.mode,
            reason: self.reason,
            rule: self.rule.map(text),
            ruleset: text(self.ruleset),
            version: text(self.version),
            host: self.host,
            method: bytes(self.method),
            scheme: bytes(self.scheme),
            target: bytes(self.target),
            authority: self.authority.map(bytes),
            status: self.status,
            request_id: self.request_id.map(bytes),
            trace_id: self.trace_id.map(bytes),
            user_agent: self.user_agent.map(bytes),
            client: self.client,
            peer: self.peer,
            caller: self.caller.map(text),
            credential: self.credential,
            carrier: self.carrier.map(text),
            key_id: self.key_id.map(text),
            key_state: self.key_state,
            subject: self.subject.map(text),
            scope: self.scope.map(text),
            abused: self.abused,
            on_behalf_of: self.on_behalf_of.map(bytes),
        }
    }
}

/// The part of a target that may be logged: the path without its query, also where the `?` is
/// encoded, and at most 256 bytes.
fn loggable_path(target: &[u8]) -> &[u8] {
    // Decode once more than any origin does.
    let is_question = |at: usize| {
        let rest = target.get(at..).unwrap_or_default();
        (0..=3).any(|times| matches!(decoded(rest, times), Some((b'?', _))))
    };
    let end = (0..target.len().min(256)).find(|&at| is_question(at)).unwrap_or(256);
    target.get(..end).unwrap_or(target)
}

/// Percent-decodes the start of a text several times: the first byte that comes out, and how many
/// bytes of the text it takes up.
fn decoded(text: &[u8], times: u8) -> Option<(u8, usize)> {
    let Some(times) = times.checked_sub(1) else { return text.first().map(|&byte| (byte, 1)) };
    let first = decoded(text, times)?;
    let (b'%', start) = first else { return Some(first) };
    let digit = |at: usize| {
        let (byte, len) = decoded(text.get(at..)?, times)?;
        Some((char::from(byte).to_digit(16)?, at + len))
    };
    let digits = || {
        let (high, at) = digit(start)?;
        let (low, end) = digit(at)?;
        Some((u8::try_from(high * 16 + low).ok()?, end))
    };
    Some(digits().unwrap_or(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event<'a>(target: &'a [u8], method: &'a [u8]) -> AuditEvent<'a> {
        AuditEvent {
            at: Time::parse("2026-11-23T12:00:00Z").unwrap(),
            kind: AuditKind::Deny,
            mode: Mode::Enforce,
            reason: Some(Reason::CredentialMissing),
            rule: Some("jobs".into()),
            ruleset: "test".into(),
            version: "0123456789ab".into(),
            host: "core",
            method: method.into(),
            scheme: b"http"[..].into(),
            target: target.into(),
            authority: None,
            status: Some(403),
            request_id: None,
            trace_id: None,
            user_agent: None,
            client: None,
            peer: "127.0.0.1".parse().ok(),
            caller: None,
            credential: None,
            carrier: None,
            key_id: None,
            key_state: None,
            subject: None,
            scope: None,
            abused: None,
            on_behalf_of: None,
        }
    }

    #[test]
    fn a_line_is_one_flat_object() {
        let line = event(b"/internal/x?token=secret", b"POST").to_line();
        assert_eq!(
            line,
            concat!(
                r#"{"@timestamp":"2026-11-23T12:00:00.000Z","ecs.version":"8.17.0","event.kind":"event","#,
                r#""event.category":["api"],"event.type":["access","denied"],"event.action":"wicketgate.decision","#,
                r#""event.outcome":"failure","event.reason":"no credential","error.type":"credential_missing","#,
                r#""wicketgate.decision":"deny","wicketgate.mode":"enforce","rule.id":"jobs","rule.ruleset":"test","#,
                r#""rule.version":"0123456789ab","http.request.method":"POST","url.scheme":"http","#,
                r#""url.path":"/internal/x","http.response.status_code":403,"network.peer.address":"127.0.0.1","#,
                r#""wicketgate.host":"core","wicketgate.version":"0.1.0"}"#,
            )
        );
    }

    #[test]
    fn a_query_is_never_logged() {
        for target in
            ["/a?b", "/a%3fb", "/a%3Fb", "/a%253Fb", "/a%25253fb", "/a?", "/a%25%33%66", "/a%%33f"]
        {
            assert_eq!(loggable_path(target.as_bytes()), b"/a", "{target}");
        }
        assert_eq!(loggable_path(b"/a%3eb%%"), b"/a%3eb%%");
        assert_eq!(loggable_path(&[b'a'; 300]).len(), 256);
    }

    #[test]
    fn a_line_is_bounded_and_ascii() {
        let junk = [0xFF_u8; 5_000];
        let mut event = event(&junk, &junk);
        for field in [
            &mut event.authority,
            &mut event.request_id,
            &mut event.trace_id,
            &mut event.user_agent,
            &mut event.on_behalf_of,
        ] {
            *field = Some(Cow::Borrowed(&junk));
        }
        let name = "n".repeat(64);
        (event.caller, event.key_id, event.rule, event.ruleset) =
            (Some((&*name).into()), Some((&*name).into()), Some((&*name).into()), (&*name).into());
        let words = "\u{1F6AA}\"".repeat(100);
        {
            (event.subject, event.scope) = (Some((&*words).into()), Some((&*words).into()));
            event.carrier = Some("x".repeat(98).into());
            (event.credential, event.key_state) = (Some(Kind::Token), None);
            let key = Some((&*name).into());
            event.abused = Some(Abused { bucket: "client", key, count: u32::MAX, alert: true });
        }
        event.reason = Some(Reason::PathAmbiguous);
        event.client = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".parse().ok();
        event.peer = event.client;
        for event in [event.clone().into_owned(), event] {
            let line = event.to_line();
            assert!(line.len() <= MAX_LINE, "{}", line.len());
            assert!(line.is_ascii() && line.ends_with("\"}"));
            assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok());
        }
    }
}
