//! The way of a request through the host: headers, body and trailers.

use super::exchange::{Answer, Exchange, Seen};
use super::request::Request;
use super::state::{LocalReply, Stream};
use super::{Host, local};

/// The decision of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Go on.
    Continue,
    /// Hold.
    Pause,
}

/// A request under way, the host's side.
pub(super) struct Flow {
    pub(super) request: Request,
    /// The root context that it began under, and the instance.
    pub(super) root: u32,
    generation: u32,
    pub(super) seen: Option<Seen>,
    pub(super) reply: Option<LocalReply>,
    pub(super) answer: Option<Answer>,
    pub(super) failure: Option<String>,
}

impl Host {
    /// Plays a request from its first header to its end.
    pub fn request(&mut self, request: Request) -> Exchange {
        let context = self.open(request.clone());
        self.request_headers(context);
        for (index, piece) in request.body.iter().enumerate() {
            if self.listens(context) {
                let last = index + 1 == request.body.len() && request.trailers.is_none();
                self.request_body(context, piece, last);
            }
        }
        if request.trailers.is_some() && self.listens(context) {
            self.request_trailers(context);
        }
        self.respond(context);
        self.close(context)
    }

    /// Begins a request and gives its context. Several may be open at once.
    pub fn open(&mut self, request: Request) -> u32 {
        if !self.healthy
            && let Err(error) = self.reload()
        {
            self.fail(&error);
        }
        let context = self.next_context;
        self.next_context += 1;
        let stream = Stream {
            properties: local::properties(&request),
            filter_state: local::filter_state(&request),
            ..Stream::default()
        };
        self.guest.store.data_mut().streams.insert(context, stream);
        let flow = Flow {
            request,
            root: self.root,
            generation: self.generation,
            seen: None,
            reply: None,
            answer: None,
            failure: None,
        };
        self.flows.insert(context, flow);
        self.run(context, |host| {
            host.guest.call(|exports| &exports.context_create, (context, host.root))?;
            Ok(None)
        });
        context
    }

    /// The headers arrive.
    pub fn request_headers(&mut self, context: u32) -> Action {
        let Some(flow) = self.flows.get(&context) else { return Action::Pause };
        let (headers, end) = (flow.request.headers.clone(), flow.request.ends_with_headers());
        let count = size(headers.len());
        self.with_stream(context, |stream| {
            stream.request_headers.headers = headers;
            stream.request_headers.open = true;
        });
        let action = self.run(context, |host| {
            host.guest.call(|exports| &exports.request_headers, (context, count, end.into()))
        });
        self.settle(context, action)
    }

    /// A piece of body arrives, and with it what was held before.
    pub fn request_body(&mut self, context: u32, piece: &[u8], end: bool) -> Action {
        let length = self.with_stream(context, |stream| {
            let body = stream.request_body.get_or_insert_default();
            body.extend(piece);
            size(body.len())
        });
        let length = length.unwrap_or(0);
        let action = self.run(context, |host| {
            host.guest.call(|exports| &exports.request_body, (context, length, end.into()))
        });
        self.settle(context, action)
    }

    /// The trailers arrive.
    pub fn request_trailers(&mut self, context: u32) -> Action {
        let Some(flow) = self.flows.get(&context) else { return Action::Pause };
        let trailers = flow.request.trailers.clone().unwrap_or_default();
        let count = size(trailers.len());
        self.with_stream(context, |stream| {
            stream.request_trailers.headers = trailers;
            stream.request_trailers.open = true;
        });
        let action = self.run(context, |host| {
            host.guest.call(|exports| &exports.request_trailers, (context, count))
        });
        self.settle(context, action)
    }

    /// The request is logged and deleted.
    pub fn close(&mut self, context: u32) -> Exchange {
        self.with_stream(context, |stream| stream.logging = true);
        self.run(context, |host| {
            host.guest.call(|exports| &exports.log, context)?;
            host.guest.end(context)?;
            Ok(None)
        });
        let state = self.guest.store.data_mut();
        state.active = self.root;
        let stream = state.streams.remove(&context).unwrap_or_default();
        let logs = state.logs.iter().filter(|line| line.context == context).cloned().collect();
        let own = stream.filter_state.into_iter().filter(|(name, _)| name.starts_with("wasm."));
        let own = own.map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()));
        let mut exchange = Exchange { logs, filter_state: own.collect(), ..Exchange::default() };
        if let Some(flow) = self.flows.remove(&context) {
            exchange.origin = flow.seen;
            exchange.reply = flow.reply;
            exchange.answer = flow.answer;
            exchange.failure = flow.failure;
        }
        if self.healthy {
            self.end_roots();
        }
        exchange
    }

    /// Calls back for one request. A module that lacks the callback has nothing against going
    /// on; one that traps, now or in another request since this one began, lets nothing go.
    pub(super) fn run(
        &mut self,
        context: u32,
        callback: impl FnOnce(&mut Self) -> wasmtime::Result<Option<u32>>,
    ) -> Action {
        let Some(flow) = self.flows.get_mut(&context) else { return Action::Pause };
        if !self.healthy || flow.generation != self.generation {
            flow.failure.get_or_insert_with(|| "the instance is gone".to_owned());
            return Action::Pause;
        }
        self.guest.store.data_mut().active = context;
        match callback(self) {
            Ok(None | Some(0)) => Action::Continue,
            Ok(Some(_)) => Action::Pause,
            Err(error) => {
                self.fail(&error);
                if let Some(flow) = self.flows.get_mut(&context) {
                    flow.failure = Some(format!("{error:?}"));
                }
                Action::Pause
            }
        }
    }

    pub(super) fn with_stream<T>(
        &mut self,
        context: u32,
        f: impl FnOnce(&mut Stream) -> T,
    ) -> Option<T> {
        self.guest.store.data_mut().streams.get_mut(&context).map(f)
    }

    /// Returns `true` if Envoy would still deliver the body and the trailers of this request.
    fn listens(&self, context: u32) -> bool {
        self.flows.get(&context).is_some_and(|flow| {
            let goes_on = flow.seen.is_some() && flow.reply.is_none();
            flow.failure.is_none() && (goes_on || flow.request.deliver_while_paused)
        })
    }

    /// Releases the part that the callback released. Everything that was held before goes with it,
    /// headers first: a body callback that says Continue releases paused headers.
    fn settle(&mut self, context: u32, action: Action) -> Action {
        let Some(flow) = self.flows.get_mut(&context) else { return action };
        let state = self.guest.store.data_mut();
        let Some(stream) = state.streams.get_mut(&context) else { return action };
        if let Some(reply) = stream.local_reply.take() {
            flow.reply = Some(reply);
        }
        let resumed = std::mem::take(&mut stream.resumed);
        if (action == Action::Pause && !resumed) || flow.failure.is_some() || stream.reset {
            return action;
        }
        let seen = flow.seen.get_or_insert_default();
        if std::mem::take(&mut stream.request_headers.open) {
            seen.headers = stream.request_headers.headers.clone();
        }
        seen.body.extend(stream.request_body.take().unwrap_or_default());
        if std::mem::take(&mut stream.request_trailers.open) {
            seen.trailers = Some(stream.request_trailers.headers.clone());
        }
        action
    }
}

/// A length as the ABI wants it.
pub(super) fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
