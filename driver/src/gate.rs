//! A policy in force in one worker: judges requests, and carries the verdicts out.

use crate::counts::SharedCounts;
use crate::host::{Host, Map};
use crate::metrics::{Metrics, Outcome as Counted};
use crate::phase::{Next, Phase};
use log::Level;
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;
use wicketgate_policy::jwt::{KeyDemand, Scheme};
use wicketgate_policy::{
    Allow, Answer, AuditEvent, AuditKind, Certificate, Decision, Header, Peer, Policy, Reason,
    Step, Verdict,
};

/// The target of audit lines, by which a logger can tell them from all others.
pub const AUDIT: &str = "wicketgate::audit";

/// A policy in force in one worker.
pub struct Gate<H> {
    pub core: wicketgate_policy::Gate<SharedCounts<H>>,
    pub host: H,
    pub metrics: Rc<Metrics<H>>,
}

/// The result of judging a request, for now.
pub enum Judged {
    /// It was forwarded or answered.
    Done(Next),
    /// It waits for keys.
    Waits(KeyDemand),
}

impl<H: Host> Gate<H> {
    pub fn new(
        policy: Arc<Policy>,
        by_host: &'static [Scheme],
        host: H,
        metrics: Rc<Metrics<H>>,
    ) -> Self {
        let counts = SharedCounts::of(policy.name(), host.clone());
        let core = wicketgate_policy::Gate::new(policy, counts);
        core.host_checks(by_host);
        Self { core, host, metrics }
    }

    /// Judges the request of the current context, and carries the verdict out. `waited` are the
    /// keys that the request has waited for.
    pub fn judge(&self, phase: &mut Phase, waited: &[KeyDemand]) -> Judged {
        self.host.headers(Map::Request, |headers| match headers {
            Some(headers) => self.decide(headers, phase, waited),
            None => Judged::Done(fail(&self.host, &self.metrics, Reason::InternalError)),
        })
    }

    fn decide(&self, headers: &[Header<'_>], phase: &mut Phase, waited: &[KeyDemand]) -> Judged {
        let certificate = OnceCell::new();
        let mut session = self.core.session(headers);
        waited.iter().for_each(|demand| session.waited(demand));
        // The workers share their counts themselves.
        session.over(Vec::new());
        loop {
            match session.step() {
                Step::Verdict(decision) => return Judged::Done(self.carry_out(decision, phase)),
                Step::Peer => {
                    session.peer(self.host.peer().as_deref().map_or(Peer::Unknown, Peer::Address));
                }
                Step::Now => session.now(self.host.now()),
                Step::Certificate => {
                    let shown = certificate.get_or_init(|| self.host.certificate()).as_ref();
                    session.certificate(match shown {
                        Some(shown) => Certificate::Valid(shown.names()),
                        None => Certificate::Absent,
                    });
                }
                Step::Signature(check) => match self.host.verify_signature(&check) {
                    Some(good) => session.signature(check.answered(good)),
                    // This host checks none.
                    None => self.core.host_checks(&[]),
                },
                Step::Keys(demand) => return Judged::Waits(demand),
                _ => {
                    let action = fail(&self.host, &self.metrics, Reason::InternalError);
                    return Judged::Done(action);
                }
            }
        }
    }

    /// Removes from the trailers of the current request what a client may not say there. If they
    /// can't be read, the request stays where it is.
    pub fn clean_trailers(&self) -> Next {
        self.host.headers(Map::RequestTrailers, |trailers| {
            let Some(trailers) = trailers else { return Next::Pause };
            self.host.edit(Map::RequestTrailers, &self.core.policy().trailers(trailers));
            Next::Continue
        })
    }

    fn carry_out(&self, decision: Decision<'_>, phase: &mut Phase) -> Next {
        let Decision { verdict, audit, shadow } = &decision;
        let mut answer = None;
        // A verdict is large, so it stays where it is.
        let next = match verdict {
            Verdict::Pass { edits } => {
                self.host.edit(Map::Request, edits);
                *phase = Phase::Passed;
                Next::Continue
            }
            Verdict::Allow(allow) => {
                self.host.edit(Map::Request, &allow.edits);
                self.expose("allow", None, allow.rule(), allow.caller());
                self.metrics.count(Counted::Allow, None, allow.rule());
                if let (Some(caller), Some(key)) = (allow.caller(), allow.ending_key()) {
                    self.metrics.grace(caller, key);
                }
                Next::Continue
            }
            Verdict::Deny(deny) => {
                self.metrics.count(Counted::Deny, Some(deny.reason), deny.rule);
                let caller = audit.as_ref().and_then(AuditEvent::caller);
                self.expose("deny", Some(deny.reason), deny.rule, caller);
                answer = Some(&deny.answer);
                Next::Pause
            }
        };
        if let Some(event) = audit {
            if let Some(bucket) = event.alert() {
                self.metrics.alert(bucket);
            }
            write(event);
        }
        shadow.iter().for_each(write);
        // Last, because the answer can end the stream, and with it whatever is counted or told of it.
        if let Some(answer) = answer {
            self.host.reply(answer);
        }
        if let Verdict::Allow(Allow { admission, .. }) = decision.verdict {
            *phase = Phase::Allowed((!admission.leaves_response()).then_some(admission));
        }
        next
    }

    /// Makes a decision readable for access logs, if the policy asks for it.
    fn expose(
        &self,
        decision: &str,
        reason: Option<Reason>,
        rule: Option<&str>,
        caller: Option<&str>,
    ) {
        if !self.core.policy().is_shown_in_access_logs() {
            return;
        }
        let fields = [
            ("wicketgate.decision", decision),
            ("wicketgate.reason", reason.map_or("", Reason::code)),
            ("wicketgate.rule", rule.unwrap_or_default()),
            ("wicketgate.caller", caller.unwrap_or_default()),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            self.host.expose(name, value);
        }
    }
}

/// Denies because there is no policy, or because this host can't bring something.
pub fn fail<H: Host>(host: &H, metrics: &Metrics<H>, reason: Reason) -> Next {
    metrics.count(Counted::Deny, Some(reason), None);
    log::error!("wicketgate: {}", reason.text());
    host.reply(&Answer::unavailable());
    Next::Pause
}

/// Writes an audit line, as a warning if a denial took effect.
pub fn write(event: &AuditEvent<'_>) {
    let level = match event.kind() {
        AuditKind::Allow => Level::Info,
        AuditKind::Deny | AuditKind::ErrorReplaced => Level::Warn,
    };
    log::log!(target: AUDIT, level, "{}", event.to_line());
}
