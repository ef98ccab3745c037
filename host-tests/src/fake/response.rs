//! The way back: the origin's answer or the module's own, through the module's callbacks.

use super::flow::{Action, size};
use super::headers::Headers;
use super::request::{Request, Response};
use super::{Answer, Host, local};

impl Host {
    /// The answer goes back: the origin's where the request got through, else the module's own.
    /// Nothing goes back to a request that is held.
    pub fn respond(&mut self, context: u32) {
        let Some(flow) = self.flows.get(&context) else { return };
        let request = flow.request.clone();
        let answer = match (&flow.failure, &flow.seen, &flow.reply) {
            (Some(_), ..) => Some(local::failed()),
            (None, Some(_), _) => self.carry(context, request.response.clone(), &request),
            // The module's own answer goes through its callbacks too.
            (None, None, Some(reply)) => {
                self.carry(context, local::response(reply, &request), &request)
            }
            (None, None, None) => None,
        };
        if let Some(flow) = self.flows.get_mut(&context) {
            flow.answer = if flow.failure.is_some() { Some(local::failed()) } else { answer };
        }
    }

    fn carry(&mut self, context: u32, response: Response, request: &Request) -> Option<Answer> {
        let Response { headers, body, trailers } = response;
        let end = body.is_empty() && trailers.is_none();
        let count = size(headers.len());
        self.with_stream(context, |stream| {
            stream.response_headers.headers = headers;
            stream.response_headers.open = true;
        });
        let action = self.run(context, |host| {
            host.guest.call(|exports| &exports.response_headers, (context, count, end.into()))
        });
        if action == Action::Pause {
            // An answer given now takes the place of the origin's, and no callback sees it.
            let reply = self.with_stream(context, |stream| stream.local_reply.take()).flatten();
            return reply.map(|reply| local::answer(local::response(&reply, request), request));
        }
        let headers = self.with_stream(context, |stream| {
            stream.response_headers.open = false;
            stream.response_headers.headers.clone()
        });
        let body = self.carry_body(context, body, trailers.is_none());
        let trailers = trailers.map(|trailers| self.carry_trailers(context, trailers));
        let response = Response { headers: headers.unwrap_or_default(), body, trailers };
        Some(local::answer(response, request))
    }

    fn carry_body(&mut self, context: u32, body: Vec<u8>, end: bool) -> Vec<u8> {
        if body.is_empty() {
            return body;
        }
        let length = size(body.len());
        self.with_stream(context, |stream| stream.response_body = Some(body));
        let action = self.run(context, |host| {
            host.guest.call(|exports| &exports.response_body, (context, length, end.into()))
        });
        match action {
            Action::Continue => self
                .with_stream(context, |stream| stream.response_body.take())
                .flatten()
                .unwrap_or_default(),
            Action::Pause => Vec::new(),
        }
    }

    fn carry_trailers(&mut self, context: u32, trailers: Headers) -> Headers {
        let count = size(trailers.len());
        self.with_stream(context, |stream| {
            stream.response_trailers.headers = trailers;
            stream.response_trailers.open = true;
        });
        self.run(context, |host| {
            host.guest.call(|exports| &exports.response_trailers, (context, count))
        });
        let trailers = self.with_stream(context, |stream| {
            stream.response_trailers.open = false;
            stream.response_trailers.headers.clone()
        });
        trailers.unwrap_or_default()
    }
}
