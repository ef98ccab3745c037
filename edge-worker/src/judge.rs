//! One request and its response.

use crate::headers::{self, Map};
use crate::origin::{self, Handling};
use crate::{answer, gate, log, url};
use wicketgate_policy::{
    Admission, Outcome, Peer, Policy, Reason, Request, ResponseDecision, Time, Verdict as Decided,
};
use worker::js_sys::Date;
use worker::worker_sys::web_sys;
use worker::{Env, Result};

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

/// Asks the policy about a request, and does what it says.
pub fn judge(request: &web_sys::Request, env: &Env) -> Result<Verdict> {
    let Some(policy) = gate::policy(env) else { return refuse(Reason::NotConfigured) };
    let (url, method) = (request.url(), request.method());
    let map = Map::read(&request.headers());
    let mut pseudo = vec![(":method", method.as_str())];
    // Without its parts there is no path, and the policy refuses that.
    if let Some(url::Parts { scheme, authority, target }) = url::split(&url, map.get("host")) {
        pseudo.extend([(":scheme", scheme), (":authority", authority), (":path", target)]);
    }
    // The platform names the client in a header of its own; a Worker has no other peer.
    let judged = Request { headers: &map.behind(&pseudo), peer: Peer::Unknown };
    let Outcome::Decided(decision) = policy.decide(&judged, now()) else {
        return refuse(Reason::InternalError);
    };
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
        Decided::Deny(deny) => Verdict::Answer(answer::response(deny.answer)?),
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
    match gate::policy(env) {
        Some(policy) => guard(&policy, &admission, response),
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
    match policy.decide_response(admission, &judged, now()) {
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

/// The time, in milliseconds.
fn now() -> Time {
    // The host's clock counts whole milliseconds, far from where a cast would lose any; one that
    // is no number becomes 1970, which can't be believed.
    Time::from_unix_millis(Date::now() as i64)
}
