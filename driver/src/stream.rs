//! One stream: a request and its response.

use crate::gate::{self, Gate, fail};
use crate::host::{Host, Map};
use crate::metrics::Metrics;
use crate::phase::{Next, Phase};
use crate::waiting::{Flow, Waiting};
use std::cell::RefCell;
use std::rc::Rc;
use wicketgate_policy::{Reason, Response, ResponseDecision};

/// One stream: its parts are judged as they come. Drop it when the stream ends.
pub struct Stream<H> {
    gate: Option<Rc<Gate<H>>>,
    host: H,
    metrics: Rc<Metrics<H>>,
    /// The request's state, shared with the list of waiting requests.
    flow: Rc<RefCell<Flow>>,
    waiting: Rc<Waiting>,
}

impl<H: Host> Stream<H> {
    pub(crate) fn new(
        gate: Option<Rc<Gate<H>>>,
        host: H,
        metrics: Rc<Metrics<H>>,
        context: u32,
        waiting: Rc<Waiting>,
    ) -> Self {
        Self { gate, host, metrics, flow: Rc::new(RefCell::new(Flow::new(context))), waiting }
    }

    /// Judges the request when its headers have come. A request that waits for keys is resumed by
    /// the worker ([`Host::resume`]).
    pub fn request(&self) -> Next {
        match &self.gate {
            Some(gate) => self.waiting.judge(gate, &self.flow),
            None => fail(&self.host, &self.metrics, Reason::NotConfigured),
        }
    }

    /// A part of the request's body has come.
    pub fn body(&self) -> Next {
        if self.is_held() { Next::Pause } else { Next::Continue }
    }

    /// The request's trailers have come.
    pub fn trailers(&self) -> Next {
        if self.is_held() {
            self.flow.borrow_mut().trailers_wait = true;
            return Next::Pause;
        }
        self.gate.as_ref().map_or(Next::Pause, |gate| gate.clean_trailers())
    }

    /// Judges the response when its headers have come.
    pub fn response(&self) -> Next {
        // Take it out, because the answer that replaces this one comes through here again.
        let admission = match &mut self.flow.borrow_mut().phase {
            Phase::Allowed(admission) => admission.take(),
            Phase::Held | Phase::Passed => None,
        };
        let (Some(admission), Some(gate)) = (admission, &self.gate) else { return Next::Continue };
        self.host.headers(Map::Response, |headers| {
            let response = Response { headers: headers.unwrap_or_default() };
            let policy = gate.core.policy();
            match policy.decide_response(&admission, &response, || self.host.now()) {
                ResponseDecision::Forward { edits } => {
                    self.host.edit(Map::Response, &edits);
                    Next::Continue
                }
                ResponseDecision::Replace { answer, audit } => {
                    self.host.reply(&answer);
                    gate::write(&audit);
                    Next::Pause
                }
            }
        })
    }

    fn is_held(&self) -> bool {
        matches!(self.flow.borrow().phase, Phase::Held)
    }
}
