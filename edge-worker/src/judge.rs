//! One request and its response.

use crate::brought::{Brought, More};
use crate::certificate::Shown;
use crate::clock::now;
use crate::headers::{self, Map};
use crate::origin::{self, Handling};
use crate::{answer, gate, keys, limits, log, signature, url};
use wicketgate_policy::{
    Admission, Begun, Decision, Demand, Outcome, Peer, Policy, Reason, ResponseDecision,
    Verdict as Decided,
};
use worker::worker_sys::web_sys;
use worker::{Context, Env, Result};

/// What becomes of a request.
pub enum Verdict {
    /// It is answered here, and nothing of it goes on.
    Answer(web_sys::Response),
    /// It goes on to the origin.
    Forward {
        /// What to ask the origin: the very target that was judged.
        request: web_sys::Request,
        /// For a guarded request, what is to be remembered until the response comes.
        admission: Option<Admission>,
    },
}

/// Asks the policy about a request, brings what it demands until there is a decision, and does what
/// that says. Until then nothing of the request goes on, and its body is not touched.
pub async fn judge(request: &web_sys::Request, env: &Env, context: &Context) -> Result<Verdict> {
    let Some(gate) = gate::of(env) else { return refuse(Reason::NotConfigured) };
    let (url, method) = (request.url(), request.method());
    let map = Map::read(&request.headers());
    let mut pseudo = vec![(":method", method.as_str())];
    // Without its parts there is no path, and the policy refuses that.
    if let Some(url::Parts { scheme, authority, target }) = url::split(&url, map.get("host")) {
        pseudo.extend([(":scheme", scheme), (":authority", authority), (":path", target)]);
    }
    // The platform names the client in a header of its own; a Worker has no other peer.
    let headers = map.behind(&pseudo);
    let pending = match gate.policy.begin(&headers) {
        Begun::Decided(decision) => {
            keys::refresh(&gate, context);
            return carry_out(request, decision);
        }
        Begun::Pending(pending) => pending,
    };
    let mut brought = Brought::default();
    loop {
        // Each time what is known by now: a key that was removed meanwhile counts no more.
        let keys = gate.keys();
        let demand = match pending.decide(Peer::Unknown, brought.served(&gate, &keys), now()) {
            Outcome::Decided(mut decision) => {
                let over = limits::over(&gate.policy.limits(&decision), env).await;
                gate.policy.restrain(&mut decision, &gate.counts, &over, now());
                keys::refresh(&gate, context);
                return carry_out(request, decision);
            }
            Outcome::Need(demand) => demand,
        };
        let more = match demand {
            Demand::Certificate => More::Certificate(Shown::of(request)),
            Demand::Keys(demand) => {
                keys::bring(&gate, demand, context).await;
                More::Keys(demand.source())
            }
            Demand::Signature(check) => More::Signature(signature::check(&check).await),
            _ => return refuse(Reason::InternalError),
        };
        brought.add(more);
    }
}

fn carry_out(request: &web_sys::Request, decision: Decision<'_>) -> Result<Verdict> {
    decision.audit.iter().chain(&decision.shadow).for_each(log::write);
    Ok(match decision.verdict {
        Decided::Pass { edits } => Verdict::Forward {
            request: origin::request(request, &edits, Handling::Ordinary)?,
            admission: None,
        },
        Decided::Allow(allow) => Verdict::Forward {
            request: origin::request(request, &allow.edits, Handling::Guarded)?,
            admission: Some(allow.admission),
        },
        Decided::Deny(deny) => Verdict::Answer(answer::response(&deny.answer)?),
    })
}

/// Asks the origin, and the policy about its answer.
pub async fn answer(
    env: &Env,
    request: &web_sys::Request,
    admission: Option<Admission>,
) -> Result<web_sys::Response> {
    let response = origin::ask(env, request).await?;
    let Some(admission) = admission else { return Ok(response) };
    match gate::of(env) {
        Some(gate) => guard(&gate.policy, &admission, response),
        None => answer::unavailable(),
    }
}

fn guard(
    policy: &Policy,
    admission: &Admission,
    response: web_sys::Response,
) -> Result<web_sys::Response> {
    let map = Map::read(&response.headers());
    let status = response.status().to_string();
    let headers = map.behind(&[(":status", &status)]);
    let judged = wicketgate_policy::Response { headers: &headers };
    match policy.decide_response(admission, &judged, now) {
        ResponseDecision::Forward { edits } if edits.is_empty() => Ok(response),
        ResponseDecision::Forward { edits } => {
            let response = origin::copy(&response)?;
            headers::edit(&response.headers(), &edits)?;
            Ok(response)
        }
        ResponseDecision::Replace { answer, audit } => {
            log::write(&audit);
            // Nobody will read it: the connection need not bring it here.
            if let Some(body) = response.body() {
                drop(body.cancel());
            }
            answer::response(&answer)
        }
    }
}

/// There is no policy that could be asked, or it asked for what this host can't bring.
fn refuse(reason: Reason) -> Result<Verdict> {
    log::error(&format!("wicketgate: {}", reason.text()));
    answer::unavailable().map(Verdict::Answer)
}
