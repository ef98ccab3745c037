//! Audit events: one flat JSON object for each decision.

mod line;

use crate::credential::{KeyState, Kind};
use crate::reason::Reason;
use crate::time::Time;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::net::IpAddr;
use line::{Line, field};

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
///
/// In a box: a decision is handed on several times, and most decisions have no event.
#[derive(Clone, Debug)]
pub struct AuditEvent<'a>(Box<Facts<'a>>);

/// The facts that an audit event tells.
#[derive(Clone, Debug)]
pub(crate) struct Facts<'a> {
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

/// The fields that are the same in all lines of a kind.
macro_rules! of_kind {
    ($kind:literal, $outcome:literal) => {
        concat!(
            r#","event.category":["api"],"event.type":["access",""#,
            $kind,
            r#""],"event.action":"wicketgate.decision","event.outcome":""#,
            $outcome,
            r#"""#
        )
    };
}

/// The fields of a decision and its mode.
macro_rules! decision {
    ($decision:literal, $mode:literal) => {
        concat!(r#","wicketgate.decision":""#, $decision, r#"","wicketgate.mode":""#, $mode, r#"""#)
    };
}

/// The longest line that is written, in bytes.
pub const MAX_LINE: usize = 2_048;

/// The length at which the other fields must end, so that the last ones have room.
const END: usize = MAX_LINE - 80;

impl<'a> AuditEvent<'a> {
    pub(crate) fn new(facts: Facts<'a>) -> Self {
        Self(Box::new(facts))
    }

    pub(crate) fn facts(&self) -> &Facts<'a> {
        &self.0
    }

    pub(crate) fn facts_mut(&mut self) -> &mut Facts<'a> {
        &mut self.0
    }
}

impl AuditEvent<'_> {
    /// The kind of event.
    #[must_use]
    pub fn kind(&self) -> AuditKind {
        self.0.kind
    }

    /// The reason, unless the request was allowed.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.0.reason
    }

    /// The id of the rule.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        self.0.rule.as_deref()
    }

    /// The name of the caller, where one was verified.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        self.0.caller.as_deref()
    }

    /// For an alert, the kind of count that reached its limit: `client`, `key` or `calls`.
    #[must_use]
    pub fn alert(&self) -> Option<&'static str> {
        self.0.abused.as_ref().filter(|abused| abused.alert).map(|abused| abused.bucket)
    }

    /// Tells whether the decision took effect.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.0.mode
    }

    /// The event as one line of JSON of at most [`MAX_LINE`] bytes, in ASCII, without a line break.
    /// Field names are those of OpenTelemetry and the Elastic Common Schema; fields that neither
    /// has begin with `wicketgate.`.
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut line = Line::at(self.0.at);
        line.fixed(if self.alert().is_some() {
            r#","ecs.version":"8.17.0","event.kind":"alert""#
        } else {
            r#","ecs.version":"8.17.0","event.kind":"event""#
        });
        line.fixed(match self.0.kind {
            AuditKind::Allow => of_kind!("allowed", "success"),
            AuditKind::Deny => of_kind!("denied", "failure"),
            AuditKind::ErrorReplaced => of_kind!("error", "unknown"),
        });
        if let Some(reason) = self.0.reason {
            line.plain(field!("event.reason"), reason.text());
            line.plain(field!("error.type"), reason.code());
        }
        line.fixed(match (self.0.kind, self.0.mode) {
            (AuditKind::Allow, Mode::Enforce) => decision!("allow", "enforce"),
            (AuditKind::Allow, Mode::Shadow) => decision!("allow", "shadow"),
            (AuditKind::Allow, Mode::Development) => decision!("allow", "development"),
            (AuditKind::Deny, Mode::Enforce) => decision!("deny", "enforce"),
            (AuditKind::Deny, Mode::Shadow) => decision!("deny", "shadow"),
            (AuditKind::Deny, Mode::Development) => decision!("deny", "development"),
            (AuditKind::ErrorReplaced, Mode::Enforce) => decision!("error", "enforce"),
            (AuditKind::ErrorReplaced, Mode::Shadow) => decision!("error", "shadow"),
            (AuditKind::ErrorReplaced, Mode::Development) => decision!("error", "development"),
        });
        // The names in a policy are identifiers.
        line.maybe_plain(field!("rule.id"), self.0.rule.as_deref());
        line.plain(field!("rule.ruleset"), &self.0.ruleset);
        line.plain(field!("rule.version"), &self.0.version);
        line.bytes(field!("http.request.method"), &self.0.method, 32);
        line.bytes(field!("url.scheme"), &self.0.scheme, 16);
        line.bytes(field!("url.path"), loggable_path(&self.0.target), 384);
        line.maybe(field!("server.address"), self.0.authority.as_deref(), 128);
        if let Some(status) = self.0.status {
            line.number(field!(number "http.response.status_code"), status.into());
        }
        line.maybe(field!("http.request.id"), self.0.request_id.as_deref(), 64);
        line.maybe(field!("trace.id"), self.0.trace_id.as_deref(), 32);
        let (client, peer) = (self.0.client, self.0.peer);
        let written = client.map(|client| line.address(field!("client.address"), client));
        match written {
            // The client of a host that has no proxy in front of it.
            Some(text) if peer == client => line.again(field!("network.peer.address"), text),
            _ => _ = peer.map(|peer| line.address(field!("network.peer.address"), peer)),
        }
        self.who(&mut line);
        line.maybe(
            field!("wicketgate.credential.key_id"),
            self.0.key_id.as_deref().map(str::as_bytes),
            64,
        );
        if let Some(state) = self.0.key_state {
            line.plain(
                field!("wicketgate.credential.state"),
                match state {
                    KeyState::Active => "active",
                    KeyState::Ending => "ending",
                    KeyState::Expiring => "expiring",
                    KeyState::Old => "old",
                },
            );
        }
        if let Some(Abused { bucket, count, .. }) = &self.0.abused {
            line.plain(field!("wicketgate.abuse.bucket"), bucket);
            line.number(field!(number "wicketgate.abuse.count"), (*count).into());
        }
        line.maybe(field!("wicketgate.on_behalf_of"), self.0.on_behalf_of.as_deref(), 96);
        self.details(&mut line);
        line.plain(field!("wicketgate.host"), self.0.host);
        line.fixed(concat!(",\"wicketgate.version\":\"", env!("CARGO_PKG_VERSION"), "\""));
        line.finish()
    }

    /// Writes the caller and its credential.
    fn who(&self, line: &mut Line) {
        let caller = self.0.caller.as_deref();
        match self.0.subject.as_deref() {
            None => line.maybe_plain(field!("user.id"), caller),
            // The token was verified, but the issuer chose these words: bound and escape them like
            // a client's.
            Some(subject) => {
                line.bytes(field!("user.id"), subject.as_bytes(), 64);
                line.maybe_plain(field!("wicketgate.caller"), caller);
            }
        }
        if let Some(kind) = self.0.credential {
            line.plain(field!("wicketgate.credential.kind"), kind.name());
        }
    }

    /// Writes the fields that are cut short when all others have their greatest length.
    fn details(&self, line: &mut Line) {
        let key = self.0.abused.as_ref().and_then(|abused| abused.key.as_deref());
        line.maybe_within(END, field!("wicketgate.abuse.key_id"), key.map(str::as_bytes), 64);
        let carrier = self.0.carrier.as_deref().map(str::as_bytes);
        line.maybe_within(END, field!("wicketgate.credential.carrier"), carrier, 98);
        let scope = self.0.scope.as_deref().map(str::as_bytes);
        line.maybe_within(END, field!("wicketgate.credential.scope"), scope, 96);
        line.maybe_within(END, field!("user_agent.original"), self.0.user_agent.as_deref(), 128);
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
        let facts = *self.0;
        AuditEvent::new(Facts {
            at: facts.at,
            kind: facts.kind,
            mode: facts.mode,
            reason: facts.reason,
            rule: facts.rule.map(text),
            ruleset: text(facts.ruleset),
            version: text(facts.version),
            host: facts.host,
            method: bytes(facts.method),
            scheme: bytes(facts.scheme),
            target: bytes(facts.target),
            authority: facts.authority.map(bytes),
            status: facts.status,
            request_id: facts.request_id.map(bytes),
            trace_id: facts.trace_id.map(bytes),
            user_agent: facts.user_agent.map(bytes),
            client: facts.client,
            peer: facts.peer,
            caller: facts.caller.map(text),
            credential: facts.credential,
            carrier: facts.carrier.map(text),
            key_id: facts.key_id.map(text),
            key_state: facts.key_state,
            subject: facts.subject.map(text),
            scope: facts.scope.map(text),
            abused: facts.abused,
            on_behalf_of: facts.on_behalf_of.map(bytes),
        })
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
    // Up to the first `%` there is nothing to decode, and most targets have none.
    let head = target.get(..256).unwrap_or(target);
    let plain = head.iter().position(|byte| matches!(byte, b'?' | b'%')).unwrap_or(head.len());
    let end = (plain..head.len()).find(|&at| is_question(at)).unwrap_or(256);
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

    fn event<'a>(target: &'a [u8], method: &'a [u8]) -> Facts<'a> {
        Facts {
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
        let line = AuditEvent::new(event(b"/internal/x?token=secret", b"POST")).to_line();
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
        let event = AuditEvent::new(event);
        for event in [event.clone().into_owned(), event] {
            let line = event.to_line();
            assert!(line.len() <= MAX_LINE, "{}", line.len());
            assert!(line.is_ascii() && line.ends_with("\"}"));
            assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok());
        }
    }
}
