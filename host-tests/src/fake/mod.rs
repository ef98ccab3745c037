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
mod signatures;
mod state;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

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
    /// The root context of the configuration in force.
    root: u32,
    next_context: u32,
    /// The number of instances so far. A stream of an earlier one is over.
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
            active: FIRST_ROOT,
            roots: BTreeSet::from([FIRST_ROOT]),
            ..State::default()
        };
        let guest = Guest::start(module, &linker, state)?;
        Ok(Self {
            module: module.clone(),
            linker,
            guest,
            flows: BTreeMap::new(),
            root: FIRST_ROOT,
            next_context: FIRST_ROOT + 1,
            generation: 0,
            healthy: true,
        })
    }

    /// Hands the configuration over. False where the module refuses it or traps: Envoy does
    /// not start then, or keeps the configuration that it has.
    pub fn configure(&mut self) -> bool {
        match self.guest.configure(self.root) {
            Ok(accepted) => accepted,
            Err(error) => {
                self.fail(&error);
                false
            }
        }
    }

    /// Hands another configuration over, as a discovery service does. Envoy tries it on an
    /// instance of its own first; where that one refuses, the live instance never hears of it.
    /// Else it gets a second root context. Requests under way stay with the first, which ends
    /// with the last of them.
    pub fn reconfigure(&mut self, configuration: impl Into<Vec<u8>>) -> Result<bool> {
        let configuration = configuration.into();
        // Logs, counts and shared data of an instance belong to the process.
        let live = self.guest.store.data_mut();
        let state = State {
            configuration: configuration.clone(),
            environment: live.environment.clone(),
            now_nanoseconds: live.now_nanoseconds,
            active: FIRST_ROOT,
            logs: std::mem::take(&mut live.logs),
            metrics: std::mem::take(&mut live.metrics),
            shared: std::mem::take(&mut live.shared),
            ..State::default()
        };
        let mut canary = Guest::start(&self.module, &self.linker, state)?;
        let accepted = canary.configure(FIRST_ROOT);
        let (tried, live) = (canary.store.data_mut(), self.guest.store.data_mut());
        live.logs = std::mem::take(&mut tried.logs);
        live.metrics = std::mem::take(&mut tried.metrics);
        live.shared = std::mem::take(&mut tried.shared);
        if !accepted? {
            return Ok(false);
        }
        let root = self.next_context;
        self.next_context += 1;
        let state = self.guest.store.data_mut();
        state.configuration = configuration;
        state.roots.insert(root);
        state.active = root;
        self.guest.start_root(root)?;
        self.root = root;
        let accepted = self.configure();
        self.end_roots();
        Ok(accepted)
    }

    /// Sets the clock, in seconds since 1970.
    pub fn set_now(&mut self, now: u64) {
        self.guest.store.data_mut().now_nanoseconds = nanoseconds(now);
    }

    /// From now on the host checks signatures, as Envoy does. Without it the module has to check
    /// them itself.
    pub fn check_signatures(&mut self) {
        self.guest.store.data_mut().checks_signatures = true;
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

    /// The count of each host call.
    pub fn calls(&self) -> &BTreeMap<&'static str, u64> {
        &self.guest.store.data().calls
    }

    /// From now on a callback of this instance may burn so much: a policy of a million networks takes
    /// more than any request may.
    pub fn allow_fuel(&mut self, limit: u64) {
        self.guest.limit = limit;
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

    /// The number of new instances after traps.
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
        let state = State {
            memory: None,
            allocate: None,
            streams: BTreeMap::new(),
            roots: BTreeSet::from([FIRST_ROOT]),
            active: FIRST_ROOT,
            ..old
        };
        self.generation += 1;
        self.root = FIRST_ROOT;
        self.guest = Guest::start(&self.module, &self.linker, state)?;
        self.healthy = true;
        self.healthy = self.configure();
        Ok(())
    }

    /// Ends the root contexts of earlier configurations that serve no request any more.
    fn end_roots(&mut self) {
        let serving = |root: &u32| self.flows.values().any(|flow| flow.root == *root);
        let roots = self.guest.store.data().roots.iter();
        let over: Vec<u32> =
            roots.filter(|root| **root != self.root && !serving(root)).copied().collect();
        for root in over {
            self.guest.store.data_mut().active = root;
            if let Err(error) = self.guest.end(root) {
                return self.fail(&error);
            }
            self.guest.store.data_mut().roots.remove(&root);
        }
    }
}

fn nanoseconds(seconds: u64) -> u64 {
    seconds.saturating_mul(1_000_000_000)
}

/// The id of an instance's first root context.
const FIRST_ROOT: u32 = 1;
