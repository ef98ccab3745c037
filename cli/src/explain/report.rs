//! The explanation of a request, ready to be written as text or JSON.

use serde::Serialize;
use serde_json::Value;
use wicketgate_policy::explain::{Served, events};
use wicketgate_policy::{Answer, Edit, Header, Outcome, Policy, Reason, Time, Verdict};

use super::certificate;
use super::request::{Asked, view};
use super::shown::show;
use super::steps::{Reading, Rule, chosen, reading, rules};
use crate::document::Document;
use crate::value::{member, set};

/// Everything about one request.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) method: String,
    /// Without its query.
    pub(super) path: String,
    pub(super) now: String,
    pub(super) host_is_known: bool,
    pub(super) peer: Option<String>,
    pub(super) client: Option<String>,
    pub(super) refused_everywhere: Option<&'static str>,
    pub(super) readings: Vec<Reading>,
    /// A header names a handler, so that every rule is chosen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) names_handler: bool,
    /// Methods that the query names, each judged too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) methods: Vec<String>,
    pub(super) chosen: &'static str,
    pub(super) chosen_rules: Vec<String>,
    pub(super) rules: Vec<Rule>,
    pub(super) decision: &'static str,
    pub(super) reason: Option<&'static str>,
    pub(super) meaning: Option<&'static str>,
    pub(super) rule: Option<String>,
    pub(super) caller: Option<String>,
    pub(super) answer: Option<Told>,
    /// Headers that the origin sees; secrets as `***`.
    pub(super) origin_headers: Option<Vec<(String, String)>>,
    /// The headers that the gate removed, and those that it wrote.
    pub(super) removed_headers: Vec<String>,
    pub(super) set_headers: Vec<String>,
    /// The audit line of the decision, then those of rules in shadow mode.
    pub(super) audit: Vec<Value>,
    /// The same lines as they are written.
    #[serde(skip)]
    pub(super) lines: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// An answer of the gate.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Report {
    /// Asks the gate.
    pub(super) fn of(policy: &Policy, document: &Document, asked: &Asked, now: Time) -> Self {
        let pairs = asked.pairs();
        let headers: Vec<Header<'_>> =
            pairs.iter().map(|(name, value)| Header { name, value }).collect();
        let request = view(&headers, asked.peer.as_deref());
        let keys = asked.keys(policy, now);
        // Nobody fetches here, so keys that were not handed in count as waited for in vain. If none
        // were handed in, nobody tried. A request waits at most twice for each address.
        let addresses = 0..policy.key_addresses().len();
        let waited: Vec<usize> = addresses.flat_map(|source| [source, source]).collect();
        let mut served =
            Served::default().with_certificate(certificate::known(asked.certificate.as_ref()));
        if !asked.key_sets.is_empty() {
            served = served.with_keys(&keys, &waited);
        }
        let told = policy.explain_with(&request, served, now);
        let handed_in = |caller: &str| {
            let source = policy.keys_of(caller);
            asked.key_sets.iter().any(|(handed, _)| Some(*handed) == source)
        };
        let hidden = hidden_headers(policy, document);
        let path = asked.target.as_deref().unwrap_or_default();
        let path = path.split(|&byte| byte == b'?').next().unwrap_or_default();
        let (chosen, chosen_rules) = chosen(&told.chosen);
        let lines: Vec<String> =
            events(&told.outcome).into_iter().map(|event| event.to_line()).collect();
        let mut report = Self {
            method: show(&asked.method),
            path: show(path),
            now: now.to_string(),
            host_is_known: told.known_host,
            peer: told.peer.map(|peer| peer.to_string()),
            client: told.client.map(|client| client.to_string()),
            refused_everywhere: told.refused_everywhere.map(Reason::code),
            readings: told.readings.iter().map(reading).collect(),
            names_handler: told.names_handler,
            methods: told.methods.iter().map(|method| show(method)).collect(),
            chosen,
            chosen_rules,
            rules: rules(&told, document, handed_in),
            decision: "deny",
            reason: None,
            meaning: None,
            rule: None,
            caller: None,
            answer: None,
            origin_headers: None,
            removed_headers: Vec::new(),
            set_headers: Vec::new(),
            audit: lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect(),
            lines,
            notes: asked.notes.clone(),
        };
        let shown: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| {
                let name = show(name);
                let is_hidden = hidden.iter().any(|hidden| folds(hidden, &name));
                let is_hidden = is_hidden || asked.is_secret(value);
                (name, if is_hidden { "***".to_owned() } else { show(value) })
            })
            .collect();
        report.decide(&told.outcome, shown, &hidden);
        report
    }

    /// Puts the document's own version in place of the one with made-up digests.
    pub(super) fn call_version(&mut self, from: &str, to: &str) {
        for line in &mut self.lines {
            *line = line.replace(from, to);
        }
        for line in &mut self.audit {
            set(line, "rule.version", to);
        }
    }

    /// Returns `true` if the request was decided so, by this rule and for this reason. Rules in
    /// shadow mode count too.
    pub(super) fn says(
        &self,
        shadow: bool,
        decision: &str,
        rule: Option<&str>,
        reason: Option<&str>,
    ) -> bool {
        if !shadow {
            return (self.decision, self.rule.as_deref(), self.reason) == (decision, rule, reason);
        }
        let text = |line: &Value, name: &str| member(line, name).as_str().map(str::to_owned);
        self.audit.iter().any(|line| {
            member(line, "wicketgate.mode") == "shadow"
                && member(line, "wicketgate.decision") == decision
                && text(line, "rule.id").as_deref() == rule
                && text(line, "error.type").as_deref() == reason
        })
    }

    fn decide(&mut self, outcome: &Outcome<'_>, headers: Vec<(String, String)>, hidden: &[String]) {
        let decision = match outcome {
            Outcome::Decided(decision) => decision,
            Outcome::Need(demand) => {
                self.notes.push(format!("the decision needs what is not here: {demand:?}"));
                return;
            }
        };
        match &decision.verdict {
            Verdict::Pass { edits } => {
                self.decision = "pass";
                self.forward(headers, edits, hidden);
            }
            Verdict::Allow(allow) => {
                self.decision = "allow";
                self.rule = allow.rule().map(str::to_owned);
                self.caller = allow.caller().map(str::to_owned);
                self.forward(headers, &allow.edits, hidden);
            }
            Verdict::Deny(deny) => {
                self.reason = Some(deny.reason.code());
                self.meaning = Some(deny.reason.text());
                self.rule = deny.rule.map(str::to_owned);
                self.caller = decision.audit.as_ref().and_then(|e| e.caller()).map(str::to_owned);
                self.answer = Some(answer(&deny.answer));
            }
        }
    }

    /// Changes the header map as a host does.
    fn forward(
        &mut self,
        mut headers: Vec<(String, String)>,
        edits: &[Edit<'_>],
        hidden: &[String],
    ) {
        if let Some((_, path)) = headers.iter_mut().find(|(name, _)| name == ":path")
            && let Some((before, _)) = path.split_once('?')
        {
            *path = format!("{before}?***");
        }
        for edit in edits {
            match edit {
                Edit::Remove(name) => {
                    let name = show(name);
                    headers.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
                    self.removed_headers.push(name);
                }
                Edit::Set(name, value) => {
                    let name = name.as_str().to_owned();
                    headers.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
                    let is_hidden = hidden.iter().any(|hidden| folds(hidden, &name));
                    let value = if is_hidden { "***".into() } else { show(value.as_bytes()) };
                    self.set_headers.push(name.clone());
                    headers.push((name, value));
                }
            }
        }
        self.origin_headers = Some(headers);
    }
}

/// Headers whose values must not be shown: those in which the policy reads credentials, and those
/// in which clients usually send them.
fn hidden_headers(policy: &Policy, document: &Document) -> Vec<String> {
    let mut hidden: Vec<String> =
        policy.credential_headers().into_iter().map(str::to_owned).collect();
    let proof = document.tree.as_ref().and_then(|tree| tree.get("forward")?.get("proof"));
    hidden.extend(proof.and_then(|proof| proof.text_of("header")).map(str::to_owned));
    hidden.extend(
        ["api-key", "authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token"]
            .map(str::to_owned),
    );
    hidden
}

/// Returns `true` if two names are the same to an origin that takes `_` and `.` for `-`.
fn folds(one: &str, other: &str) -> bool {
    let fold = |name: &str| name.to_ascii_lowercase().replace(['_', '.'], "-");
    fold(one) == fold(other)
}

fn answer(answer: &Answer) -> Told {
    let headers = answer.headers.iter();
    Told {
        status: answer.status,
        headers: headers
            .map(|(name, value)| (name.as_str().to_owned(), show(value.as_bytes())))
            .collect(),
        body: show(&answer.body),
    }
}
