//! Request tables: `requests.json` of an example.
//!
//! Strings are latin-1: each character up to U+00FF is one byte on the wire. `{{NAME}}` and
//! `{{repeat:x:65536}}` are replaced (see [`template`](crate::template)), `{{token:NAME}}` by a
//! token of the table (see [`tokens`](crate::tokens)).

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use crate::example::read_json;
use crate::gate::Host;
use crate::tokens::TokenSpec;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use wicketgate_runtime::envoy_config::Manager;

/// The rows of a table, in their order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Signed tokens for the rows, by name.
    #[serde(default)]
    pub tokens: BTreeMap<String, TokenSpec>,
    /// Run one after the other against one running origin.
    pub rows: Vec<Row>,
}

/// One request and what must come of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The name of the row, unique in its table.
    pub name: String,
    /// Why it matters, where the name does not say it.
    pub note: Option<String>,
    /// `true` if the origin's state is set back before it.
    #[serde(default)]
    pub reset: bool,
    /// The request.
    pub request: RequestSpec,
    /// The expected outcome.
    expect: ExpectSpec,
    /// Differences behind the shipped configuration.
    hardened: Option<ExpectSpec>,
    /// Differences with Envoy's own defaults.
    defaults: Option<ExpectSpec>,
    /// Differences behind the Worker.
    worker: Option<ExpectSpec>,
}

/// A request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestSpec {
    /// The method.
    pub method: String,
    /// The request target, sent as it is.
    pub target: String,
    /// The `Host` line; `app.example` if it isn't given here or among the headers.
    pub host: Option<String>,
    /// Header lines.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
    /// The address to come from.
    pub from: Option<Ipv4Addr>,
    /// The client that a platform in front of the gate names, where the gate runs on one:
    /// `from` if it isn't given.
    pub client: Option<IpAddr>,
}

/// The party that answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Guarded, and let through.
    Allow,
    /// Guarded, and refused by the gate.
    Deny,
    /// Not guarded, let through, no audit line.
    Pass,
    /// Refused by the host before the gate saw it, no audit line.
    None,
}

/// The expected outcome of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// The status code; 0 where the host may close or answer as it likes, but not with success.
    pub status: u16,
    /// The body, to the byte.
    pub body: Option<String>,
    /// The body, as JSON.
    pub body_json: Option<Value>,
    /// Headers that are there exactly once with this value.
    pub headers: BTreeMap<String, String>,
    /// Headers that are not there.
    pub headers_absent: Vec<String>,
    /// The party that answered.
    pub decision: Decision,
    /// The reason code in the audit line.
    pub reason: Option<String>,
    /// The rule in the audit line.
    pub rule: Option<String>,
    /// The caller in the audit line.
    pub caller: Option<String>,
    /// The handler that is entered exactly once; without one, none is and no state changes.
    pub handler: Option<String>,
    /// Part of the origin's state afterwards.
    pub state: Map<String, Value>,
    /// Headers that reach the handler exactly once with this value.
    pub origin_sees: BTreeMap<String, String>,
    /// Headers that don't reach the handler, in no spelling that an origin folds into theirs.
    pub origin_lacks: Vec<String>,
    /// Part of the audit line.
    pub audit: Map<String, Value>,
    /// Part of the second event, on the response, if there must be one.
    pub response_audit: Option<Map<String, Value>>,
}

impl Table {
    /// Reads a table; errors name the file and the place in it.
    pub fn load(path: &Path) -> Result<Self> {
        let table: Self = read_json(path)?;
        let mut names = BTreeSet::new();
        for (index, row) in table.rows.iter().enumerate() {
            let check = || -> Result<()> {
                if !names.insert(&row.name) {
                    bail!("another row has the same name");
                }
                for host in HOSTS {
                    row.expect(host).with_context(|| format!("behind {}", host.describe()))?;
                }
                Ok(())
            };
            let mut check = check;
            check().with_context(|| {
                format!("{}: row {} (`{}`)", path.display(), index + 1, row.name)
            })?;
        }
        for name in table.tokens.keys() {
            let text = format!("{{{{token:{name}}}}}");
            let in_row = |row: &Row| row.request.texts().any(|other| other.contains(&text));
            let like = |spec: &TokenSpec| spec.like() == Some(name);
            if !table.rows.iter().any(in_row) && !table.tokens.values().any(like) {
                bail!("{}: the token `{name}` is in no row", path.display());
            }
        }
        Ok(table)
    }
}

impl RequestSpec {
    /// Every text of it that is filled in.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.iter().flat_map(|(name, value)| [name, value]);
        let others =
            [Some(&self.method), Some(&self.target), self.host.as_ref(), self.body.as_ref()];
        headers.chain(others.into_iter().flatten()).map(String::as_str)
    }
}

impl Row {
    /// The expected outcome on this host.
    pub fn expect(&self, host: Host) -> Result<Expect> {
        let differing = match host {
            Host::Envoy(Manager::Hardened) | Host::Module(Manager::Hardened) => &self.hardened,
            Host::Envoy(Manager::EnvoyDefaults) | Host::Module(Manager::EnvoyDefaults) => {
                &self.defaults
            }
            Host::Worker => &self.worker,
        };
        let common = match host {
            Host::Envoy(_) | Host::Module(_) => self.expect.clone(),
            Host::Worker => self.expect.clone().behind_worker(),
        };
        match differing {
            Some(differing) => differing.clone().over(&common).finish(),
            None => common.finish(),
        }
    }
}

/// The hosts for which a row can have different expectations. The module's are the filter's.
const HOSTS: [Host; 3] =
    [Host::Envoy(Manager::Hardened), Host::Envoy(Manager::EnvoyDefaults), Host::Worker];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExpectSpec {
    status: Option<u16>,
    body: Option<String>,
    body_json: Option<Value>,
    headers: Option<BTreeMap<String, String>>,
    headers_absent: Option<Vec<String>>,
    decision: Option<Decision>,
    reason: Option<String>,
    rule: Option<String>,
    caller: Option<String>,
    // `null` says that no handler runs, which is not the same as saying nothing.
    #[serde(deserialize_with = "said")]
    handler: Option<Option<String>>,
    state: Option<Map<String, Value>>,
    origin_sees: Option<BTreeMap<String, String>>,
    origin_lacks: Option<Vec<String>>,
    audit: Option<Map<String, Value>>,
    response_audit: Option<Map<String, Value>>,
}

impl ExpectSpec {
    /// Lays these fields over those of `base`. If the decision differs, the base's answer and audit
    /// line belong to another decision, and don't apply.
    fn over(self, base: &Self) -> Self {
        let nothing = Self::default();
        let same = self.decision.is_none_or(|decision| base.decision == Some(decision));
        let answer = if same { base } else { &nothing };
        Self {
            status: self.status.or(answer.status),
            body: self.body.or_else(|| answer.body.clone()),
            body_json: self.body_json.or_else(|| answer.body_json.clone()),
            headers: self.headers.or_else(|| answer.headers.clone()),
            headers_absent: self.headers_absent.or_else(|| answer.headers_absent.clone()),
            decision: self.decision.or(base.decision),
            reason: self.reason.or_else(|| answer.reason.clone()),
            rule: self.rule.or_else(|| answer.rule.clone()),
            caller: self.caller.or_else(|| answer.caller.clone()),
            handler: self.handler.or_else(|| base.handler.clone()),
            state: self.state.or_else(|| base.state.clone()),
            origin_sees: self.origin_sees.or_else(|| answer.origin_sees.clone()),
            origin_lacks: self.origin_lacks.or_else(|| answer.origin_lacks.clone()),
            audit: self.audit.or_else(|| answer.audit.clone()),
            response_audit: self.response_audit.or_else(|| answer.response_audit.clone()),
        }
    }

    /// Adds the differences behind the Worker that every row has: a header given twice arrives
    /// there as one, with its values joined by a comma, and the platform names the client and no
    /// peer.
    fn behind_worker(mut self) -> Self {
        if self.reason.as_deref() == Some("credential_duplicate") {
            self.reason = Some("credential_list".to_owned());
        }
        if let Some(audit) = &mut self.audit {
            audit.remove("network.peer.address");
        }
        self
    }

    fn finish(self) -> Result<Expect> {
        let expect = Expect {
            status: self.status.context("expect.status is missing")?,
            body: self.body,
            body_json: self.body_json,
            headers: self.headers.unwrap_or_default(),
            headers_absent: self.headers_absent.unwrap_or_default(),
            decision: self.decision.context("expect.decision is missing")?,
            reason: self.reason,
            rule: self.rule,
            caller: self.caller,
            handler: self.handler.unwrap_or_default(),
            state: self.state.unwrap_or_default(),
            origin_sees: self.origin_sees.unwrap_or_default(),
            origin_lacks: self.origin_lacks.unwrap_or_default(),
            audit: self.audit.unwrap_or_default(),
            response_audit: self.response_audit,
        };
        expect.check()?;
        Ok(expect)
    }
}

impl Expect {
    /// Expectations that could never be looked at are mistakes, not extra safety.
    fn check(&self) -> Result<()> {
        let audited = matches!(self.decision, Decision::Allow | Decision::Deny);
        let says_audit = self.reason.is_some()
            || self.rule.is_some()
            || self.caller.is_some()
            || !self.audit.is_empty();
        if !audited && says_audit {
            bail!("a reason, rule, caller or audit line where there is no audit line");
        }
        if self.status == 0 && self.decision != Decision::None {
            bail!("status 0 is for `\"decision\": \"none\"`");
        }
        if self.decision == Decision::Allow && self.reason.is_some() {
            bail!("a reason for an allowed request");
        }
        if self.handler.is_none() && !(self.origin_sees.is_empty() && self.origin_lacks.is_empty())
        {
            bail!("origin_sees or origin_lacks where no handler runs to see anything");
        }
        if self.handler.is_some() && matches!(self.decision, Decision::Deny | Decision::None) {
            bail!("a handler that runs although the request is refused");
        }
        Ok(())
    }
}

fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wicketgate_runtime::files::{self, TempDir};

    fn load(rows: &str) -> Result<Table> {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("requests.json");
        files::write(&path, format!("{{\"rows\": [{rows}]}}")).unwrap();
        Table::load(&path)
    }

    fn row(rest: &str) -> String {
        format!(r#"{{"name": "r", "request": {{"method": "GET", "target": "/"}}, {rest}}}"#)
    }

    fn error(rows: &str) -> String {
        let error = format!("{:#}", load(rows).unwrap_err());
        error.split_once("requests.json: ").unwrap().1.to_owned()
    }

    #[test]
    fn what_differs_goes_over_what_is_expected() {
        let rows = row(r#"
            "expect": {"status": 200, "decision": "allow", "caller": "cron", "handler": "run"},
            "hardened": {"status": 400, "decision": "none", "handler": null},
            "defaults": {"status": 201}"#);
        let table = load(&rows).unwrap();
        let hardened = table.rows[0].expect(HOSTS[0]).unwrap();
        assert_eq!((hardened.status, hardened.decision), (400, Decision::None));
        assert_eq!((hardened.caller, hardened.handler), (None, None));
        let defaults = table.rows[0].expect(HOSTS[1]).unwrap();
        assert_eq!((defaults.status, defaults.decision), (201, Decision::Allow));
        assert_eq!(
            (defaults.caller.as_deref(), defaults.handler.as_deref()),
            (Some("cron"), Some("run"))
        );
    }

    #[test]
    fn faults_name_their_place() {
        assert_eq!(
            error(&row(r#""expect": {"decision": "pass"}"#)),
            "row 1 (`r`): behind Envoy with the hardened envoy.yaml: expect.status is missing"
        );
        let good = row(r#""expect": {"status": 200, "decision": "pass"}"#);
        assert_eq!(error(&format!("{good},{good}")), "row 2 (`r`): another row has the same name");
        assert!(error(&good.replace("status", "stauts")).starts_with("unknown field `stauts`"));
        assert!(error(&good.replace("status", "stauts")).contains("line 1 column"));
    }

    #[test]
    fn what_could_never_be_looked_at_is_refused() {
        for expect in [
            r#"{"status": 200, "decision": "pass", "rule": "jobs"}"#,
            r#"{"status": 0, "decision": "deny"}"#,
            r#"{"status": 200, "decision": "allow", "reason": "key_expired"}"#,
            r#"{"status": 403, "decision": "deny", "origin_lacks": ["x-caller"]}"#,
            r#"{"status": 403, "decision": "deny", "handler": "run"}"#,
        ] {
            assert!(load(&row(&format!(r#""expect": {expect}"#))).is_err(), "{expect}");
        }
    }
}
