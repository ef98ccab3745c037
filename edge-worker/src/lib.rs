//! wicketgate as a Cloudflare Worker.
//!
//! The Worker translates and nothing more: what a request is and what becomes of it is decided in
//! `wicketgate-policy`. It holds to these facts about its host, each measured on workerd:
//!
//! - the target is what follows the authority in `request.url`, byte for byte. `URL` would
//!   resolve `%2e%2e` and turn `\` into `/`, and the origin would be asked for another path than
//!   the one that was judged;
//! - what is forwarded is made from the request itself, never from a URL, and redirects are not
//!   followed: a redirect's target was never judged;
//! - what is to be waited for is waited for by the request itself: a promise of one request can't
//!   be awaited by another;
//! - an isolate may outlive a change of its secrets and variables, so a policy belongs to the
//!   `env` it was made from;
//! - whatever goes wrong is answered here. An exception that left the Worker could fail open.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod answer;
mod ask;
mod brought;
mod certificate;
mod clock;
mod gate;
mod headers;
mod judge;
mod keys;
mod limits;
mod log;
mod origin;
mod signature;
mod url;

use judge::Verdict;
use worker::worker_sys::web_sys;
use worker::{Context, Env, event};

/// Judges a request, and asks the origin where it may.
#[event(fetch)]
async fn fetch(
    request: web_sys::Request,
    env: Env,
    context: Context,
) -> worker::Result<web_sys::Response> {
    let answered = match judge::judge(&request, &env, &context).await {
        Ok(Verdict::Answer(response)) => return Ok(response),
        Ok(Verdict::Forward { request, admission }) => {
            judge::answer(&env, &request, admission).await
        }
        Err(error) => Err(error),
    };
    answered.or_else(|error| {
        log::error(&format!("wicketgate: the request could not be served: {error}"));
        answer::unavailable()
    })
}
