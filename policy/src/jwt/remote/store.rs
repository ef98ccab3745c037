//! What is known of the keys at every address of a policy.

use super::address::KeyAddress;
use super::fetch::{self, FetchFault, Fetched};
use super::ledger::Ledger;
use crate::jwt::KeySet;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::time::Time;
use alloc::rc::Rc;
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// What is known of the keys at every address of a policy, in one thread of a host.
///
/// A host keeps one beside its policy and hands it to each decision
/// ([`Served::with_keys`](crate::Served::with_keys)). It fetches when [`Self::turn`] or
/// [`Self::due`] say so, and tells what came of it with [`Self::fetched`]. Cloning is cheap, so that
/// a decision that waits can keep what it began with.
#[derive(Clone, Debug)]
pub struct KeyStore(Vec<Held>);

/// Keys that a decision needs, and lacks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyDemand {
    pub(crate) source: usize,
    pub(crate) id: Option<IdDigest>,
}

impl KeyDemand {
    /// The place of the address in [`Policy::key_addresses`].
    #[must_use]
    pub fn source(&self) -> usize {
        self.source
    }
}

/// What a host does about keys that are lacking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turn {
    /// Nobody is fetching them: fetch them, once the request has been put aside.
    Fetch,
    /// They are being fetched: put the request aside.
    Wait,
    /// There is nothing to wait for: ask again at once.
    Go,
}

/// A name that a token gives a key, shortened: clients choose names, and these are kept.
pub(crate) type IdDigest = [u8; 8];

/// What is known about one address.
#[derive(Clone, Debug, Default)]
struct Held {
    keys: Option<Rc<KeySet>>,
    /// When the keys were fetched, in milliseconds.
    fetched: i64,
    /// When they were asked for last, whatever came of it.
    tried: Option<i64>,
    /// When they were last asked for because a token named a key that was not among them.
    prompted: Option<i64>,
    /// The next fetch is for the sake of such a token.
    is_prompt: bool,
    /// When a fetch that has begun has ended at the latest.
    until: Option<i64>,
    /// What was wrong with the last fetch that ended.
    fault: Option<FetchFault>,
    /// Ids for which a fetch was asked since the last one began.
    wanted: Vec<IdDigest>,
    /// Those of them that were not in the set that came: no reason to fetch again.
    absent: Vec<IdDigest>,
}

/// For how many fetches a request waits: one that was under way when it came, and may have missed
/// the key that it names, and one of its own.
const MAX_WAITS: usize = 2;

/// The most ids that are remembered in each of the two lists.
const MAX_IDS: usize = 32;

/// What threads' clocks may differ, in milliseconds.
const SKEW: i64 = 60_000;

/// What a decision finds.
#[derive(Debug)]
pub(crate) enum Lookup<'s> {
    Keys(&'s KeySet),
    Needed(KeyDemand),
    Refused(Reason),
}

impl KeyStore {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self(policy.key_addresses().iter().map(|_| Held::default()).collect())
    }

    /// What a host does about a demand.
    pub fn turn(&mut self, demand: &KeyDemand, address: &KeyAddress, now: Time) -> Turn {
        let now = now.unix_millis();
        let Some(held) = self.0.get_mut(demand.source) else { return Turn::Go };
        if held.is_running(now) {
            return Turn::Wait;
        }
        let is_prompt = held.current(address, now).is_some();
        if !held.may_fetch(address, is_prompt, now) {
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

    /// Whether keys are to be fetched though no request waits for them: there are none yet, or
    /// they are due to be fetched again.
    #[must_use]
    pub fn due(&self, source: usize, address: &KeyAddress, now: Time) -> bool {
        let now = now.unix_millis();
        self.0.get(source).is_some_and(|held| {
            !held.is_fresh(address, now)
                && !held.is_running(now)
                && held.may_fetch(address, false, now)
        })
    }

    /// Whether a fetch has begun and not ended.
    #[must_use]
    pub fn is_running(&self, source: usize, now: Time) -> bool {
        self.0.get(source).is_some_and(|held| held.is_running(now.unix_millis()))
    }

    /// Whether the next fetch is for the sake of a token that names a key which is not here.
    #[must_use]
    pub fn is_prompt(&self, source: usize) -> bool {
        self.0.get(source).is_some_and(|held| held.is_prompt)
    }

    /// A fetch begins. It has ended when [`Self::fetched`] says so, or when its time is over.
    pub fn begin(&mut self, source: usize, address: &KeyAddress, now: Time) {
        if let Some(held) = self.0.get_mut(source) {
            let now = now.unix_millis();
            held.tried = Some(now);
            // One that was due in any case is for nobody's sake, unless it is the first: whoever
            // names unknown keys causes one fetch a cooldown, from the beginning.
            let is_first = held.keys.is_none() && !held.wanted.is_empty();
            if (core::mem::take(&mut held.is_prompt) && held.is_fresh(address, now)) || is_first {
                held.prompted = Some(now);
            }
            held.until = Some(now.saturating_add(address.timeout).saturating_add(GRACE));
        }
    }

    /// A fetch has ended. Keys that it brought take the place of those that were here; where it
    /// brought none, those go on counting, as long as the policy lets them.
    ///
    /// # Errors
    /// Why it brought none.
    pub fn fetched(
        &mut self,
        source: usize,
        fetched: &Fetched<'_>,
        now: Time,
    ) -> Result<(), FetchFault> {
        let keys = fetch::keys(fetched);
        let Some(held) = self.0.get_mut(source) else { return Ok(()) };
        held.until = None;
        match keys {
            Ok(keys) => {
                held.absent = core::mem::take(&mut held.wanted);
                held.replace(keys, now.unix_millis());
                Ok(())
            }
            Err(fault) => {
                held.fault = Some(fault);
                held.is_prompt = false;
                held.wanted.clear();
                Err(fault)
            }
        }
    }

    /// Takes what another thread has told about an address; whether it has keys that are newer
    /// than those here, which [`Self::adopt`] takes.
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

    /// Takes keys that another thread has fetched, perhaps before the ids that are wanted here were
    /// published: they are not taken for absent. The answer is read again, nothing that is
    /// shared is believed to be more than that.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn adopt(&mut self, source: usize, answer: &[u8], at: Time) -> Result<(), FetchFault> {
        let keys = fetch::keys(&Fetched::Answer { status: 200, body: answer })?;
        if let Some(held) = self.0.get_mut(source) {
            held.replace(keys, at.unix_millis());
        }
        Ok(())
    }

    /// The keys that are here, as long as they count.
    pub(crate) fn current(
        &self,
        source: usize,
        address: &KeyAddress,
        now: Time,
    ) -> Option<&KeySet> {
        self.0.get(source)?.current(address, now.unix_millis())
    }

    /// The keys to check a token with that names this one, or none.
    pub(crate) fn lookup(
        &self,
        source: usize,
        address: &KeyAddress,
        id: Option<&str>,
        waits: usize,
        now: Time,
    ) -> Lookup<'_> {
        let now = now.unix_millis();
        let Some(held) = self.0.get(source) else {
            return Lookup::Refused(Reason::JwksUnreachable);
        };
        let current = held.current(address, now);
        let id_digest = id.map(digest);
        match current {
            Some(keys) if id.is_none_or(|id| keys.has(id)) => return Lookup::Keys(keys),
            // Asked for before, and not there.
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
            // Which finds no key of this name.
            (Some(keys), _) => Lookup::Keys(keys),
            (None, Some(fault)) => Lookup::Refused(fault.reason()),
            // Nothing came yet, and nobody says why.
            (None, None) => Lookup::Refused(Reason::JwksTimeout),
        }
    }
}

/// What a host needs beyond its own timeout to say that it has run out, in milliseconds.
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

    /// Whether the cooldown is over: since the last fetch, or since the last one that a token has
    /// prompted. The two are apart, so that a key which is used as soon as it is published is found
    /// though the set was fetched a moment before. A clock that was set back leaves no time to wait
    /// for.
    fn may_fetch(&self, address: &KeyAddress, is_prompt: bool, now: i64) -> bool {
        let over = |tried| since(tried, now).is_none_or(|past| past >= address.cooldown);
        if is_prompt { self.prompted.is_none_or(over) } else { self.tried.is_none_or(over) }
    }

    fn replace(&mut self, keys: KeySet, now: i64) {
        self.absent.retain(|id| !keys.keys().iter().any(|key| key.id().map(digest) == Some(*id)));
        (self.keys, self.fetched, self.fault) = (Some(Rc::new(keys)), now, None);
        // Whoever still misses a key in these asks again.
        self.is_prompt = false;
    }
}

/// The milliseconds from one time to another; `None` where the clock was set back between them.
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
