//! One stream, as Envoy calls it.

use crate::abi::{EnvoyPtr, ModulePtr};
use crate::config::{self, Config};
use crate::guard;
use crate::host::{self, Handle, Proxy};
use crate::metrics::PANICS;
use std::rc::Rc;
use std::sync::Arc;
use wicketgate_driver::{Host, Next, Stream, Worker};

/// One stream. Envoy holds one reference to it, and each running hook another.
pub struct Filter {
    handle: Rc<Handle>,
    /// `None` if it could not be begun: it is answered when its headers come.
    gate: Option<Gate>,
}

/// What the stream has of its worker.
struct Gate {
    stream: Stream<Proxy>,
    worker: Rc<Worker<Proxy>>,
    proxy: Proxy,
}

/// A part of a stream has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// The request's headers.
    Request,
    /// A part of its body.
    Body,
    /// Its trailers.
    Trailers,
    /// The response's headers.
    Response,
}

impl Filter {
    /// Begins a stream.
    pub fn new(config: &Arc<Config>, envoy: EnvoyPtr) -> Rc<Self> {
        let handle = Handle::new(envoy);
        let begin = || {
            let (worker, proxy) = config::worker(config)?;
            let stream = worker.stream(proxy.number(&handle));
            Some(Gate { stream, worker, proxy })
        };
        let gate = guard::guarded(begin).flatten();
        Rc::new(Self { handle, gate })
    }

    /// Envoy's reference.
    pub fn into_ptr(self: Rc<Self>) -> ModulePtr {
        Rc::into_raw(self).cast()
    }

    /// A reference of a hook's own, so that the stream stays until the hook returns, even if the
    /// hook ends it.
    ///
    /// # Safety
    /// `filter` must be from [`Self::into_ptr`], and not taken back by [`Self::end`].
    pub unsafe fn hold(filter: ModulePtr) -> Rc<Self> {
        let filter: *const Self = filter.cast();
        // SAFETY: the caller says that Envoy's reference is there, on whose thread this is.
        unsafe { Rc::increment_strong_count(filter) };
        // SAFETY: the reference that was just counted is this one.
        unsafe { Rc::from_raw(filter) }
    }

    /// Takes Envoy's reference back. No call may be made for the stream any more.
    ///
    /// # Safety
    /// As for [`Self::hold`].
    pub unsafe fn end(filter: ModulePtr) {
        // SAFETY: the caller says that Envoy's reference is there, and gives it back.
        let filter = unsafe { Rc::from_raw(filter.cast::<Self>()) };
        if let Some(gate) = &filter.gate {
            filter.handle.end(gate.proxy.config());
        }
    }

    /// Judges a part. A panic, and a call that Envoy refused, is answered with 503.
    pub fn judge(&self, part: Part) -> Next {
        if matches!(part, Part::Response) && self.handle.is_answered() {
            return Next::Continue;
        }
        if self.handle.is_broken() {
            return Next::Pause;
        }
        let judged = guard::guarded(|| {
            let Gate { stream, proxy, .. } = self.gate.as_ref()?;
            proxy.within(&self.handle, || {
                #[cfg(feature = "faults")]
                crate::fault::happen(proxy, part);
                match part {
                    Part::Request => stream.request(),
                    Part::Body => stream.body(),
                    Part::Trailers => stream.trailers(),
                    Part::Response => stream.response(),
                }
            })
        });
        match judged {
            Some(Some(next)) => next,
            Some(None) => self.fail(host::REFUSED),
            None => self.fail(&format!("the gate panicked at {}", guard::place())),
        }
    }

    /// Looks whether the keys have come for which it waits, and others of its worker.
    pub fn wake(&self) {
        let Some(Gate { stream, worker, proxy }) = &self.gate else { return };
        let looked = guard::guarded(|| proxy.within(&self.handle, || worker.look()));
        let is_open = !self.handle.is_broken() && !self.handle.is_answered();
        if is_open && stream.is_lost() {
            self.fail(match looked {
                Some(_) => "a request that waited was lost",
                None => "the gate panicked",
            });
        }
    }

    /// Answers 503, whatever the stream has come to.
    fn fail(&self, why: &str) -> Next {
        let count = |gate: &Gate| {
            gate.proxy.within(&self.handle, || {
                let counter = gate.proxy.counter(PANICS);
                counter.into_iter().for_each(|counter| gate.proxy.increment(counter));
            });
        };
        // First, because the answer can end the stream.
        let _ = guard::guarded(|| self.gate.as_ref().map(count));
        let _ = guard::guarded(|| self.handle.fail(why));
        Next::Pause
    }
}
