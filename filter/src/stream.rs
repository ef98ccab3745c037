//! One stream: a request and its response.

use crate::gate::{Gate, fail};
use crate::host::{self, Map};
use crate::metrics::Metrics;
use crate::waiting::{Flow, Waiting};
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::{Action, LogLevel};
use std::cell::RefCell;
use std::rc::Rc;
use wicketgate_policy::{Admission, AuditEvent, AuditKind, Reason, Response, ResponseDecision};

/// The context of one stream.
pub struct Stream {
    gate: Option<Rc<Gate>>,
    metrics: Rc<Metrics>,
    /// The request's state, shared with the list of waiting requests.
    flow: Rc<RefCell<Flow>>,
    waiting: Rc<Waiting>,
}

/// The gate's progress with the request.
#[derive(Default)]
pub enum Phase {
    /// No verdict yet, or a denial: nothing of the request is forwarded.
    #[default]
    Held,
    /// No rule covers it.
    Passed,
    /// It was allowed. The admission is kept until the response comes.
    Allowed(Option<Admission>),
}

impl Stream {
    pub fn new(
        gate: Option<Rc<Gate>>,
        metrics: Rc<Metrics>,
        context: u32,
        waiting: Rc<Waiting>,
    ) -> Self {
        Self { gate, metrics, flow: Rc::new(RefCell::new(Flow::new(context))), waiting }
    }

    fn judge(&mut self) -> Action {
        let Some(gate) = &self.gate else { return fail(&self.metrics, Reason::NotConfigured) };
        self.waiting.judge(gate, &self.flow)
    }

    fn with_phase<T>(&mut self, then: impl FnOnce(&mut Phase) -> T) -> T {
        then(&mut self.flow.borrow_mut().phase)
    }
}

/// Writes an audit line, as a warning if a denial took effect.
pub fn write(event: &AuditEvent<'_>) {
    let level = match event.kind() {
        AuditKind::Allow => LogLevel::Info,
        AuditKind::Deny | AuditKind::ErrorReplaced => LogLevel::Warn,
    };
    host::log(level, &event.to_line());
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
        self.with_phase(|phase| match phase {
            Phase::Held => Action::Pause,
            Phase::Passed | Phase::Allowed(_) => Action::Continue,
        })
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        let held = self.with_phase(|phase| matches!(phase, Phase::Held));
        match &self.gate {
            Some(gate) if !held => {
                let map = host::read(Map::RequestTrailers);
                let Some(trailers) = host::headers(&map) else { return Action::Pause };
                host::edit(Map::RequestTrailers, &gate.core.policy().trailers(&trailers));
                Action::Continue
            }
            _ => Action::Pause,
        }
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        #[cfg(wicketgate_faults)]
        crate::fault::happen("response");
        // Take it out, because the answer that replaces this one comes through here again.
        let admission = self.with_phase(|phase| match phase {
            Phase::Allowed(admission) => admission.take(),
            Phase::Held | Phase::Passed => None,
        });
        let (Some(admission), Some(gate)) = (admission, &self.gate) else {
            return Action::Continue;
        };
        let map = host::read(Map::Response);
        let headers = host::headers(&map).unwrap_or_default();
        let response = Response { headers: &headers };
        match gate.core.policy().decide_response(&admission, &response, host::now) {
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
