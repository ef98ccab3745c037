//! wicketgate as a Cloudflare Worker.
//!
//! The Worker translates and nothing more: what a request is and what becomes of it is decided in
//! `wicketgate-policy`. The JavaScript beside `worker.mjs` hands a request over as one text and
//! carries out what comes of it, so that a request is a few calls of this module: each costs, and so
//! does every object of the platform that it touches. All of it holds to these facts about the
//! host, each measured on workerd:
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

mod ask;
mod brought;
mod certificate;
mod clock;
mod gate;
mod judge;
mod judged;
mod keys;
mod limits;
mod log;
mod message;
mod platform;
mod signature;
mod url;

use js_sys::Promise;
use js_sys::futures::future_to_promise;
use judged::{Judged, Kind};
use platform::{Context, Env};
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;

/// The gate with the policy of one `env`.
#[wasm_bindgen]
pub struct Gate {
    gate: Rc<gate::Gate>,
    judged: RefCell<Option<Judged>>,
}

#[wasm_bindgen]
impl Gate {
    /// The gate with the policy that `env` holds; none where it holds none that can be used, which
    /// is then said in the log.
    pub fn open(env: &Env) -> Option<Self> {
        let gate = gate::open(env)?;
        Some(Self { gate: Rc::new(gate), judged: RefCell::default() })
    }

    /// Judges a request of so many parts (see [`message`]) and says what comes of it, which
    /// [`Self::judged`] has then; [`Kind::Later`] where something has to be brought first.
    pub fn judge(&self, request: &str, parts: usize) -> Kind {
        let judged = match message::request(request, parts) {
            Some(headers) => judge::at_once(&self.gate, &headers),
            None => Some(Judged::unavailable()),
        };
        let Some(judged) = judged else { return Kind::Later };
        let kind = judged.kind();
        if kind != Kind::Unchanged {
            *self.judged.borrow_mut() = Some(judged);
        }
        kind
    }

    /// What came of the last request that was judged, once.
    pub fn judged(&self) -> Option<Judged> {
        self.judged.borrow_mut().take()
    }

    /// Judges a request for which something has to be brought: a promise of what comes of it.
    /// Until it settles nothing of the request goes on, and its body is not touched.
    pub fn judge_later(
        &self,
        text: String,
        parts: usize,
        request: web_sys::Request,
        env: Env,
        context: Context,
    ) -> Promise {
        let gate = Rc::clone(&self.gate);
        future_to_promise(AssertUnwindSafe(async move {
            let judged = match message::request(&text, parts) {
                Some(headers) => judge::later(&gate, &headers, &request, &env, &context).await,
                None => Judged::unavailable(),
            };
            Ok(judged.into())
        }))
    }
}
