//! Answers in place of the origin's.

use wicketgate_policy::Answer;
use worker::Result;
use worker::js_sys::Uint8Array;
use worker::worker_sys::web_sys::{Headers, Response, ResponseInit};

/// The answer as the host sends it.
pub fn response(answer: &Answer) -> Result<Response> {
    let headers = Headers::new()?;
    for (name, value) in &answer.headers {
        // Several of one name are possible where an origin's own headers are repeated.
        headers.append(name.as_str(), value.as_str())?;
    }
    let init = ResponseInit::new();
    init.set_status(answer.status);
    init.set_headers(&headers);
    // A copy: the host keeps the buffer while it sends, and wasm memory may move meanwhile.
    let body = Uint8Array::from(answer.body.as_slice());
    Ok(Response::new_with_opt_buffer_source_and_init(Some(&body), &init)?)
}

/// The answer where no policy could be asked, or the origin could not.
pub fn unavailable() -> Result<Response> {
    response(&Answer::unavailable())
}
