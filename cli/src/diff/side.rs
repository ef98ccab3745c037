//! One of the two policies: its document, and the core's policy made from it.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use serde_json::Value;
use wicketgate_policy::{Host, Policy};

use super::network::Network;
use crate::diagnostics::Diagnostic;
use crate::document::Document;
use crate::known;
use crate::policy::{Secrets, compile, compile_with};
use crate::secrets;
use crate::value::member;

/// A policy that is compared.
pub(super) struct Side {
    /// Its file.
    pub(super) name: String,
    /// Its document as it was written.
    pub(super) written: Value,
    /// The policy, with made-up secrets: the same name, the same secret in both.
    pub(super) policy: Policy,
    /// Its rules in force, in their order.
    pub(super) rules: Vec<Rule>,
    /// The place of each rule in them.
    places: HashMap<String, usize>,
    /// Its networks, by name.
    pub(super) networks: Vec<(String, Network)>,
    /// The proxies that may tell the client's address, and the header in which they do.
    pub(super) proxies: Option<(String, Network)>,
}

/// A rule in force, as far as requests are made up for it.
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) paths: Vec<String>,
    pub(super) hosts: Vec<String>,
    pub(super) methods: BTreeSet<String>,
    pub(super) callers: BTreeSet<String>,
    pub(super) networks: BTreeSet<String>,
    pub(super) passes: BTreeSet<String>,
    /// Some alternative is public.
    pub(super) public: bool,
    /// A target whose readings disagree is judged by every rule.
    pub(super) checks: bool,
    /// What decides about a request once its path has chosen the rule.
    pub(super) content: Value,
}

impl Side {
    /// Compiles a document.
    ///
    /// # Errors
    /// Its faults.
    pub(super) fn of(document: &Document, host: Host) -> Result<Self, Vec<Diagnostic>> {
        compile(document, host, Secrets::MadeUp)?;
        let written: Value = serde_json::from_slice(&document.json).unwrap_or_default();
        let json = with_known_tokens(&written).to_string().into_bytes();
        let known = Document::parse(document.name.clone(), json, false);
        let policy = compile_with(&known, |core, tree| secrets::made_up(core, tree, host))?;
        let rules = items(member(&written, "rules")).iter();
        let rules: Vec<Rule> =
            rules.filter(|rule| member(rule, "mode") != "shadow").map(Rule::of).collect();
        let places = rules.iter().enumerate().map(|(at, rule)| (rule.id.clone(), at)).collect();
        let networks = entries(member(&written, "networks"));
        let networks = networks.map(|(name, list)| (name.clone(), Network::of(list))).collect();
        let (kind, source) = match host {
            Host::Cloudflare => ("cloudflare", Some("cf-connecting-ip")),
            _ => ("envoy", None),
        };
        let address = member(member(&written, "client_address"), kind);
        let from = text(member(address, "from")).filter(|from| *from != "peer").or(source);
        let proxies = Network::of(member(address, "trusted_proxies"));
        let proxies = from.map(|from| (from.to_ascii_lowercase(), proxies));
        Ok(Self { name: document.name.clone(), written, policy, rules, places, networks, proxies })
    }

    /// The rule of an id.
    pub(super) fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.get(*self.places.get(id)?)
    }

    /// The names of those of `named` networks that hold an address.
    pub(super) fn networks_of(&self, named: &BTreeSet<&str>, address: IpAddr) -> Vec<&str> {
        let mine = self.networks.iter().filter(|(name, _)| named.contains(name.as_str()));
        mine.filter(|(_, network)| network.contains(address)).map(|(n, _)| n.as_str()).collect()
    }

    /// The caller of a name, as the document has it.
    pub(super) fn caller(&self, name: &str) -> &Value {
        member(member(&self.written, "callers"), name)
    }
}

impl Rule {
    fn of(rule: &Value) -> Self {
        let alternatives = items(member(rule, "allow"));
        let all = |name: &str| texts(alternatives.iter().map(|one| member(one, name)));
        let lists =
            |name: &str| texts(alternatives.iter().flat_map(|one| items(member(one, name))));
        let mut content = rule.clone();
        if let Some(members) = content.as_object_mut() {
            // What chooses it, and what a single request can't show.
            for name in ["paths", "hosts", "rate_limit", "mode"] {
                members.remove(name);
            }
        }
        Self {
            id: text(member(rule, "id")).unwrap_or_default().to_owned(),
            paths: texts(items(member(rule, "paths")).iter()).into_iter().collect(),
            hosts: texts(items(member(rule, "hosts")).iter()).into_iter().collect(),
            methods: lists("methods"),
            callers: all("caller"),
            networks: all("network"),
            passes: lists("pass_identity").iter().map(|name| name.to_ascii_lowercase()).collect(),
            public: alternatives.iter().any(|one| {
                member(one, "public") == &Value::Bool(true)
                    || member(one, "anyone") == &Value::Bool(true)
            }),
            checks: member(rule, "ambiguous") == "check",
            content,
        }
    }
}

/// The items of an array, none of anything else.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The members of an object, none of anything else.
pub(super) fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The text of a string.
pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

fn texts<'v>(values: impl Iterator<Item = &'v Value>) -> BTreeSet<String> {
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The document with keys of which the tokens are known.
fn with_known_tokens(written: &Value) -> Value {
    let mut document = written.clone();
    known::digests(&mut document);
    for (caller, _) in entries(member(written, "callers")) {
        known::issuer(&mut document, caller);
    }
    document
}
