//! The way to the origin and back.

use crate::{headers, url};
use web_sys::{Headers, RequestCache, RequestInit, RequestRedirect, ResponseInit};
use wicketgate_policy::Edit;
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{self, Reflect};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::worker_sys::{Fetcher, web_sys};
use worker::{Env, Result};

/// How the platform may handle a request on its way.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Handling {
    /// As it handles any.
    Ordinary,
    /// It was let through for one caller: past the cache that `fetch` has of its own.
    Guarded,
}

/// The request as it goes to the origin: method, target, body, properties and signal as they
/// are, the headers changed.
pub fn request(
    request: &web_sys::Request,
    edits: &[Edit<'_>],
    handling: Handling,
) -> Result<web_sys::Request> {
    let init = RequestInit::new();
    init.set_redirect(RequestRedirect::Manual);
    if handling == Handling::Guarded {
        init.set_cache(RequestCache::NoStore);
    }
    if !edits.is_empty() {
        let changed = Headers::new_with_headers(&request.headers())?;
        headers::edit(&changed, edits)?;
        init.set_headers(&changed);
    }
    // From the request and not from its URL, which would be normalised on the way.
    Ok(web_sys::Request::new_with_request_and_init(request, &init)?)
}

/// Asks the origin: the binding `ORIGIN` where there is one, else the route's own.
pub async fn ask(env: &Env, request: &web_sys::Request) -> Result<web_sys::Response> {
    let origin = Reflect::get(env, &ORIGIN.into()).unwrap_or(JsValue::UNDEFINED);
    let response = if let Some(base) = origin.as_string() {
        fetch(&elsewhere(&base, request)?)
    } else if origin.is_undefined() {
        fetch(request)
    } else {
        origin.unchecked_into::<Fetcher>().fetch(request)?
    };
    Ok(JsFuture::from(response).await?.unchecked_into())
}

/// A copy whose headers can be changed, with the body, a web socket and the encoding as they are.
pub fn copy(response: &web_sys::Response) -> Result<web_sys::Response> {
    let body = response.body();
    let init: &ResponseInit = response.unchecked_ref();
    Ok(web_sys::Response::new_with_opt_readable_stream_and_init(body.as_ref(), init)?)
}

/// A service binding, or the URL of an origin elsewhere.
const ORIGIN: &str = "ORIGIN";

/// The request for an origin whose address is not the route's. `fetch` takes no other address but
/// as a URL, which it may normalise: then it is not asked at all.
fn elsewhere(base: &str, request: &web_sys::Request) -> Result<web_sys::Request> {
    let url = request.url();
    let target = url::split(&url, None).map_or("", |parts| parts.target);
    let wanted = format!("{}{target}", base.trim_end_matches('/'));
    let moved = web_sys::Request::new_with_str_and_init(&wanted, request.unchecked_ref())?;
    if moved.url() == wanted {
        return Ok(moved);
    }
    Err("`ORIGIN` would be asked for another target than the one that was judged: bind a service \
         to it instead of a URL"
        .into())
}

fn fetch(request: &web_sys::Request) -> js_sys::Promise {
    js_sys::global().unchecked_into::<web_sys::WorkerGlobalScope>().fetch_with_request(request)
}
