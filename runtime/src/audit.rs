//! The gate's audit lines, as they stand in its host's log.

pub mod contract;

use std::fmt::Write as _;

use serde_json::{Map, Value};
use wicketgate_policy::CredentialKind;

/// One audit event.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditLine {
    fields: Map<String, Value>,
    json: String,
}

impl AuditLine {
    /// The audit event in a line of a host's log, if there is one: behind Envoy's prefix, or, from
    /// a Worker, the line itself.
    pub fn find(line: &str) -> Option<Self> {
        let said = if line.starts_with('{') { line } else { message(line)? };
        let json = said.get(said.find('{')?..)?.trim_end();
        let fields: Map<String, Value> = serde_json::from_str(json).ok()?;
        fields.contains_key("event.action").then(|| Self { fields, json: json.to_owned() })
    }

    /// The field `name`, if it is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str()
    }

    /// The field `name`.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// Returns `true` if it is about a signed credential, which only its issuer can make.
    pub fn is_signed(&self) -> bool {
        let (kind, code) = (self.text("wicketgate.credential.kind"), self.text("error.type"));
        CredentialKind::ALL.iter().filter(|of| of.is_signed()).any(|of| {
            kind == Some(of.name()) || code.is_some_and(|code| code.starts_with(of.reasons()))
        })
    }

    /// The subject of the event.
    pub fn about(&self) -> About {
        if self.text("wicketgate.mode") == Some("shadow") {
            About::Shadow
        } else if self.text("wicketgate.decision") == Some("error") {
            About::Response
        } else {
            About::Decision
        }
    }

    /// The line as it was logged.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The line for a person. Nothing in it can move a terminal's cursor: a client chose the
    /// path.
    pub fn readable(&self) -> String {
        let get = |name| self.text(name).map(printable);
        let or = |name, absent: &str| get(name).unwrap_or_else(|| absent.to_owned());
        let time = or("@timestamp", "-");
        let clock = time.split_once('T').map_or(time.as_str(), |(_, clock)| clock);
        let decision = or("wicketgate.decision", "?");
        let mut line = format!(
            "{clock}  {decision:<5}  {:<24}  {} {}",
            or("error.type", "-"),
            or("http.request.method", "?"),
            or("url.path", "?"),
        );
        for (label, name) in LABELS {
            if let Some(value) = get(name) {
                let _infallible = write!(line, "  {label} {value}");
            }
        }
        // The peer is worth a word where somebody else is believed to be the client.
        if let Some(peer) = get("network.peer.address")
            && get("client.address").as_ref() != Some(&peer)
        {
            let _infallible = write!(line, "  peer {peer}");
        }
        match get("wicketgate.mode") {
            Some(mode) if mode != "enforce" => line + "  (" + &mode + ")",
            _ => line,
        }
    }
}

/// The subject of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The decision that was made on a request.
    Decision,
    /// The decision that a shadow rule would have made; it is logged beside the real one.
    Shadow,
    /// The response.
    Response,
}

/// A message of the gate in a line of Envoy's log, other than an audit event, made safe for a
/// terminal. It is about its policy, its secrets, or its own faults.
pub fn remark(line: &str) -> Option<String> {
    let message = message(line).filter(|_| AuditLine::find(line).is_none())?;
    Some(printable(message.strip_prefix("wicketgate: ").unwrap_or(message)))
}

/// `text` with everything but printable ASCII escaped.
pub fn printable(text: &str) -> String {
    text.chars().fold(String::new(), |mut line, character| {
        if character == ' ' || character.is_ascii_graphic() {
            line.push(character);
        } else {
            line.extend(character.escape_unicode());
        }
        line
    })
}

/// Fields that the readable form shows where they are present, and what it calls them.
const LABELS: [(&str, &str); 5] = [
    ("rule", "rule.id"),
    ("caller", "user.id"),
    ("for", "wicketgate.on_behalf_of"),
    ("key", "wicketgate.credential.key_id"),
    ("client", "client.address"),
];

fn message(line: &str) -> Option<&str> {
    // Up to the colon stand the plugin's name, its root id and its VM id, as far as Envoy knows
    // them: while the gate is being configured it knows none.
    let (_, said) = line.split_once("wasm log")?;
    Some(said.split_once(": ")?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = "[2026-11-23 12:00:00.000][7][warning][wasm] \
        [source/extensions/common/wasm/context.cc:1198] wasm log";

    #[test]
    fn finds_the_event_behind_either_prefix() {
        let json = r#"{"event.action":"wicketgate.decision","rule.id":"jobs"}"#;
        for infix in ["", " wicketgate", " wicketgate wicketgate"] {
            let line = AuditLine::find(&format!("{PREFIX}{infix}: {json}")).unwrap();
            assert_eq!((line.text("rule.id"), line.json()), (Some("jobs"), json));
            assert_eq!(line.about(), About::Decision);
        }
        assert_eq!(AuditLine::find(json).unwrap().json(), json);
        assert_eq!(AuditLine::find(&format!("somebody says {json}")), None);
        assert_eq!(AuditLine::find(&format!("{PREFIX}: policy `jobs` is live")), None);
        assert_eq!(AuditLine::find(&format!("{PREFIX}: {{\"other\": 1}}")), None);
        assert_eq!(AuditLine::find(&format!("{PREFIX}: {json} and more")), None);
    }

    #[test]
    fn tells_remarks_from_events() {
        let line = format!("{PREFIX}: wicketgate: `TOKEN` is absent\u{1b}");
        assert_eq!(remark(&line).as_deref(), Some("`TOKEN` is absent\\u{1b}"));
        let json = r#"{"event.action":"wicketgate.decision"}"#;
        assert_eq!(remark(&format!("{PREFIX} wicketgate: {json}")), None);
        assert_eq!(remark("[warning][config] something else: x"), None);
    }

    #[test]
    fn the_readable_form_leaves_the_terminal_alone() {
        let json = r#"{"@timestamp":"2026-11-23T12:00:00.000Z","event.action":"wicketgate.decision",
            "wicketgate.decision":"deny","error.type":"path_ambiguous","http.request.method":"GET",
            "url.path":"/a\u001b[2J\u009b\u202e","rule.id":"jobs","wicketgate.mode":"shadow"}"#;
        let line = AuditLine::find(&format!("{PREFIX}: {}", json.replace('\n', ""))).unwrap();
        assert_eq!(
            line.readable(),
            "12:00:00.000Z  deny   path_ambiguous            \
             GET /a\\u{1b}[2J\\u{9b}\\u{202e}  rule jobs  (shadow)"
        );
    }
}
