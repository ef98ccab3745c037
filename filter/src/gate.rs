//! A policy in force, with this worker's memory.

use crate::counts::SharedCounts;
use crate::host::{self, Map, identity};
use crate::metrics::{Metrics, Outcome as Counted};
use crate::stream::{Phase, write};
use proxy_wasm::types::{Action, LogLevel};
use std::cell::OnceCell;
use std::rc::Rc;
use wicketgate_policy::jwt::KeyDemand;
use wicketgate_policy::{Answer, AuditEvent, Decision, Peer, Policy, Reason, Step, Verdict};

/// A policy in force in one worker.
pub struct Gate {
    pub core: wicketgate_policy::Gate<SharedCounts>,
    pub metrics: Rc<Metrics>,
}

/// The result of judging a request, for now.
pub enum Judged {
    /// It was forwarded or answered.
    Done(Action),
    /// It waits for keys.
    Waits(KeyDemand),
}

impl Gate {
    pub fn new(policy: Policy, metrics: Rc<Metrics>) -> Self {
        let counts = SharedCounts::of(policy.name());
        let core = wicketgate_policy::Gate::new(policy, counts);
        if identity::verifies() {
            core.host_checks(identity::BY_HOST);
        }
        Self { core, metrics }
    }

    /// Judges the request of the current context, and carries the verdict out. `waited` are the
    /// keys that the request has waited for.
    pub fn judge(&self, phase: &mut Phase, waited: &[KeyDemand]) -> Judged {
        let map = host::read(Map::Request);
        let Some(headers) = host::headers(&map) else {
            return Judged::Done(fail(&self.metrics, Reason::InternalError));
        };
        let certificate = OnceCell::new();
        let mut session = self.core.session(&headers);
        waited.iter().for_each(|demand| session.waited(demand));
        // The workers share their counts themselves.
        session.over(Vec::new());
        loop {
            match session.step() {
                Step::Verdict(decision) => return Judged::Done(self.carry_out(decision, phase)),
                Step::Peer => {
                    session.peer(host::peer().as_deref().map_or(Peer::Unknown, Peer::Address));
                }
                Step::Now => session.now(host::now()),
                Step::Certificate => {
                    let names = certificate.get_or_init(identity::certificate);
                    session.certificate(identity::shown(names.as_ref()));
                }
                Step::Signature(check) => match identity::verify_signature(&check) {
                    Some(good) => session.signature(check.answered(good)),
                    // This host checks none.
                    None => self.core.host_checks(&[]),
                },
                Step::Keys(demand) => return Judged::Waits(demand),
                _ => return Judged::Done(fail(&self.metrics, Reason::InternalError)),
            }
        }
    }

    fn carry_out(&self, decision: Decision<'_>, phase: &mut Phase) -> Action {
        let Decision { verdict, audit, shadow } = decision;
        let action = match verdict {
            Verdict::Pass { edits } => {
                host::edit(Map::Request, &edits);
                *phase = Phase::Passed;
                Action::Continue
            }
            Verdict::Allow(allow) => {
                host::edit(Map::Request, &allow.edits);
                self.expose("allow", None, allow.rule(), allow.caller());
                self.metrics.count(Counted::Allow, None, allow.rule());
                if let (Some(caller), Some(key)) = (allow.caller(), allow.ending_key()) {
                    self.metrics.grace(caller, key);
                }
                let admission = allow.admission;
                *phase = Phase::Allowed((!admission.leaves_response()).then_some(admission));
                Action::Continue
            }
            Verdict::Deny(deny) => {
                host::reply(&deny.answer);
                self.metrics.count(Counted::Deny, Some(deny.reason), deny.rule);
                let caller = audit.as_ref().and_then(AuditEvent::caller);
                self.expose("deny", Some(deny.reason), deny.rule, caller);
                Action::Pause
            }
        };
        if let Some(event) = &audit {
            if let Some(bucket) = event.alert() {
                self.metrics.alert(bucket);
            }
            write(event);
        }
        shadow.iter().for_each(write);
        action
    }

    /// Makes a decision readable for access logs, if the policy asks for it.
    fn expose(
        &self,
        decision: &str,
        reason: Option<Reason>,
        rule: Option<&str>,
        caller: Option<&str>,
    ) {
        if self.core.policy().is_shown_in_access_logs() {
            host::expose("wicketgate.decision", decision);
            host::expose("wicketgate.reason", reason.map_or("", Reason::code));
            host::expose("wicketgate.rule", rule.unwrap_or_default());
            host::expose("wicketgate.caller", caller.unwrap_or_default());
        }
    }
}

/// Denies because there is no policy, or because this host can't serve a demand.
pub fn fail(metrics: &Metrics, reason: Reason) -> Action {
    host::reply(&Answer::unavailable());
    metrics.count(Counted::Deny, Some(reason), None);
    host::log(LogLevel::Error, &format!("wicketgate: {}", reason.text()));
    Action::Pause
}
