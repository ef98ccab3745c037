//! One filter configuration: a policy in force, for all workers.

use crate::abi::EnvoyPtr;
use crate::host::{self, Proxy};
use crate::metrics::Metrics;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wicketgate_driver::{Stream, Worker};
use wicketgate_policy::{Document, Environment, Faults, Host, Policy};

/// A policy in force. Envoy makes it on the main thread, and drops it on any.
#[derive(Debug)]
pub struct Config {
    policy: Arc<Policy>,
    metrics: Metrics,
    /// `true` as soon as Envoy has no use for it any more.
    gone: AtomicBool,
}

impl Config {
    /// Reads the policy. `None` if it has a fault: the faults are in the log then, and Envoy refuses
    /// the configuration.
    pub fn new(envoy: EnvoyPtr, json: &[u8]) -> Option<Arc<Self>> {
        let metrics = Metrics::define(envoy);
        let policy = match load(json) {
            Ok(policy) => policy,
            Err(faults) => {
                host::refuse(&faults);
                return None;
            }
        };
        if let Some(address) = policy.key_addresses().first() {
            let uri = address.uri();
            host::error(&format!("wicketgate: this module does not fetch keys yet: `{uri}`"));
            return None;
        }
        let config =
            Arc::new(Self { policy: Arc::new(policy), metrics, gone: AtomicBool::new(false) });
        // What is said of a policy once is said here, and not by each worker.
        Worker::new(Proxy::of_main(Arc::clone(&config), envoy), 0).announce(&config.policy);
        Some(config)
    }

    /// Its counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Says that Envoy has dropped it. What workers remember for it goes when they next begin with
    /// another configuration.
    pub fn leave(&self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}

/// What one thread remembers for one configuration.
struct Slot {
    config: Arc<Config>,
    proxy: Proxy,
    worker: Worker<Proxy>,
}

thread_local! {
    static SLOTS: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// Begins a stream on this thread: the stream, and the proxy as the stream sees it.
pub fn begin(config: &Arc<Config>) -> Option<(Stream<Proxy>, Proxy)> {
    let begin = |slots: &RefCell<Vec<Slot>>| {
        let mut slots = slots.borrow_mut();
        let here = |slot: &Slot| Arc::ptr_eq(&slot.config, config);
        if !slots.iter().any(here) {
            slots.retain(|slot| !slot.config.gone.load(Ordering::Relaxed));
            let proxy = Proxy::of_worker(Arc::clone(config));
            let mut worker = Worker::new(proxy.clone(), 0);
            worker.join(Arc::clone(&config.policy), &[]);
            slots.push(Slot { config: Arc::clone(config), proxy, worker });
        }
        let slot = slots.iter().find(|slot| here(slot))?;
        Some((slot.worker.stream(0), slot.proxy.clone()))
    };
    SLOTS.try_with(begin).ok().flatten()
}

/// The policy, with the variables that it names taken from the environment of Envoy.
fn load(json: &[u8]) -> Result<Policy, Faults> {
    let document = Document::parse(json)?;
    let mut environment = Environment::new(Host::Envoy);
    for name in document.variables() {
        if let Some(value) = std::env::var_os(name) {
            environment = environment.with(name, value.into_encoded_bytes());
        }
    }
    document.compile(&environment)
}
