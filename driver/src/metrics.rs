//! Counters by outcome, reason and rule, in the form that `stats_tags` in Envoy's configuration
//! expect.

use crate::host::Host;
use std::cell::RefCell;
use std::collections::BTreeMap;
use wicketgate_policy::Reason;
use wicketgate_policy::jwt::FetchFault;

/// The outcomes that are counted.
#[derive(Clone, Copy)]
pub enum Outcome {
    Allow,
    Deny,
}

/// Counters by rule.
type ByRule = BTreeMap<Box<str>, u32>;

/// The counters of one worker, defined when they are first needed. Their labels come from the
/// policy and a closed set of reasons, so their number is bounded.
pub struct Metrics<H> {
    host: H,
    counters: RefCell<BTreeMap<Option<Reason>, ByRule>>,
    /// By their whole names.
    grace: RefCell<BTreeMap<Box<str>, u32>>,
}

impl<H: Host> Metrics<H> {
    pub fn new(host: H) -> Self {
        Self { host, counters: RefCell::default(), grace: RefCell::default() }
    }

    /// Counts a decision about a guarded request.
    pub fn count(&self, outcome: Outcome, reason: Option<Reason>, rule: Option<&str>) {
        let rule = rule.unwrap_or("none");
        let mut counters = self.counters.borrow_mut();
        let counters = counters.entry(reason).or_default();
        if let Some(counter) = counters.get(rule) {
            return self.host.increment(*counter);
        }
        let outcome = match outcome {
            Outcome::Allow => "allow",
            Outcome::Deny => "deny",
        };
        let reason = reason.map_or("none", Reason::code);
        let name = format!(
            "outcome=.={outcome};.;reason=.={reason};.;rule=.={rule};.;wicketgate_decisions_total"
        );
        if let Some(counter) = self.host.counter(&name) {
            counters.insert(rule.into(), counter);
            self.host.increment(counter);
        }
    }

    /// Counts a call with a key that has an end. Such calls must stop before the key is removed.
    pub fn grace(&self, caller: &str, key: &str) {
        let name = format!("caller=.={caller};.;key=.={key};.;wicketgate_grace_total");
        let mut counters = self.grace.borrow_mut();
        let known = counters.get(&*name).copied();
        if let Some(counter) = known.or_else(|| self.host.counter(&name)) {
            if known.is_none() {
                counters.insert(name.into(), counter);
            }
            self.host.increment(counter);
        }
    }

    /// Counts a fetch of keys.
    pub fn fetched(&self, fault: Option<FetchFault>) {
        let outcome = if fault.is_some() { "error" } else { "ok" };
        let reason = fault.map_or("none", |fault| fault.reason().code());
        self.rare(&format!(
            "outcome=.={outcome};.;reason=.={reason};.;wicketgate_jwks_fetches_total"
        ));
    }

    /// Counts an alert.
    pub fn alert(&self, bucket: &str) {
        self.rare(&format!("bucket=.={bucket};.;wicketgate_alerts_total"));
    }

    /// Counts an event that is so rare that the counter's number need not be kept: the host finds
    /// it by name.
    fn rare(&self, name: &str) {
        if let Some(counter) = self.host.counter(name) {
            self.host.increment(counter);
        }
    }

    /// Publishes which policy is in force, and that the old one no longer is.
    pub fn policy(&self, version: &str) {
        let name = |version: &str| format!("digest=.={version};.;wicketgate_policy_info");
        // Gauges outlive the plugin that set them, and so does shared data.
        if let Some(before) = self.host.swap_shared("wicketgate.policy", version)
            && before != version
        {
            self.host.gauge(&name(&before), 0);
        }
        self.host.gauge(&name(version), 1);
    }
}
