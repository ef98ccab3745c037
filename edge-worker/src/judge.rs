//! Asks the policy about a request until there is a decision.

use crate::brought::{Brought, More};
use crate::certificate::Shown;
use crate::clock::now;
use crate::gate::Gate;
use crate::judged::Judged;
use crate::platform::{Context, Env};
use crate::{keys, limits, log, signature};
use std::rc::Rc;
use wicketgate_policy::{
    Admission, Decision, Demand, Header, Outcome, Over, Peer, Reason, Request,
};

/// Asks the policy about a request. Returns `None` if something has to be brought, asked elsewhere
/// or started first; then nothing was counted or written down.
pub fn at_once(gate: &Rc<Gate>, headers: &[Header<'_>]) -> Option<Judged> {
    if keys::are_due(gate) {
        return None;
    }
    let (keys, nothing) = (gate.keys(), Brought::default());
    let served = nothing.served(gate, &keys);
    let judged = request(headers);
    match gate.policy.decide_with(&judged, served, now()) {
        Outcome::Decided(decision) if gate.policy.limits(&decision).is_empty() => {
            Some(settled(gate, decision, &[]))
        }
        Outcome::Decided(_) | Outcome::Need(_) => None,
    }
}

/// Asks the policy about a request, and brings what it demands until there is a decision.
pub async fn later(
    gate: &Rc<Gate>,
    headers: &[Header<'_>],
    asked: &web_sys::Request,
    env: &Env,
    context: &Context,
) -> Judged {
    let judged = request(headers);
    let mut brought = Brought::default();
    loop {
        // Take the keys that are known by now: one that was removed meanwhile no longer counts.
        let keys = gate.keys();
        let served = brought.served(gate, &keys);
        let demand = match gate.policy.decide_with(&judged, served, now()) {
            Outcome::Decided(decision) => {
                let over = limits::over(&gate.policy.limits(&decision), env).await;
                keys::refresh(gate, context);
                return settled(gate, decision, &over);
            }
            Outcome::Need(demand) => demand,
        };
        let more = match demand {
            Demand::Certificate => More::Certificate(Shown::of(asked)),
            Demand::Keys(demand) => {
                keys::bring(gate, demand, context).await;
                More::Keys(demand.source())
            }
            Demand::Signature(check) => More::Signature(signature::check(&check).await),
            _ => {
                log::error(&format!("wicketgate: {}", Reason::InternalError.text()));
                return Judged::unavailable();
            }
        };
        brought.add(more);
    }
}

/// Asks the policy about the response to a request that was allowed.
pub fn response(gate: &Gate, admission: &Admission, headers: &[Header<'_>]) -> Judged {
    let judged = wicketgate_policy::Response { headers };
    Judged::response(gate.policy.decide_response(admission, &judged, now))
}

/// The platform names the client in a header of its own; a Worker has no other peer.
fn request<'r>(headers: &'r [Header<'r>]) -> Request<'r> {
    Request { headers, peer: Peer::Unknown }
}

/// Counts the decision, and writes its audit line.
fn settled<'a>(gate: &'a Rc<Gate>, mut decision: Decision<'a>, over: &[Over]) -> Judged {
    gate.policy.restrain(&mut decision, &gate.counts, over, now());
    decision.audit.iter().chain(&decision.shadow).for_each(log::write);
    Judged::request(decision.verdict)
}
