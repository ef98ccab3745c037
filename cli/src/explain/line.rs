//! An audit line, as it is replayed.

use serde_json::{Map, Value};
use wicketgate_policy::{CredentialKind, Reason};

/// An audit line. Strings are latin-1, a character for each byte.
#[derive(Clone, Debug)]
pub(super) struct Line(Map<String, Value>);

impl Line {
    pub(super) fn of(fields: Map<String, Value>) -> Self {
        Self(fields)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// The bytes that a client sent.
    pub(super) fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.text(name)?.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
    }

    pub(super) fn reason(&self) -> Option<Reason> {
        let code = self.text("error.type")?;
        Reason::ALL.iter().copied().find(|reason| reason.code() == code)
    }

    /// Returns `true` if it is about a signed credential.
    pub(super) fn is_signed(&self) -> bool {
        let kind = self.text("wicketgate.credential.kind");
        let code = self.text("error.type").unwrap_or_default();
        let is_it = |of: &CredentialKind| kind == Some(of.name()) || code.starts_with(of.reasons());
        CredentialKind::ALL.iter().filter(|of| of.is_signed()).any(is_it)
    }

    pub(super) fn is_shadow(&self) -> bool {
        self.text("wicketgate.mode") == Some("shadow")
    }
}
