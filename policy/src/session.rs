//! The one way in which hosts ask the core: a gate for each worker, a session for each request.

mod gate;

pub use gate::Gate;

use crate::abuse::Counts;
use crate::credential::certificate::Certificate;
use crate::credential::{Demand, Served};
use crate::decide::{Decision, Limit, Outcome, Over, Pending};
use crate::jwt::{KeyDemand, KeyStore, SignatureAnswer, SignatureCheck};
use crate::request::{Header, Peer};
use crate::time::Time;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};
use core::net::IpAddr;
use gate::Memory;

/// One request, from its headers to its verdict.
///
/// Call [`Self::step`] and bring what it asks for, until it gives the verdict. A session does no
/// I/O and reads no clock. It asks for each thing once, and only if the decision depends on it: a
/// request that no rule covers gets its verdict at the first step.
///
/// A host that can't bring something answers with [`Answer::unavailable`](crate::Answer), and
/// forwards nothing. While a request waits, the host may keep its session, or drop it and begin
/// another, which is told by [`Self::waited`] what the request has waited for.
#[derive(Debug)]
#[must_use = "a session that is not asked decides nothing"]
pub struct Session<'a> {
    memory: &'a Memory,
    counts: &'a dyn Counts,
    asked: Pending<'a>,
    peer: Option<Option<IpAddr>>,
    now: Option<Time>,
    certificate: Certificate<'a>,
    /// The keys with which it is decided, taken when they are first needed.
    keys: OnceCell<Rc<KeyStore>>,
    /// The addresses for whose keys it has waited, once for each wait.
    waited: Vec<usize>,
    signatures: Vec<SignatureAnswer>,
    over: Option<Vec<Over>>,
    /// A decision that did not depend on the time, while its events wait for it.
    untimed: RefCell<Option<Decision<'a>>>,
}

/// The verdict, or something that the host must bring first. Meanwhile nothing of the request is
/// forwarded. A host that can't bring something, or doesn't know a step, denies.
#[derive(Debug)]
#[non_exhaustive]
#[cfg_attr(
    target_pointer_width = "64",
    expect(
        clippy::large_enum_variant,
        reason = "moved once a request; a box would be an allocation"
    )
)]
pub enum Step<'s> {
    /// The other end of the connection, from a source that the client can't write:
    /// [`Session::peer`].
    Peer,
    /// The time: [`Session::now`]. It is asked for only if the decision depends on it, or has an
    /// event to write.
    Now,
    /// The certificate that the client showed: [`Session::certificate`].
    Certificate,
    /// The check of a signature, of a scheme that the host says it checks
    /// ([`Gate::host_checks`]): [`Session::signature`].
    Signature(SignatureCheck<'s>),
    /// Keys at an address. [`KeyStore::turn`] tells whether to fetch them, to wait for somebody
    /// else's fetch, or to go on at once. After that: [`Session::waited`].
    Keys(KeyDemand),
    /// Counts that are also kept elsewhere, for many workers. Count one more in each:
    /// [`Session::over`], with those that are passed.
    Limits(Vec<Limit<'s>>),
    /// The decision. It has been counted, and is for the host to carry out.
    Verdict(Decision<'s>),
}

impl<'s> From<Demand<'s>> for Step<'s> {
    fn from(demand: Demand<'s>) -> Self {
        match demand {
            Demand::Certificate => Self::Certificate,
            Demand::Keys(demand) => Self::Keys(demand),
            Demand::Signature(check) => Self::Signature(check),
            Demand::Peer => Self::Peer,
        }
    }
}

/// The most signatures that a host checks for one request: one for each caller's token. The core
/// checks further ones itself.
const MAX_SIGNATURES: usize = 64;

impl<'a> Session<'a> {
    fn new(memory: &'a Memory, counts: &'a dyn Counts, headers: &'a [Header<'a>]) -> Self {
        Self {
            asked: Pending::new(&memory.policy, headers),
            memory,
            counts,
            peer: None,
            now: None,
            certificate: Certificate::NotAsked,
            keys: OnceCell::new(),
            waited: Vec::new(),
            signatures: Vec::new(),
            over: None,
            untimed: RefCell::default(),
        }
    }

    /// The next step.
    ///
    /// The verdict comes only after it was counted, and each time that it is asked for counts as a
    /// request: ask until it is there, and not again.
    pub fn step(&self) -> Step<'_> {
        if let Some(decision) = self.asked.passes() {
            return Step::Verdict(decision);
        }
        if self.peer.is_none()
            && let Some(decision) = self.asked.opens()
        {
            return Step::Verdict(decision);
        }
        let Some(peer) = self.peer else { return Step::Peer };
        let policy = &self.memory.policy;
        if policy.is_timeless {
            return self.timeless(peer);
        }
        let Some(now) = self.now else { return Step::Now };
        let mut decision = match self.asked.conclude(peer, self.served(), now) {
            Outcome::Decided(decision) => decision,
            Outcome::Need(demand) => return demand.into(),
        };
        if self.over.is_none() {
            let limits = policy.limits(&decision);
            if !limits.is_empty() {
                return Step::Limits(limits);
            }
        }
        policy.restrain(&mut decision, self.counts, self.over.as_deref().unwrap_or_default(), now);
        Step::Verdict(decision)
    }

    /// The next step if no decision of the policy depends on the time. It costs a host call, so it is
    /// asked for only if there are events to write.
    fn timeless(&self, peer: Option<IpAddr>) -> Step<'_> {
        let decided = self.untimed.borrow_mut().take();
        let mut decision = match decided {
            Some(decision) => decision,
            None => {
                let served = Served::default().with_certificate(self.certificate);
                match self.asked.conclude(peer, served, self.now.unwrap_or(Time::UNKNOWN)) {
                    Outcome::Decided(decision) => decision,
                    Outcome::Need(demand) => return demand.into(),
                }
            }
        };
        match self.now {
            Some(now) => decision.happened(now),
            None if decision.has_events() => {
                *self.untimed.borrow_mut() = Some(decision);
                return Step::Now;
            }
            None => {}
        }
        Step::Verdict(decision)
    }

    /// Brings the other end of the connection, or [`Peer::Unknown`].
    pub fn peer(&mut self, peer: Peer<'_>) {
        self.peer = Some(peer.address());
    }

    /// Brings the time. If the clock can't be read, a time before [`Time::BUILD`]: no decision
    /// believes it.
    pub fn now(&mut self, now: Time) {
        self.now = Some(now);
    }

    /// Brings the state of the client's certificate.
    pub fn certificate(&mut self, certificate: Certificate<'a>) {
        self.certificate = match certificate {
            Certificate::NotAsked => Certificate::Absent,
            known => known,
        };
    }

    /// Brings the answer to the check of a signature.
    pub fn signature(&mut self, answer: SignatureAnswer) {
        self.signatures.push(answer);
        self.forget_keys();
    }

    /// Says that the request has waited for these keys, whether they came or not. Time has passed,
    /// so the session asks for it again. A request waits at most twice for each address: for a
    /// fetch that was under way when it came, and for one of its own.
    pub fn waited(&mut self, demand: &KeyDemand) {
        self.waited.push(demand.source());
        self.now = None;
        self.forget_keys();
    }

    /// Brings the limits that are passed by counts kept elsewhere. A host that has none says so
    /// before the first step, with an empty list, and is not asked.
    pub fn over(&mut self, over: Vec<Over>) {
        self.over = Some(over);
    }

    /// After a wait, the keys that are known by then count. One that was removed meanwhile doesn't.
    fn forget_keys(&mut self) {
        self.keys = OnceCell::new();
    }

    fn served(&self) -> Served<'_> {
        let Memory { cache, clock, by_host, .. } = self.memory;
        let asks = self.signatures.len() < MAX_SIGNATURES;
        let by_host = if asks { by_host.get() } else { &[] };
        Served::default()
            .with_clock(clock)
            .with_keys(self.keys.get_or_init(|| self.memory.keys()), &self.waited)
            .with_cache(cache)
            .with_certificate(self.certificate)
            .with_signatures(by_host, &self.signatures)
    }
}
