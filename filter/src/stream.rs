//! One stream, as the host calls it.

use crate::host::Proxy;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use wicketgate_driver::{Next, Stream};

/// The context of one stream.
pub struct Filter(pub Stream<Proxy>);

impl Context for Filter {}

impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        #[cfg(wicketgate_faults)]
        crate::fault::happen("before");
        let next = self.0.request();
        #[cfg(wicketgate_faults)]
        crate::fault::happen("after");
        action(next)
    }

    fn on_http_request_body(&mut self, _: usize, _: bool) -> Action {
        action(self.0.body())
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        action(self.0.trailers())
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        #[cfg(wicketgate_faults)]
        crate::fault::happen("response");
        action(self.0.response())
    }
}

const fn action(next: Next) -> Action {
    match next {
        Next::Continue => Action::Continue,
        Next::Pause => Action::Pause,
    }
}
