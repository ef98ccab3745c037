//! A policy in force, with this worker's memory.

mod demands;

use crate::counts::SharedCounts;
use crate::host::{self, Map, identity};
use crate::metrics::{Metrics, Outcome as Counted};
use crate::stream::{Phase, expose, write};
use proxy_wasm::types::{Action, LogLevel};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wicketgate_policy::jwt::{KeyDemand, KeyStore, TokenCache};
use wicketgate_policy::{
    Answer, AuditEvent, Begun, Clock, Decision, Peer, Policy, Reason, Verdict,
};

/// A policy in force in one worker.
pub struct Gate {
    pub policy: Policy,
    pub metrics: Rc<Metrics>,
    clock: Clock,
    pub keys: RefCell<Rc<KeyStore>>,
    cache: TokenCache,
    counts: SharedCounts,
    /// `true` if the host checks signatures.
    verifies: Cell<bool>,
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
        Self {
            keys: RefCell::new(Rc::new(KeyStore::new(&policy))),
            counts: SharedCounts::of(policy.name()),
            policy,
            metrics,
            clock: Clock::default(),
            cache: TokenCache::default(),
            verifies: Cell::new(identity::verifies()),
        }
    }

    /// Asks the policy about the request of the current context, and carries the verdict out.
    /// `waited` are the addresses for whose keys the request has waited.
    pub fn judge(&self, phase: &mut Phase, waited: &[usize]) -> Judged {
        let map = host::read(Map::Request);
        let Some(headers) = host::headers(&map) else {
            return Judged::Done(fail(&self.metrics, Reason::InternalError));
        };
        match self.policy.begin(&headers) {
            Begun::Decided(decision) => Judged::Done(self.carry_out(decision, phase)),
            Begun::Pending(pending) => {
                let address = host::peer();
                let peer = address.as_deref().map_or(Peer::Unknown, Peer::Address);
                self.settle(&pending, peer, phase, waited)
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
                expose("allow", None, allow.rule(), allow.caller());
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
                expose("deny", Some(deny.reason), deny.rule, caller);
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
}

/// Denies because there is no policy, or because this host can't serve a demand.
pub fn fail(metrics: &Metrics, reason: Reason) -> Action {
    host::reply(&Answer::unavailable());
    metrics.count(Counted::Deny, Some(reason), None);
    host::log(LogLevel::Error, &format!("wicketgate: {}", reason.text()));
    Action::Pause
}
