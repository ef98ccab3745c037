//! What one worker remembers for a policy.

use super::Session;
use crate::abuse::{Counts, MemoryCounts};
use crate::clock::Clock;
use crate::jwt::{KeyStore, Scheme, TokenCache};
use crate::policy::Policy;
use crate::request::Header;
use alloc::rc::Rc;
use alloc::sync::Arc;
use core::cell::{Cell, RefCell};

/// A policy in force in one worker, thread or isolate, with what it remembers from one request to
/// the next: the keys at addresses, the tokens that were verified, the latest time of its clock,
/// and its counts of failures and calls.
///
/// `C` stores the counts: in memory, or wherever the host has room that its workers share.
#[derive(Debug)]
pub struct Gate<C = MemoryCounts> {
    memory: Memory,
    counts: C,
}

/// The memory, without the counts.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) policy: Arc<Policy>,
    pub(super) cache: TokenCache,
    pub(super) clock: Clock,
    pub(super) by_host: Cell<&'static [Scheme]>,
    keys: RefCell<Rc<KeyStore>>,
}

impl Memory {
    pub(super) fn keys(&self) -> Rc<KeyStore> {
        Rc::clone(&self.keys.borrow())
    }
}

impl<C: Counts> Gate<C> {
    /// A gate that remembers nothing yet. The core checks every signature itself, until the host
    /// says otherwise ([`Self::host_checks`]). Threads may share the policy.
    pub fn new(policy: impl Into<Arc<Policy>>, counts: C) -> Self {
        let policy = policy.into();
        let keys = RefCell::new(Rc::new(KeyStore::new(policy.key_addresses())));
        let (cache, clock) = (TokenCache::default(), Clock::default());
        let memory = Memory { policy, cache, clock, by_host: Cell::new(&[]), keys };
        Self { memory, counts }
    }

    /// Begins to judge a request by its headers. This asks the host for nothing.
    pub fn session<'a>(&'a self, headers: &'a [Header<'a>]) -> Session<'a> {
        Session::new(&self.memory, &self.counts, headers)
    }
}

impl<C> Gate<C> {
    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.memory.policy
    }

    /// The counts.
    pub fn counts(&self) -> &C {
        &self.counts
    }

    /// Says that the host checks signatures of these schemes, and no others, from now on: those are
    /// asked for by [`Step::Signature`](super::Step::Signature).
    pub fn host_checks(&self, schemes: &'static [Scheme]) {
        self.memory.by_host.set(schemes);
    }

    /// The keys at addresses, as they are known now. This copy stays as it is.
    #[must_use]
    pub fn keys(&self) -> Rc<KeyStore> {
        self.memory.keys()
    }

    /// Changes the known keys: a fetch begins, or has ended. Sessions that wait for them take them
    /// when they go on.
    pub fn change_keys<T>(&self, change: impl FnOnce(&mut KeyStore) -> T) -> T {
        change(Rc::make_mut(&mut self.memory.keys.borrow_mut()))
    }
}
