//! Audit events: one flat JSON object a decision.

mod line;

use crate::credential::KeyState;
use crate::decide::Kind;
use crate::reason::Reason;
use crate::time::Time;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::net::IpAddr;
use line::Line;

/// What the event says happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AuditKind {
    /// A guarded request was let through.
    Allow,
    /// A request was denied.
    Deny,
    /// A server error's body was replaced on its way out.
    ErrorReplaced,
}

/// Whether the event is of a decision that took effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// It took effect.
    Enforce,
    /// It is what a rule in shadow mode would have decided.
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
    /// What is counted by: `client`, `key` or `calls`.
    pub(crate) bucket: &'static str,
    /// The id of the key.
    pub(crate) key: Option<Box<str>>,
    /// How many there were within the window.
    pub(crate) count: u32,
    /// Whether this one is the first for which it is so.
    pub(crate) alert: bool,
}

/// The longest line that is written, in bytes.
pub const MAX_LINE: usize = 2_048;

/// Where the fields of a line must end that leave room for the last ones.
const END: usize = MAX_LINE - 80;

impl AuditEvent<'_> {
    /// What happened.
    #[must_use]
    pub fn kind(&self) -> AuditKind {
        self.kind
    }

    /// Why, when it is no allowance.
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

    /// Where it is an alert, what has reached its limit: `client`, `key` or `calls`.
    #[must_use]
    pub fn alert(&self) -> Option<&'static str> {
        self.abused.as_ref().filter(|abused| abused.alert).map(|abused| abused.bucket)
    }

    /// The id of the key, where it has an end: it is used in its grace.
    pub(crate) fn ending_key(&self) -> Option<&str> {
        let ends = matches!(self.key_state, Some(KeyState::Ending | KeyState::Expiring));
        self.key_id.as_deref().filter(|_| ends)
    }

    /// Whether the decision took effect.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The event as one line of JSON of at most [`MAX_LINE`] bytes, in ASCII, without a line
    /// break. Field names are those of OpenTelemetry and the Elastic Common Schema; what neither
    /// has is under `wicketgate.`.
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

    /// Who called, and by what.
    fn who(&self, line: &mut Line) {
        let caller = self.caller.as_deref().map(str::as_bytes);
        match self.subject.as_deref() {
            None => line.maybe("user.id", caller, 64),
            // Verified, and still the issuer's words: bounded and escaped like a client's.
            Some(subject) => {
                line.bytes("user.id", subject.as_bytes(), 64);
                line.maybe("wicketgate.caller", caller, 64);
            }
        }
        if let Some(kind) = self.credential {
            line.plain("wicketgate.credential.kind", kind.name());
        }
    }

    /// What may be cut shorter where all the rest is as long as it can be.
    fn details(&self, line: &mut Line) {
        let key = self.abused.as_ref().and_then(|abused| abused.key.as_deref());
        line.maybe_within(END, "wicketgate.abuse.key_id", key.map(str::as_bytes), 64);
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
            // Nothing longer is written.
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
            key_id: self.key_id.map(text),
            key_state: self.key_state,
            subject: self.subject.map(text),
            scope: self.scope.map(text),
            abused: self.abused,
            on_behalf_of: self.on_behalf_of.map(bytes),
        }
    }
}

/// A path as it may be logged: never a query, in no encoding of its `?`, and at most 256 bytes.
fn loggable_path(target: &[u8]) -> &[u8] {
    // As often as anyone decodes, and once more.
    let is_question = |at: usize| {
        let rest = target.get(at..).unwrap_or_default();
        (0..=3).any(|times| matches!(decoded(rest, times), Some((b'?', _))))
    };
    let end = (0..target.len().min(256)).find(|&at| is_question(at)).unwrap_or(256);
    target.get(..end).unwrap_or(target)
}

/// The first byte of a text once it is percent-decoded so many times, and how long it is there.
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
