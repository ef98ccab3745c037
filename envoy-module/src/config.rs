//! One filter configuration: a policy in force, for all workers.

use crate::abi::EnvoyPtr;
use crate::host::Proxy;
use crate::keys::Desk;
use crate::live::Live;
use crate::logging;
use crate::metrics::Metrics;
use crate::shared;
use crate::signature::BY_HOST;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wicketgate_driver::Worker;
use wicketgate_policy::jwt::Fetched;

/// A policy in force. Envoy makes it on the main thread, and drops it on any.
#[derive(Debug)]
pub struct Config {
    policy: Live,
    metrics: Metrics,
    /// Only if the policy names addresses with keys.
    desk: Option<Desk>,
    /// `true` as soon as Envoy has no use for it any more.
    gone: AtomicBool,
}

impl Config {
    /// Reads the policy. `None` if it has a fault: the faults are in the log then, and Envoy refuses
    /// the configuration.
    pub fn new(envoy: EnvoyPtr, json: &[u8]) -> Option<Arc<Self>> {
        let metrics = Metrics::define(envoy);
        let policy = match Live::load(json) {
            Ok(policy) => policy,
            Err(refusal) => {
                logging::refuse(&refusal);
                return None;
            }
        };
        let now = policy.now();
        let fetches = !now.key_addresses().is_empty();
        let desk = fetches.then(|| Desk::open(envoy)).flatten();
        if fetches && desk.is_none() {
            logging::error("the policy is refused: the system gives no thread to fetch keys by");
            return None;
        }
        let config = Arc::new(Self { policy, metrics, desk, gone: AtomicBool::new(false) });
        let mut worker = Worker::new(Proxy::of_main(Arc::clone(&config), envoy), 0);
        // What is said of a policy once is said here, and not by each worker.
        worker.announce(&now);
        if fetches {
            // Secrets that change later are nothing to it: it only fetches.
            worker.join(now, BY_HOST);
            let kept = MAIN.try_with(|all| {
                let mut all = all.borrow_mut();
                all.retain(|(config, _)| !config.gone.load(Ordering::Relaxed));
                all.push((Arc::clone(&config), worker));
            });
            kept.ok()?;
        }
        Some(config)
    }

    /// Its counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Where its requests wait for keys.
    pub fn desk(&self) -> Option<&Desk> {
        self.desk.as_ref()
    }

    /// Fetches the keys that are due or wanted. On the main thread.
    pub fn fetch(self: &Arc<Self>) {
        let Some(desk) = &self.desk else { return };
        desk.serve(|wanted| self.with_main(|worker| worker.fetch_for(wanted)));
    }

    /// Takes the answer to a fetch. On the main thread.
    pub fn fetched(self: &Arc<Self>, number: u32, fetched: &Fetched<'_>) {
        let Some(desk) = &self.desk else { return };
        self.with_main(|worker| worker.fetched(number, fetched));
        desk.serve(|wanted| self.with_main(|worker| worker.fetch_for(wanted)));
    }

    fn with_main(self: &Arc<Self>, call: impl FnOnce(&mut Worker<Proxy>)) {
        let _ = MAIN.try_with(|all| {
            let mut all = all.borrow_mut();
            let own = all.iter_mut().find(|(config, _)| Arc::ptr_eq(config, self));
            if let Some((_, worker)) = own {
                call(worker);
            }
        });
    }

    /// Says that Envoy has dropped it. What workers remember for it goes when they next begin with
    /// another configuration.
    pub fn leave(&self) {
        self.gone.store(true, Ordering::Relaxed);
        self.policy.rest();
        if let Some(desk) = &self.desk {
            desk.close();
        }
    }
}

/// What one thread remembers for one policy of one configuration.
struct Slot {
    config: Arc<Config>,
    edition: u64,
    /// The number of changes to shared data ([`shared::changes`]) that the worker has seen.
    seen: u64,
    proxy: Proxy,
    worker: Rc<Worker<Proxy>>,
}

thread_local! {
    /// On the main thread, the workers that fetch keys.
    static MAIN: RefCell<Vec<(Arc<Config>, Worker<Proxy>)>> = const { RefCell::new(Vec::new()) };
    static SLOTS: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// What this thread has for a configuration: its worker, and the proxy as the worker sees it.
pub fn worker(config: &Arc<Config>) -> Option<(Rc<Worker<Proxy>>, Proxy)> {
    let worker = |slots: &RefCell<Vec<Slot>>| {
        let mut slots = slots.borrow_mut();
        let edition = config.policy.edition();
        let here = |slot: &&Slot| slot.edition == edition && Arc::ptr_eq(&slot.config, config);
        if !slots.iter().any(|slot| here(&slot)) {
            // Streams that have begun keep the worker that they began with.
            slots.retain(|slot| {
                !slot.config.gone.load(Ordering::Relaxed) && !Arc::ptr_eq(&slot.config, config)
            });
            let proxy = Proxy::of_worker(Arc::clone(config));
            let mut worker = Worker::new(proxy.clone(), 0);
            worker.join(config.policy.now(), BY_HOST);
            let (config, worker) = (Arc::clone(config), Rc::new(worker));
            slots.push(Slot { config, edition, seen: 0, proxy, worker });
        }
        let slot = slots.iter_mut().find(|slot| here(&&**slot))?;
        let shares = shared::changes();
        if config.desk.is_some() && std::mem::replace(&mut slot.seen, shares) != shares {
            slot.worker.catch_up();
        }
        // Nothing is borrowed any longer: what the worker does can begin streams.
        Some((Rc::clone(&slot.worker), slot.proxy.clone()))
    };
    SLOTS.try_with(worker).ok().flatten()
}
