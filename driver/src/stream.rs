//! One stream: a request and its response.

use crate::gate::{self, Gate, fail};
use crate::host::{Host, Map};
use crate::metrics::Metrics;
use crate::waiting::{Flow, Waiting};
use std::cell::RefCell;
use std::rc::Rc;
use wicketgate_policy::{Admission, Reason, Response, ResponseDecision};

/// The next action for a stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Hand on what has come.
    Continue,
    /// Hand on nothing: it was answered, or it waits.
    Pause,
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
        let Some(gate) = self.gate.as_ref().filter(|_| !self.is_held()) else { return Next::Pause };
        self.host.headers(Map::RequestTrailers, |trailers| {
            let Some(trailers) = trailers else { return Next::Pause };
            self.host.edit(Map::RequestTrailers, &gate.core.policy().trailers(trailers));
            Next::Continue
        })
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

    /// Returns `true` if the request is neither judged nor waits to be: something went wrong while
    /// it was to be judged again, and nobody will come back to it.
    pub fn is_lost(&self) -> bool {
        self.is_held() && !self.waiting.has(&self.flow)
    }

    fn is_held(&self) -> bool {
        matches!(self.flow.borrow().phase, Phase::Held)
    }
}
