//! One worker of a proxy, with one place in its configuration.

use crate::gate::Gate;
use crate::host::Host;
use crate::keys::{self, Fetches};
use crate::metrics::Metrics;
use crate::stream::Stream;
use crate::waiting::Waiting;
use std::rc::Rc;
use std::sync::Arc;
use wicketgate_policy::jwt::{Fetched, KeyDemand, Scheme};
use wicketgate_policy::{Faults, Policy};

/// One worker of a proxy. Until it has a policy, it denies everything.
pub struct Worker<H> {
    host: H,
    /// Its own context, to which it returns from the contexts of requests that have waited.
    home: u32,
    gate: Option<Rc<Gate<H>>>,
    metrics: Rc<Metrics<H>>,
    waiting: Rc<Waiting>,
    fetches: Fetches,
}

impl<H: Host> Worker<H> {
    /// A worker without a policy yet. `home` is the context in which it gets its own callbacks.
    pub fn new(host: H, home: u32) -> Self {
        let metrics = Rc::new(Metrics::new(host.clone()));
        let waiting = Rc::default();
        Self { host, home, gate: None, metrics, waiting, fetches: Fetches::default() }
    }

    /// Takes a policy, in the place of the one that it has, and says in the log what is wrong with
    /// it. `by_host` are the schemes of which the host checks signatures. Returns `false` if it
    /// can't be used: the host then refuses its configuration.
    pub fn configure(
        &mut self,
        policy: Result<Policy, Faults>,
        by_host: &'static [Scheme],
    ) -> bool {
        let policy = match policy {
            Ok(policy) => policy,
            Err(faults) => {
                refuse(&faults);
                return false;
            }
        };
        self.announce(&policy);
        self.join(Arc::new(policy), by_host);
        true
    }

    /// Takes a policy of which another worker of this process has said what there is to say
    /// ([`Self::announce`]).
    pub fn join(&mut self, policy: Arc<Policy>, by_host: &'static [Scheme]) {
        let gate = Gate::new(policy, by_host, self.host.clone(), Rc::clone(&self.metrics));
        keys::prepare(&gate);
        self.gate = Some(Rc::new(gate));
    }

    /// Says that a policy is in force from now on, and what is to be known about it.
    pub fn announce(&self, policy: &Policy) {
        for notice in policy.notices() {
            log::warn!("wicketgate: {notice}");
        }
        self.metrics.policy(policy.version());
    }

    /// Begins a stream, which has this context.
    pub fn stream(&self, context: u32) -> Stream<H> {
        let (gate, metrics) = (self.gate.clone(), Rc::clone(&self.metrics));
        Stream::new(gate, self.host.clone(), metrics, context, Rc::clone(&self.waiting))
    }

    /// Takes care of keys. The host calls this as often as it was told ([`Host::tick`]).
    pub fn tick(&mut self) {
        self.fetch_for(&[]);
    }

    /// Takes care of keys, for requests of other workers too, which want these ([`Host::wait`]): for
    /// a host of which only one worker can fetch. The others [`look`](Self::look) afterwards.
    pub fn fetch_for(&mut self, wanted: &[KeyDemand]) {
        let Some(gate) = &self.gate else { return };
        self.fetches.tick(gate, &self.waiting, self.home, wanted);
        keys::rest(&self.host, &self.waiting);
    }

    /// Takes over keys that another worker has fetched: for a host that has no [`tick`](Self::tick)
    /// for each of its workers, before a request and whenever shared data has changed.
    pub fn catch_up(&self) {
        if let Some(gate) = &self.gate {
            keys::catch_up(gate);
        }
    }

    /// Takes over keys that another worker has fetched, and resumes requests that need not wait any
    /// longer.
    pub fn look(&self) {
        if let Some(gate) = &self.gate {
            keys::look(gate, &self.waiting, self.home);
        }
    }

    /// Takes the result of the fetch with this number ([`Host::fetch`]).
    pub fn fetched(&mut self, number: u32, fetched: &Fetched<'_>) {
        let Some(gate) = &self.gate else { return };
        if let Some(source) = self.fetches.answered(gate, number, fetched) {
            self.waiting.settle(gate, self.home, source, None);
            keys::rest(&self.host, &self.waiting);
        }
    }
}

fn refuse(faults: &Faults) {
    log::error!("wicketgate: the policy is refused, number of faults: {}", faults.len());
    for fault in faults {
        log::error!("wicketgate: {fault}");
    }
}
