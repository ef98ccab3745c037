//! A proxy-wasm host with state: it plays Envoy's part towards a module.
//!
//! It keeps to what Envoy was measured to do, its traps included: only the first of duplicate
//! headers is found by name, a map can be touched only until the module lets go of it, a
//! callback that isn't exported counts as consent, and an answer by the module holds a request
//! back only together with [`Action::Pause`].

mod exchange;
mod flow;
mod guest;
mod headers;
mod imports;
mod local;
mod memory;
mod metrics;
mod request;
mod response;
mod state;
mod wire;

use std::collections::BTreeMap;

use wasmtime::{Linker, Result};

pub use exchange::{Answer, Exchange, Seen};
pub use flow::Action;
pub use headers::Headers;
pub use metrics::Metrics;
pub use request::{REQUEST_ID, Request, Response};
pub use state::{Fault, Level, LocalReply, LogLine, Status};

use crate::module::Module;
use flow::Flow;
use guest::Guest;
use state::State;

/// One worker of an Envoy with one module in it, under `failure_policy: FAIL_RELOAD`.
pub struct Host {
    module: Module,
    linker: Linker<State>,
    guest: Guest,
    flows: BTreeMap<u32, Flow>,
    next_context: u32,
    /// How many instances there were. A stream of an earlier one is over.
    generation: u32,
    healthy: bool,
}

impl Host {
    /// Instantiates the module. `configuration` is what Envoy would hand over as plugin
    /// configuration, `environment` what it lets through by `host_env_keys`, `now` the clock
    /// in seconds since 1970.
    pub fn new(
        module: &Module,
        configuration: impl Into<Vec<u8>>,
        environment: &[(&str, &str)],
        now: u64,
    ) -> Result<Self> {
        let linker = imports::linker(module)?;
        let environment =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let state = State {
            configuration: configuration.into(),
            environment: environment.collect(),
            now_nanoseconds: nanoseconds(now),
            active: ROOT,
            ..State::default()
        };
        let guest = Guest::start(module, &linker, state)?;
        Ok(Self {
            module: module.clone(),
            linker,
            guest,
            flows: BTreeMap::new(),
            next_context: ROOT + 1,
            generation: 0,
            healthy: true,
        })
    }

    /// Hands the configuration over. False where the module refuses it or traps: Envoy does
    /// not start then, or keeps the configuration that it has.
    pub fn configure(&mut self) -> bool {
        let state = self.guest.store.data_mut();
        state.active = ROOT;
        state.configuring = true;
        let length = u32::try_from(state.configuration.len()).unwrap_or(u32::MAX);
        let accepted = self.guest.call(|exports| &exports.configure, (ROOT, length));
        self.guest.store.data_mut().configuring = false;
        match accepted {
            Ok(accepted) => accepted != Some(0),
            Err(error) => {
                self.fail(&error);
                false
            }
        }
    }

    /// Hands another configuration over, to the same instance.
    pub fn reconfigure(&mut self, configuration: impl Into<Vec<u8>>) -> bool {
        self.guest.store.data_mut().configuration = configuration.into();
        self.configure()
    }

    /// Sets the clock, in seconds since 1970.
    pub fn set_now(&mut self, now: u64) {
        self.guest.store.data_mut().now_nanoseconds = nanoseconds(now);
    }

    /// From now on a host call goes wrong, whenever it is made.
    pub fn break_call(&mut self, name: &str, fault: Fault) {
        self.guest.store.data_mut().faults.insert(name.to_owned(), fault);
    }

    /// From now on all host calls work.
    pub fn mend_calls(&mut self) {
        self.guest.store.data_mut().faults.clear();
    }

    /// Everything that the module logged, from its start and over all its instances.
    pub fn logs(&self) -> &[LogLine] {
        &self.guest.store.data().logs
    }

    /// Forgets the log, for tests that make many requests.
    pub fn clear_logs(&mut self) {
        self.guest.store.data_mut().logs.clear();
    }

    /// The metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.guest.store.data().metrics
    }

    /// How often each host call was made.
    pub fn calls(&self) -> &BTreeMap<&'static str, u64> {
        &self.guest.store.data().calls
    }

    /// The fuel that the instance has burnt, which is very nearly the instructions it ran.
    pub fn fuel(&self) -> u64 {
        self.guest.fuel
    }

    /// The size of the instance's memory in bytes. It never shrinks.
    pub fn memory_size(&self) -> usize {
        let store = &self.guest.store;
        store.data().memory.map_or(0, |memory| memory.data_size(store))
    }

    /// How often the module was instantiated anew after a trap.
    pub fn reloads(&self) -> u32 {
        self.generation
    }

    /// Notes that the instance is gone. Envoy logs such a thing itself.
    fn fail(&mut self, error: &wasmtime::Error) {
        self.healthy = false;
        let message = format!("the module trapped: {error:?}").into_bytes();
        self.guest.store.data_mut().log(Level::Critical, message);
    }

    /// A new instance in place of one that trapped, as `FAIL_RELOAD` makes. Statistics, logs
    /// and shared data belong to Envoy and stay.
    fn reload(&mut self) -> Result<()> {
        let old = std::mem::take(self.guest.store.data_mut());
        let state = State { memory: None, allocate: None, streams: BTreeMap::new(), ..old };
        self.generation += 1;
        self.guest = Guest::start(&self.module, &self.linker, state)?;
        self.healthy = true;
        self.healthy = self.configure();
        Ok(())
    }
}

fn nanoseconds(seconds: u64) -> u64 {
    seconds.saturating_mul(1_000_000_000)
}

/// The root context's id.
const ROOT: u32 = 1;
