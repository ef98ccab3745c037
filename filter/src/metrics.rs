//! Counters by outcome, reason and rule, as `stats_tags` in Envoy's configuration take them apart.

use crate::host;
use std::cell::RefCell;
use std::collections::BTreeMap;
use wicketgate_policy::Reason;

/// What is counted.
#[derive(Clone, Copy)]
pub enum Outcome {
    Allow,
    Deny,
}

/// Counters by rule.
type ByRule = BTreeMap<Box<str>, u32>;

/// The counters of one worker, defined when they are first needed. Their labels come from the
/// policy and a closed set of reasons, so there are only so many.
#[derive(Default)]
pub struct Metrics {
    counters: RefCell<BTreeMap<Option<Reason>, ByRule>>,
    /// By their whole names.
    grace: RefCell<BTreeMap<Box<str>, u32>>,
}

impl Metrics {
    /// Counts a decision about a guarded request.
    pub fn count(&self, outcome: Outcome, reason: Option<Reason>, rule: Option<&str>) {
        let rule = rule.unwrap_or("none");
        let mut counters = self.counters.borrow_mut();
        let counters = counters.entry(reason).or_default();
        if let Some(counter) = counters.get(rule) {
            return host::increment(*counter);
        }
        let outcome = match outcome {
            Outcome::Allow => "allow",
            Outcome::Deny => "deny",
        };
        let reason = reason.map_or("none", Reason::code);
        let name = format!(
            "outcome=.={outcome};.;reason=.={reason};.;rule=.={rule};.;wicketgate_decisions_total"
        );
        if let Some(counter) = host::counter(&name) {
            counters.insert(rule.into(), counter);
            host::increment(counter);
        }
    }

    /// Counts a call that a key with an end let in: what must come to rest before it goes.
    pub fn grace(&self, caller: &str, key: &str) {
        let name = format!("caller=.={caller};.;key=.={key};.;wicketgate_grace_total");
        let mut counters = self.grace.borrow_mut();
        let known = counters.get(&*name).copied();
        if let Some(counter) = known.or_else(|| host::counter(&name)) {
            if known.is_none() {
                counters.insert(name.into(), counter);
            }
            host::increment(counter);
        }
    }

    /// Counts a fetch of keys.
    pub fn fetched(&self, fault: Option<wicketgate_policy::jwt::FetchFault>) {
        let outcome = if fault.is_some() { "error" } else { "ok" };
        let reason = fault.map_or("none", |fault| fault.reason().code());
        let name =
            format!("outcome=.={outcome};.;reason=.={reason};.;wicketgate_jwks_fetches_total");
        // So rare that its number need not be kept: the host has it by name.
        if let Some(counter) = host::counter(&name) {
            host::increment(counter);
        }
    }

    /// Counts an alert.
    pub fn alert(&self, bucket: &str) {
        let name = format!("bucket=.={bucket};.;wicketgate_alerts_total");
        // So rare that its number need not be kept: the host has it by name.
        if let Some(counter) = host::counter(&name) {
            host::increment(counter);
        }
    }

    /// Says which policy is in force, and that the one before it no longer is.
    pub fn policy(&self, version: &str) {
        let name = |version: &str| format!("digest=.={version};.;wicketgate_policy_info");
        // Gauges outlive the plugin that set them, and so does what workers share.
        if let Some(before) = host::swap_shared("wicketgate.policy", version)
            && before != version
        {
            host::gauge(&name(&before), 0);
        }
        host::gauge(&name(version), 1);
    }
}
