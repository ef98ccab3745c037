//! wicketgate as a Cloudflare Worker.
//!
//! The Worker only translates; `wicketgate-policy` decides. The JavaScript beside `worker.mjs`
//! hands a request over as one text and carries out the result. So a request takes a few calls of
//! this module, since each call costs, and so does each object of the platform that the module
//! touches. These facts about the host were measured on workerd, and everything here holds to them:
//!
//! - the target is the text after the authority in `request.url`, byte for byte. `URL` would
//!   resolve `%2e%2e` and turn `\` into `/`, and the origin would be asked for another path than
//!   the one that was judged;
//! - a forwarded request is made from the request itself, never from a URL. Redirects are not
//!   followed, because a redirect's target was never judged;
//! - a request awaits its own promises only: no request can await a promise of another;
//! - an isolate may outlive a change of its secrets and variables, so a policy belongs to the
//!   `env` it was made from;
//! - every failure is answered here. An exception that left the Worker could fail open.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod admitted;
mod ask;
mod certificate;
mod clock;
mod console;
mod gate;
mod judge;
mod judged;
mod keys;
mod limits;
mod message;
mod platform;
mod signature;
mod url;

use admitted::Admitted;
use js_sys::futures::future_to_promise;
use js_sys::{Array, JsString, Promise, Uint8Array};
use judged::{Judged, Kind};
use platform::Env;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;
use wicketgate_policy::Admission;
use worker_sys::Context;

/// The gate with the policy of one `env`.
///
/// The result of judging is a number. Its three low bits are the [`Kind`]. The next bit says that
/// the text is the same as the last one. The bits above are the number of an allowed request, by
/// which its response is judged. An object for each result would have to be given back, and the
/// platform tells late, if ever, which requests are gone.
#[wasm_bindgen]
pub struct Gate {
    gate: Rc<wicketgate_policy::Gate>,
    admitted: Rc<RefCell<Admitted<Admission>>>,
    last: RefCell<Judged>,
    /// The changes that were handed over last, those of a request and those of a response.
    known: [RefCell<String>; 2],
}

#[wasm_bindgen]
impl Gate {
    /// The gate with the policy that `env` holds; none where it holds none that can be used, which
    /// is then said in the log.
    pub fn open(env: &Env) -> Option<Self> {
        let gate = Rc::new(gate::open(env)?);
        Some(Self {
            gate,
            admitted: Rc::default(),
            last: RefCell::default(),
            known: Default::default(),
        })
    }

    /// Judges a request of `parts` parts (see [`message`]). The result is [`Kind::Later`] if
    /// something has to be brought first.
    pub fn judge(&self, request: &str, parts: usize) -> u32 {
        let judged = match message::request(request, parts) {
            Some(headers) => judge::at_once(&self.gate, &headers),
            None => Some(Judged::unavailable()),
        };
        judged.map_or(Kind::Later as u32, |judged| self.tell(judged, &self.known[0]))
    }

    /// Judges a request for which something has to be brought. Returns a promise of the result,
    /// with its text and its body. Until it settles, nothing is forwarded, and the request's body
    /// is not touched.
    pub fn judge_later(
        &self,
        text: String,
        parts: usize,
        request: web_sys::Request,
        env: Env,
        context: Context,
    ) -> Promise {
        let (gate, admitted) = (Rc::clone(&self.gate), Rc::clone(&self.admitted));
        future_to_promise(AssertUnwindSafe(async move {
            let mut judged = match message::request(&text, parts) {
                Some(headers) => judge::later(&gate, &headers, &request, &env, &context).await,
                None => Judged::unavailable(),
            };
            let told = number(&mut judged, &admitted);
            let (text, body) = (JsString::from(judged.text), Uint8Array::from(&*judged.body));
            Ok(Array::of3(&told.into(), &text, &body).into())
        }))
    }

    /// Judges the response to the allowed request with this number, once.
    pub fn respond(&self, number: u32, response: &str, parts: usize) -> u32 {
        let admission = self.admitted.borrow_mut().take(number);
        let judged = match (admission, message::response(response, parts)) {
            (Some(admission), Some(headers)) => judge::response(&self.gate, &admission, &headers),
            _ => Judged::unavailable(),
        };
        self.tell(judged, &self.known[1])
    }

    /// Takes the text of the last result (see [`Judged::text`]).
    pub fn text(&self) -> String {
        std::mem::take(&mut self.last.borrow_mut().text)
    }

    /// Takes the body of the last answer.
    pub fn body(&self) -> Vec<u8> {
        std::mem::take(&mut self.last.borrow_mut().body)
    }

    fn tell(&self, mut judged: Judged, known: &RefCell<String>) -> u32 {
        let mut told = number(&mut judged, &self.admitted);
        if matches!(judged.kind, Kind::Changed | Kind::Allowed) {
            let mut known = known.borrow_mut();
            if *known == judged.text {
                told |= KNOWN;
            } else {
                known.clone_from(&judged.text);
            }
        }
        *self.last.borrow_mut() = judged;
        told
    }
}

fn number(judged: &mut Judged, admitted: &RefCell<Admitted<Admission>>) -> u32 {
    let kind = judged.kind as u32;
    match judged.admission.take() {
        Some(admission) => kind | admitted.borrow_mut().keep(admission) << NUMBER_AT,
        None => kind,
    }
}

/// This bit says that the text is the last one again. Strings are slow to hand over, and most
/// requests of a rule get the same changes.
const KNOWN: u32 = 1 << 3;
const NUMBER_AT: u32 = 4;
