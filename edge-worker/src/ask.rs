//! Asks an address for keys, or for what leads to them.

use crate::platform::{Result, pause};
use js_sys::futures::JsFuture;
use js_sys::{Object, Reflect, Uint8Array};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestInit, RequestRedirect};
use web_sys::{Response, WorkerGlobalScope};
use wicketgate_policy::jwt::{Ask, Fetched, MAX_FETCHED};

/// The result of asking.
pub enum Asked {
    /// An answer: its status, and its body as far as it is read.
    Answer(u16, Vec<u8>),
    /// No answer in time.
    TimedOut,
    /// No answer.
    Unreachable,
}

impl Asked {
    /// The result in the form that the policy takes.
    pub fn fetched(&self) -> Fetched<'_> {
        match self {
            Self::Answer(status, body) => Fetched::Answer { status: *status, body },
            Self::TimedOut => Fetched::TimedOut,
            Self::Unreachable => Fetched::Unreachable,
        }
    }
}

/// Asks an address. The timeout covers the whole answer, to the last byte.
pub async fn ask(ask: &Ask) -> Asked {
    let Ok(controller) = AbortController::new() else { return Asked::Unreachable };
    let mut answer = pin!(answer(ask, &controller));
    let timeout = u64::try_from(ask.timeout()).unwrap_or(0);
    let mut late = pin!(pause(Duration::from_millis(timeout)));
    let first = poll_fn(|task| match answer.as_mut().poll(task) {
        Poll::Ready(answer) => Poll::Ready(answer.unwrap_or(Asked::Unreachable)),
        Poll::Pending => late.as_mut().poll(task).map(|()| Asked::TimedOut),
    })
    .await;
    // Nobody needs the rest of the answer.
    controller.abort();
    first
}

async fn answer(ask: &Ask, controller: &AbortController) -> Result<Asked> {
    let init = RequestInit::new();
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&controller.signal()));
    Reflect::set(&init, &"cf".into(), &caching(ask)?.into())?;
    let global: WorkerGlobalScope = js_sys::global().unchecked_into();
    let response = JsFuture::from(global.fetch_with_str_and_init(ask.uri(), &init)).await?;
    let response: Response = response.unchecked_into();
    let body = body(&response).await?;
    Ok(Asked::Answer(response.status(), body))
}

/// Instructions for the platform's cache, which the isolates of a location share. It keeps an
/// answer with keys for as long as the address would not be asked again anyway, and no other
/// answer.
fn caching(ask: &Ask) -> Result<Object> {
    // Spans of a policy are short enough for a float to hold every second.
    let seconds = (ask.cooldown() / 1_000) as f64;
    let by_status = Object::new();
    Reflect::set(&by_status, &"200".into(), &seconds.into())?;
    Reflect::set(&by_status, &"201-599".into(), &NEVER.into())?;
    let caching = Object::new();
    Reflect::set(&caching, &"cacheEverything".into(), &JsValue::TRUE)?;
    Reflect::set(&caching, &"cacheTtlByStatus".into(), &by_status)?;
    Ok(caching)
}

/// A time to live that means "do not keep". Zero would keep the answer, and revalidate it.
const NEVER: f64 = -1.0;

/// Reads the body up to one byte more than may be used, which is enough to see that it is too
/// large.
async fn body(response: &Response) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let Some(stream) = response.body() else { return Ok(bytes) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    loop {
        let read = JsFuture::from(reader.read()).await?;
        let chunk = Reflect::get(&read, &"value".into())?;
        let Ok(chunk) = chunk.dyn_into::<Uint8Array>() else { return Ok(bytes) };
        let left = MAX_FETCHED.saturating_add(1).saturating_sub(bytes.len());
        let wanted = chunk.subarray(0, u32::try_from(left).unwrap_or(0));
        bytes.extend_from_slice(&wanted.to_vec());
        if bytes.len() > MAX_FETCHED {
            // Nobody needs the rest.
            drop(reader.cancel());
            return Ok(bytes);
        }
    }
}
