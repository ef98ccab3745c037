//! Asks the policy about a request until there is a decision.

use crate::certificate::Shown;
use crate::clock::now;
use crate::judged::Judged;
use crate::platform::Env;
use crate::{console, keys, limits, signature};
use std::cell::OnceCell;
use std::rc::Rc;
use wicketgate_policy::{Admission, Decision, Gate, Header, Peer, Reason, Step};
use worker_sys::Context;

/// Judges a request. Returns `None` if something has to be brought, asked elsewhere or started
/// first; then nothing was counted or written down.
pub fn at_once(gate: &Gate, headers: &[Header<'_>]) -> Option<Judged> {
    if keys::are_due(gate) {
        return None;
    }
    let mut session = gate.session(headers);
    loop {
        match session.step() {
            Step::Verdict(decision) => return Some(settled(decision)),
            // The platform names the client in a header of its own; a Worker has no other peer.
            Step::Peer => session.peer(Peer::Unknown),
            Step::Now => session.now(now()),
            _ => return None,
        }
    }
}

/// Judges a request, and brings what its session asks for until there is a verdict.
pub async fn later(
    gate: &Rc<Gate>,
    headers: &[Header<'_>],
    asked: &web_sys::Request,
    env: &Env,
    context: &Context,
) -> Judged {
    let certificate = OnceCell::new();
    let mut session = gate.session(headers);
    loop {
        match session.step() {
            Step::Verdict(decision) => {
                keys::refresh(gate, context);
                return settled(decision);
            }
            Step::Peer => session.peer(Peer::Unknown),
            Step::Now => session.now(now()),
            Step::Certificate => {
                let shown = certificate.get_or_init(|| Shown::of(asked));
                session.certificate(shown.certificate());
            }
            Step::Keys(demand) => {
                keys::bring(gate, demand, context).await;
                session.waited(&demand);
            }
            Step::Signature(check) => {
                let answer = signature::check(&check).await;
                session.signature(answer);
                session.now(now());
            }
            Step::Limits(limits) => {
                let over = limits::over(&limits, env).await;
                session.over(over);
            }
            _ => {
                log::error!("wicketgate: {}", Reason::InternalError.text());
                return Judged::unavailable();
            }
        }
    }
}

/// Asks the policy about the response to a request that was allowed.
pub fn response(gate: &Gate, admission: &Admission, headers: &[Header<'_>]) -> Judged {
    let judged = wicketgate_policy::Response { headers };
    Judged::response(gate.policy().decide_response(admission, &judged, now))
}

/// Writes the audit lines of a decision, which has been counted.
fn settled(decision: Decision<'_>) -> Judged {
    decision.audit.iter().chain(&decision.shadow).for_each(console::write);
    Judged::request(decision.verdict)
}
