//! The files as they are written.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::text::Values;

/// The request of a vector.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The target as on the request line; `None` for none.
    #[serde(deserialize_with = "present")]
    pub target: Option<String>,
    /// The Host; `None` for none.
    #[serde(default = "app")]
    pub authority: Option<String>,
    /// The scheme.
    #[serde(default = "http")]
    pub scheme: String,
    /// The headers in their order.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The other end of the connection; `None` for unknown.
    #[serde(default = "loopback")]
    pub peer: Option<String>,
    /// The trailers.
    #[serde(default)]
    pub trailers: Vec<(String, String)>,
}

/// The decision about a request.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Decides {
    /// Guarded, and let through.
    Allow,
    /// Refused.
    Deny,
    /// No rule guards it.
    Pass,
}

/// The values of a header that an origin sees.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(untagged)]
pub enum Sees {
    /// Exactly one header.
    One(String),
    /// Exactly these, in this order.
    Many(Vec<String>),
}

/// The expected result of a request. Absent members are not checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The decision.
    pub decision: Decides,
    /// The reason code of a denial.
    pub reason: Option<String>,
    /// The id of the rule.
    pub rule: Option<String>,
    /// The name of the caller.
    pub caller: Option<String>,
    /// The status of the answer of a denial.
    pub status: Option<u16>,
    /// Its body, byte by byte.
    pub body: Option<String>,
    /// Its body as a JSON value.
    pub body_json: Option<Value>,
    /// Headers of the answer, each there once with this value.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers that the answer must have.
    #[serde(default)]
    pub headers_present: Vec<String>,
    /// Headers that the answer must not have.
    #[serde(default)]
    pub headers_absent: Vec<String>,
    /// Headers of the forwarded request.
    #[serde(default)]
    pub origin_sees: BTreeMap<String, Sees>,
    /// Headers that the forwarded request must not have.
    #[serde(default)]
    pub origin_lacks: Vec<String>,
    /// Trailers that the forwarded request must not have.
    #[serde(default)]
    pub trailers_lack: Vec<String>,
    /// Fields of the audit line.
    #[serde(default)]
    pub audit: Map<String, Value>,
    /// Fields that the audit line must not have.
    #[serde(default)]
    pub audit_lacks: Vec<String>,
    /// Texts that must not occur in the audit line.
    #[serde(default)]
    pub audit_never: Vec<String>,
    /// There must be no audit line.
    #[serde(default)]
    pub no_audit: bool,
}

/// A file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[expect(dead_code, reason = "for the reader of the file, who must not forget it")]
    about: String,
    pub(super) policy: PolicyText,
    #[serde(default)]
    pub(super) env: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) tokens: BTreeMap<String, String>,
    pub(super) now: String,
    pub(super) host: Option<String>,
    /// `true` if its policies are bounded in time, so that a host with the real clock must skip it.
    #[serde(default)]
    pub(super) bounded_in_time: bool,
    pub(super) vectors: Vec<Entry>,
}

/// A vector in a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) policy: Option<PolicyText>,
    pub(super) env: Option<BTreeMap<String, String>>,
    pub(super) now: Option<String>,
    pub(super) unsendable: Option<String>,
    pub(super) request: Request,
    pub(super) expect: Expect,
}

/// A policy document, or the name of its file.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum PolicyText {
    File(String),
    Here(Map<String, Value>),
}

impl File {
    pub(super) fn parse(json: &str) -> Result<Self> {
        Ok(serde_json::from_str(json)?)
    }
}

impl PolicyText {
    pub(super) fn text(&self, read: &dyn Fn(&str) -> Result<String>) -> Result<String> {
        match self {
            Self::File(name) => {
                read(name).with_context(|| format!("cannot read the policy `{name}`"))
            }
            Self::Here(document) => Ok(serde_json::to_string(document)?),
        }
    }
}

impl Request {
    /// With every `{{…}}` replaced, and only characters that are a byte each.
    pub(super) fn expand(&self, values: &Values) -> Result<Self> {
        Ok(Self {
            method: values.bytes(&self.method)?,
            target: self.target.as_deref().map(|text| values.bytes(text)).transpose()?,
            authority: self.authority.as_deref().map(|text| values.bytes(text)).transpose()?,
            scheme: values.bytes(&self.scheme)?,
            headers: pairs(&self.headers, values)?,
            peer: self.peer.clone(),
            trailers: pairs(&self.trailers, values)?,
        })
    }
}

impl Expect {
    /// With every `{{…}}` replaced.
    pub(super) fn expand(&self, values: &Values) -> Result<Self> {
        let mut expect = self.clone();
        if let Some(body) = &mut expect.body {
            *body = values.text(body)?;
        }
        for value in expect.headers.values_mut() {
            *value = values.text(value)?;
        }
        for value in expect.origin_sees.values_mut() {
            match value {
                Sees::One(value) => *value = values.bytes(value)?,
                Sees::Many(many) => {
                    for value in many {
                        *value = values.bytes(value)?;
                    }
                }
            }
        }
        for value in expect.audit.values_mut() {
            if let Value::String(value) = value {
                *value = values.text(value)?;
            }
        }
        for value in &mut expect.audit_never {
            *value = values.text(value)?;
        }
        Ok(expect)
    }
}

fn pairs(headers: &[(String, String)], values: &Values) -> Result<Vec<(String, String)>> {
    let pair = |(name, value): &(String, String)| Ok((values.bytes(name)?, values.bytes(value)?));
    headers.iter().map(pair).collect()
}

/// An option that must be written, be it as `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an optional member")]
fn app() -> Option<String> {
    Some("app.example".to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an optional member")]
fn loopback() -> Option<String> {
    Some("127.0.0.1".to_owned())
}

fn http() -> String {
    "http".to_owned()
}
