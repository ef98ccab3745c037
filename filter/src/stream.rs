//! One stream: a request and its response.

use crate::host::{self, Map};
use crate::metrics::{Metrics, Outcome as Counted};
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::{Action, LogLevel};
use std::rc::Rc;
use wicketgate_policy::{
    Admission, Answer, AuditEvent, AuditKind, Decision, Demand, Outcome, Peer, Policy, Reason,
    Request, Response, ResponseDecision, Verdict,
};

/// The context of one stream.
pub struct Stream {
    policy: Option<Rc<Policy>>,
    metrics: Rc<Metrics>,
    phase: Phase,
}

/// How far the gate is with the request.
enum Phase {
    /// No verdict yet, or a denial: nothing of the request goes on.
    Held,
    /// No rule covers it.
    Passed,
    /// It was allowed; what is to be remembered until the response comes.
    Allowed(Option<Admission>),
}

impl Stream {
    pub fn new(policy: Option<Rc<Policy>>, metrics: Rc<Metrics>) -> Self {
        Self { policy, metrics, phase: Phase::Held }
    }

    /// Asks the policy, serving its demands, and does what it says.
    fn judge(&mut self) -> Action {
        let Some(policy) = self.policy.clone() else {
            return self.fail(Reason::NotConfigured);
        };
        let map = host::headers(Map::Request);
        let headers = host::as_headers(&map);
        let now = host::now();
        let mut asked: Option<Option<Vec<u8>>> = None;
        loop {
            let peer = match &asked {
                None => Peer::NotAsked,
                Some(None) => Peer::Unknown,
                Some(Some(address)) => Peer::Address(address),
            };
            let request = Request { headers: &headers, peer };
            match policy.decide(&request, now) {
                Outcome::Decided(decision) => return self.carry_out(decision),
                Outcome::Need(Demand::Peer) if asked.is_none() => asked = Some(host::peer()),
                Outcome::Need(_) => return self.fail(Reason::InternalError),
            }
        }
    }

    fn carry_out(&mut self, decision: Decision<'_>) -> Action {
        let Decision { verdict, audit, shadow } = decision;
        let action = match verdict {
            Verdict::Pass { edits } => {
                host::edit(Map::Request, &edits);
                self.phase = Phase::Passed;
                Action::Continue
            }
            Verdict::Allow(allow) => {
                host::edit(Map::Request, &allow.edits);
                expose("allow", None, allow.rule(), allow.caller());
                self.metrics.count(Counted::Allow, None, allow.rule());
                self.phase = Phase::Allowed(Some(allow.admission));
                Action::Continue
            }
            Verdict::Deny(deny) => {
                host::reply(deny.answer);
                self.metrics.count(Counted::Deny, Some(deny.reason), deny.rule);
                let caller = audit.as_ref().and_then(AuditEvent::caller);
                expose("deny", Some(deny.reason), deny.rule, caller);
                Action::Pause
            }
        };
        if let Some(event) = &audit {
            write(event);
        }
        shadow.iter().for_each(write);
        action
    }

    /// There is no policy that could be asked, or it asked for what this host can't bring.
    fn fail(&mut self, reason: Reason) -> Action {
        host::reply(&Answer::unavailable());
        self.metrics.count(Counted::Deny, Some(reason), None);
        host::log(LogLevel::Error, &format!("wicketgate: {}", reason.text()));
        Action::Pause
    }
}

/// Writes an audit line: a warning when it tells of a denial that took effect.
fn write(event: &AuditEvent<'_>) {
    let level = match event.kind() {
        AuditKind::Allow => LogLevel::Info,
        AuditKind::Deny | AuditKind::ErrorReplaced => LogLevel::Warn,
    };
    host::log(level, &event.to_line());
}

/// Makes a decision readable to access logs, whether or not it has an audit line.
fn expose(decision: &str, reason: Option<Reason>, rule: Option<&str>, caller: Option<&str>) {
    host::expose("wicketgate.decision", decision);
    host::expose("wicketgate.reason", reason.map_or("", Reason::code));
    host::expose("wicketgate.rule", rule.unwrap_or_default());
    host::expose("wicketgate.caller", caller.unwrap_or_default());
}

impl Context for Stream {}

impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        #[cfg(wicketgate_faults)]
        crate::fault::happen("before");
        let action = self.judge();
        #[cfg(wicketgate_faults)]
        crate::fault::happen("after");
        action
    }

    fn on_http_request_body(&mut self, _: usize, _: bool) -> Action {
        match self.phase {
            Phase::Held => Action::Pause,
            Phase::Passed | Phase::Allowed(_) => Action::Continue,
        }
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        match (&self.phase, &self.policy) {
            (Phase::Held, _) | (_, None) => Action::Pause,
            (Phase::Passed | Phase::Allowed(_), Some(policy)) => {
                let map = host::headers(Map::RequestTrailers);
                host::edit(Map::RequestTrailers, &policy.trailers(&host::as_headers(&map)));
                Action::Continue
            }
        }
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        #[cfg(wicketgate_faults)]
        crate::fault::happen("response");
        let Phase::Allowed(admission) = &mut self.phase else { return Action::Continue };
        // Taken: the answer that replaces this one comes through here again.
        let (Some(admission), Some(policy)) = (admission.take(), &self.policy) else {
            return Action::Continue;
        };
        let map = host::headers(Map::Response);
        let headers = host::as_headers(&map);
        let response = Response { headers: &headers };
        match policy.decide_response(&admission, &response, host::now()) {
            ResponseDecision::Forward { edits } => {
                host::edit(Map::Response, &edits);
                Action::Continue
            }
            ResponseDecision::Replace { answer, audit } => {
                host::reply(&answer);
                write(&audit);
                Action::Pause
            }
        }
    }
}
