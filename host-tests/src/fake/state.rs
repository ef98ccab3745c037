//! The host's memory between calls.

use std::collections::{BTreeMap, BTreeSet};

use wasmtime::{Memory, Result, TypedFunc, bail};

use super::headers::Headers;
use super::metrics::Metrics;

/// One line that the module logged, or wrote to its standard output or error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The context that was active: a request's, or the root's.
    pub context: u32,
    /// The log level.
    pub level: Level,
    /// The bytes, as they came.
    pub message: Vec<u8>,
}

impl LogLine {
    /// The message as text, with replacement characters where it isn't any.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.message).into_owned()
    }
}

/// The levels of `proxy_log`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 0
    Trace,
    /// 1
    Debug,
    /// 2
    Info,
    /// 3
    Warn,
    /// 4
    Error,
    /// 5
    Critical,
}

/// The status of a host call, by the numbers of the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 0
    Ok,
    /// 1
    NotFound,
    /// 2
    BadArgument,
    /// 8
    CasMismatch,
    /// 10
    InternalFailure,
}

impl Status {
    pub(super) fn code(self) -> u32 {
        match self {
            Self::Ok => 0,
            Self::NotFound => 1,
            Self::BadArgument => 2,
            Self::CasMismatch => 8,
            Self::InternalFailure => 10,
        }
    }
}

/// A fault of a host call, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call does nothing and answers this.
    Answer(Status),
    /// The call traps, and the instance with it.
    Trap,
}

/// An answer that the module gave in place of the origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReply {
    /// The HTTP status.
    pub status: u32,
    /// The headers that the module gave, before Envoy adds its own.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// A header map, and whether the module may touch it now.
#[derive(Debug, Default)]
pub(super) struct Map {
    pub(super) headers: Headers,
    pub(super) open: bool,
}

/// One request, from the module's side a context.
#[derive(Debug, Default)]
pub(super) struct Stream {
    pub(super) request_headers: Map,
    pub(super) request_trailers: Map,
    pub(super) response_headers: Map,
    pub(super) response_trailers: Map,
    pub(super) request_body: Option<Vec<u8>>,
    pub(super) response_body: Option<Vec<u8>>,
    /// In the log phase the maps can be read and no longer be written.
    pub(super) logging: bool,
    pub(super) properties: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) filter_state: BTreeMap<String, Vec<u8>>,
    pub(super) local_reply: Option<LocalReply>,
    pub(super) resumed: bool,
    pub(super) reset: bool,
}

/// The host's side of one module. It outlives the instance, as Envoy's does.
#[derive(Default)]
pub(super) struct State {
    pub(super) memory: Option<Memory>,
    pub(super) allocate: Option<TypedFunc<u32, u32>>,
    pub(super) configuration: Vec<u8>,
    pub(super) configuring: bool,
    pub(super) environment: Vec<(String, String)>,
    pub(super) now_nanoseconds: u64,
    pub(super) active: u32,
    pub(super) roots: BTreeSet<u32>,
    pub(super) streams: BTreeMap<u32, Stream>,
    pub(super) logs: Vec<LogLine>,
    pub(super) metrics: Metrics,
    pub(super) shared: BTreeMap<Vec<u8>, (Vec<u8>, u32)>,
    pub(super) calls: BTreeMap<&'static str, u64>,
    pub(super) faults: BTreeMap<String, Fault>,
    /// The host has `verify_signature`, as Envoy has.
    pub(super) checks_signatures: bool,
}

impl State {
    /// Counts a host call, and makes it go wrong where a test wants that.
    pub(super) fn enter(&mut self, name: &'static str) -> Result<Option<Status>> {
        *self.calls.entry(name).or_default() += 1;
        match self.faults.get(name) {
            None => Ok(None),
            Some(Fault::Answer(status)) => Ok(Some(*status)),
            Some(Fault::Trap) => bail!("`{name}` was told to trap"),
        }
    }

    /// The request that the module is busy with; none in the root context.
    pub(super) fn stream(&mut self) -> Option<&mut Stream> {
        self.streams.get_mut(&self.active)
    }

    pub(super) fn log(&mut self, level: Level, message: Vec<u8>) {
        self.logs.push(LogLine { context: self.active, level, message });
    }
}

impl Stream {
    /// A map to read. Envoy lends a map from the callback until the module lets go of it.
    pub(super) fn readable(&self, map: u32) -> Option<&Headers> {
        let map = match map {
            0 => &self.request_headers,
            1 => &self.request_trailers,
            2 => &self.response_headers,
            3 => &self.response_trailers,
            _ => return None,
        };
        (map.open || self.logging).then_some(&map.headers)
    }

    /// A map to change.
    pub(super) fn writable(&mut self, map: u32) -> Option<&mut Headers> {
        let map = match map {
            0 => &mut self.request_headers,
            1 => &mut self.request_trailers,
            2 => &mut self.response_headers,
            3 => &mut self.response_trailers,
            _ => return None,
        };
        map.open.then_some(&mut map.headers)
    }
}
