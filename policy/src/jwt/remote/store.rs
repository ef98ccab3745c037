//! The known keys of every address of a policy.

use super::address::{Ask, KeyAddress};
use super::fetch::{self, FetchFault, Fetched};
use super::ledger::Ledger;
use crate::ids::{KeySourceId, number};
use crate::jwt::KeySet;
use crate::reason::Reason;
use crate::time::Time;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// The known keys of every address of a policy, in one thread of a host.
///
/// A [`Gate`](crate::Gate) keeps one. The host fetches when [`Self::turn`] or [`Self::due`] say so,
/// and hands each answer to [`Self::fetched`]. Cloning is cheap, so that each session keeps the
/// store with which it decides.
#[derive(Clone, Debug)]
pub struct KeyStore(Vec<Held>);

/// Keys that a decision needs and does not have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyDemand {
    pub(crate) source: KeySourceId,
    pub(crate) id: Option<IdDigest>,
}

impl KeyDemand {
    /// The place of the address in [`Policy::key_addresses`](crate::Policy::key_addresses).
    #[must_use]
    pub fn source(&self) -> usize {
        number(self.source)
    }
}

/// The next step for a host whose keys are missing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turn {
    /// Nobody is fetching them: put the request aside, and fetch them.
    Fetch,
    /// They are being fetched: put the request aside.
    Wait,
    /// There is nothing to wait for: ask again at once.
    Go,
}

/// The digest of a key id in a token. Clients choose ids, and these are kept, so they must be
/// short.
pub(crate) type IdDigest = [u8; 8];

/// The facts about one address.
#[derive(Clone, Debug, Default)]
struct Held {
    keys: Option<Rc<KeySet>>,
    /// The time at which the keys were fetched, in milliseconds.
    fetched: i64,
    /// The time of the last fetch, whatever its result.
    tried: Option<i64>,
    /// The time of the last fetch that a token with an unknown key caused.
    prompted: Option<i64>,
    /// `true` if such a token causes the next fetch.
    is_prompt: bool,
    /// The time by which a running fetch has ended.
    until: Option<i64>,
    /// The fault of the last fetch that ended.
    fault: Option<FetchFault>,
    /// The unknown ids since the last fetch began.
    wanted: Vec<IdDigest>,
    /// The ids that were not in the fetched set, so there is no reason to fetch again.
    absent: Vec<IdDigest>,
}

/// The number of fetches for which a request waits: one that was under way when it came, and may
/// have missed its key, and one of its own.
const MAX_WAITS: usize = 2;

/// The most ids in each of the two lists.
const MAX_IDS: usize = 32;

/// The allowed difference between the clocks of threads, in milliseconds.
const SKEW: i64 = 60_000;

/// The result of a look-up.
#[derive(Debug)]
pub(crate) enum Lookup<'s> {
    Keys(&'s KeySet),
    Needed(KeyDemand),
    Refused(Reason),
}

impl KeyStore {
    /// An empty store.
    #[must_use]
    pub fn new(addresses: &[KeyAddress]) -> Self {
        Self(addresses.iter().map(|_| Held::default()).collect())
    }

    /// The next step for a host that has got a demand.
    pub fn turn(&mut self, demand: &KeyDemand, address: &KeyAddress, now: Time) -> Turn {
        let now = now.unix_millis();
        let Some(held) = self.0.get_mut(demand.source()) else { return Turn::Go };
        if held.is_running(now) {
            return Turn::Wait;
        }
        let current = held.current(address, now);
        let is_prompt = current.is_some();
        // The demand of a thread that has not seen the newest keys yet.
        let is_met = |keys: &KeySet| demand.id.is_none_or(|id| has(keys, id));
        if current.is_some_and(is_met) || !held.may_fetch(address, is_prompt, now) {
            return Turn::Go;
        }
        held.is_prompt = is_prompt;
        if let Some(id) = demand.id
            && !held.wanted.contains(&id)
            && held.wanted.len() < MAX_IDS
        {
            held.wanted.push(id);
        }
        Turn::Fetch
    }

    /// Returns `true` if the host should fetch keys though no request waits for them: there are
    /// none yet, or it is time to refresh them.
    #[must_use]
    pub fn due(&self, source: usize, address: &KeyAddress, now: Time) -> bool {
        let now = now.unix_millis();
        self.0.get(source).is_some_and(|held| {
            !held.is_fresh(address, now)
                && !held.is_running(now)
                && held.may_fetch(address, false, now)
        })
    }

    /// Returns `true` if a fetch has begun and not ended.
    #[must_use]
    pub fn is_running(&self, source: usize, now: Time) -> bool {
        self.0.get(source).is_some_and(|held| held.is_running(now.unix_millis()))
    }

    /// Returns `true` if a token with an unknown key causes the next fetch.
    #[must_use]
    pub fn is_prompt(&self, source: usize) -> bool {
        self.0.get(source).is_some_and(|held| held.is_prompt)
    }

    /// Records that a fetch begins, and returns its first question. It ends with [`Self::fetched`],
    /// or when its time is over.
    pub fn begin(&mut self, source: usize, address: &KeyAddress, now: Time) -> Ask {
        if let Some(held) = self.0.get_mut(source) {
            let now = now.unix_millis();
            held.tried = Some(now);
            // A fetch that was due anyway does not count as caused by a token, except the first. So
            // tokens with unknown keys cause one fetch in a cooldown, from the beginning.
            let is_first = held.keys.is_none() && !held.wanted.is_empty();
            if (core::mem::take(&mut held.is_prompt) && held.is_fresh(address, now)) || is_first {
                held.prompted = Some(now);
            }
            held.until = Some(now.saturating_add(address.timeout()).saturating_add(GRACE));
        }
        address.ask.clone()
    }

    /// Takes the answer to the last question of a fetch. If the answer leads to another, that is the
    /// next question. Otherwise the fetch has ended: its keys replace the present ones. If it brought
    /// none, those go on counting for as long as the policy lets them.
    ///
    /// # Errors
    /// The reason why it brought none.
    pub fn fetched(
        &mut self,
        source: usize,
        fetched: &Fetched<'_>,
        now: Time,
    ) -> Result<Option<Ask>, FetchFault> {
        let keys = fetch::keys(fetched);
        let Some(held) = self.0.get_mut(source) else { return Ok(None) };
        held.until = None;
        match keys {
            Ok(keys) => {
                held.absent = core::mem::take(&mut held.wanted);
                held.replace(keys, now.unix_millis());
                Ok(None)
            }
            Err(fault) => {
                held.fault = Some(fault);
                held.is_prompt = false;
                held.wanted.clear();
                Err(fault)
            }
        }
    }

    /// Takes over another thread's record about an address. Returns `true` if that thread has newer
    /// keys, which [`Self::adopt`] takes.
    pub fn follow(&mut self, source: usize, ledger: &Ledger) -> bool {
        let Some(held) = self.0.get_mut(source) else { return false };
        if ledger.tried != 0 && held.tried.is_none_or(|tried| tried <= ledger.tried) {
            held.tried = Some(ledger.tried);
            held.prompted = held.prompted.max((ledger.prompted != 0).then_some(ledger.prompted));
            held.until = ledger.until();
            if !ledger.is_running() {
                held.fault = ledger.fault();
            }
        }
        ledger.fetched > held.fetched || (held.keys.is_none() && ledger.fetched != 0)
    }

    /// Takes a set of keys that another thread has fetched, or a person handed in. The unknown ids of this thread are not taken for
    /// absent, because they may have been published since. The answer is parsed again: shared data
    /// is only an answer, and is trusted no further.
    ///
    /// # Errors
    /// The fault of the answer, which is the reason of requests as long as there are no keys.
    pub fn adopt(&mut self, source: usize, answer: &[u8], at: Time) -> Result<(), FetchFault> {
        let keys = fetch::keys(&Fetched::Answer { status: 200, body: answer });
        let Some(held) = self.0.get_mut(source) else { return Ok(()) };
        match keys {
            Ok(keys) => held.replace(keys, at.unix_millis()),
            Err(fault) => {
                held.fault = Some(fault);
                return Err(fault);
            }
        }
        Ok(())
    }

    /// Tells what is wrong with some of the present keys, though the others are used: see
    /// [`KeySet::ambiguity`].
    #[must_use]
    pub fn ambiguity(&self, source: usize) -> Option<String> {
        self.0.get(source)?.keys.as_ref()?.ambiguity()
    }

    /// The present keys, if they still count.
    pub(crate) fn current(
        &self,
        source: KeySourceId,
        address: &KeyAddress,
        now: Time,
    ) -> Option<&KeySet> {
        self.0.get(number(source))?.current(address, now.unix_millis())
    }

    /// The keys for a token that names this key, or no key.
    pub(crate) fn lookup(
        &self,
        source: KeySourceId,
        address: &KeyAddress,
        id: Option<&str>,
        waits: usize,
        now: Time,
    ) -> Lookup<'_> {
        let now = now.unix_millis();
        let Some(held) = self.0.get(number(source)) else {
            return Lookup::Refused(Reason::JwksUnreachable);
        };
        let current = held.current(address, now);
        let id_digest = id.map(digest);
        match current {
            Some(keys) if id.is_none_or(|id| keys.has(id)) => return Lookup::Keys(keys),
            // This id was asked for before, and was not there.
            Some(keys) if id_digest.is_some_and(|id| held.absent.contains(&id)) => {
                return Lookup::Keys(keys);
            }
            _ => {}
        }
        let may_fetch = || held.may_fetch(address, current.is_some(), now);
        if waits < MAX_WAITS && (held.is_running(now) || may_fetch()) {
            return Lookup::Needed(KeyDemand { source, id: id_digest });
        }
        match (current, held.fault) {
            // The token will find no key of this name in them.
            (Some(keys), _) => Lookup::Keys(keys),
            (None, Some(fault)) => Lookup::Refused(fault.reason()),
            // No keys came yet, and there is no fault that says why.
            (None, None) => Lookup::Refused(Reason::JwksTimeout),
        }
    }
}

/// The time that a host needs after its own timeout to report it, in milliseconds.
pub(super) const GRACE: i64 = 1_000;

impl Held {
    fn current(&self, address: &KeyAddress, now: i64) -> Option<&KeySet> {
        let keys = self.keys.as_deref()?;
        since(self.fetched, now).is_some_and(|age| age <= address.max_age).then_some(keys)
    }

    fn is_fresh(&self, address: &KeyAddress, now: i64) -> bool {
        self.keys.is_some() && since(self.fetched, now).is_some_and(|age| age < address.refresh)
    }

    fn is_running(&self, now: i64) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// Returns `true` if the cooldown is over since the last fetch, or since the last fetch that a
    /// token caused. The two are separate, so that a new key is found at once even if the set was
    /// fetched a moment before it was published. If the clock was set back, there is nothing to
    /// wait for.
    fn may_fetch(&self, address: &KeyAddress, is_prompt: bool, now: i64) -> bool {
        let over = |tried| since(tried, now).is_none_or(|past| past >= address.cooldown());
        if is_prompt { self.prompted.is_none_or(over) } else { self.tried.is_none_or(over) }
    }

    fn replace(&mut self, keys: KeySet, now: i64) {
        self.absent.retain(|id| !has(&keys, *id));
        (self.keys, self.fetched, self.fault) = (Some(Rc::new(keys)), now, None);
        // A request that still misses its key in these asks again.
        self.is_prompt = false;
    }
}

/// Returns `true` if a set has a key of this id.
fn has(keys: &KeySet, id: IdDigest) -> bool {
    keys.keys().iter().any(|key| key.id().map(digest) == Some(id))
}

/// The milliseconds from one time to another; `None` if the clock was set back between them.
fn since(from: i64, now: i64) -> Option<i64> {
    let past = now.saturating_sub(from);
    (past >= -SKEW).then_some(past.max(0))
}

fn digest(id: &str) -> IdDigest {
    let mut short = IdDigest::default();
    for (to, from) in short.iter_mut().zip(Sha256::digest(id)) {
        *to = from;
    }
    short
}
