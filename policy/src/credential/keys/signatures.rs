//! The keys and the signatures of one request.

use super::SignedKeys;
use crate::credential::{Demand, Served};
use crate::ids::{Arena, KeySourceId};
use crate::jwt::remote::Lookup;
use crate::jwt::{KeyAddress, KeySet, SignatureAnswer, SignatureCheck, TokenCache};
use crate::reason::Reason;
use crate::time::Time;
use alloc::vec::Vec;

/// Signatures that were checked for one request, and the first demand to the host.
pub(crate) struct Signatures<'a> {
    addresses: &'a Arena<KeySourceId, KeyAddress>,
    served: Served<'a>,
    answers: Vec<SignatureAnswer>,
    needed: Option<Demand<'a>>,
}

impl<'a> Signatures<'a> {
    pub(crate) fn new(addresses: &'a Arena<KeySourceId, KeyAddress>, served: Served<'a>) -> Self {
        Self { addresses, served, answers: Vec::new(), needed: None }
    }

    /// The tokens that were verified before, if the host keeps any.
    pub(crate) fn cache(&self) -> Option<&'a TokenCache> {
        self.served.cache
    }

    /// Takes the demand that the host must serve before there can be a decision.
    pub(crate) fn take_needed(&mut self) -> Option<Demand<'a>> {
        self.needed.take()
    }

    /// The keys as they are known now. Nobody is asked for others.
    pub(crate) fn current(&self, keys: &'a SignedKeys, now: Time) -> Option<&'a KeySet> {
        match keys {
            SignedKeys::Absent => None,
            SignedKeys::Here(keys) => Some(keys),
            SignedKeys::Address(source) => {
                let address = self.addresses.get(*source)?;
                self.served.keys?.current(*source, address, now)
            }
        }
    }

    /// The keys for a credential that names this key, or none. Ask only for a credential of the
    /// right shape: the host may have to fetch them.
    ///
    /// # Errors
    /// There are none, or the host must bring them first.
    pub(crate) fn keys(
        &mut self,
        keys: &'a SignedKeys,
        key_id: Option<&str>,
        now: Time,
    ) -> Result<&'a KeySet, Reason> {
        let source = match keys {
            SignedKeys::Absent => return Err(Reason::CredentialUnknown),
            SignedKeys::Here(keys) => return Ok(keys),
            SignedKeys::Address(source) => *source,
        };
        let address = self.addresses.get(source);
        let (Some(address), Some(store)) = (address, self.served.keys) else {
            return Err(Reason::JwksUnreachable);
        };
        if !now.is_plausible() {
            return Err(Reason::ClockUnset);
        }
        let waits = self.served.waits(source);
        match store.lookup(source, address, key_id, waits, now) {
            Lookup::Keys(keys) => Ok(keys),
            Lookup::Refused(reason) => Err(reason),
            Lookup::Needed(demand) => {
                self.needed.get_or_insert(Demand::Keys(demand));
                Err(Reason::JwtKeyUnknown)
            }
        }
    }

    /// The address with the keys of this source.
    #[cfg(feature = "explain")]
    pub(crate) fn address(&self, source: KeySourceId) -> Option<&'a KeyAddress> {
        self.addresses.get(source)
    }

    /// The answer to a check: the host's or an earlier one, the core's own, or none until the host
    /// has been asked. No check is made twice, however many callers have the key.
    pub(crate) fn answer(&mut self, check: &SignatureCheck<'a>) -> Option<SignatureAnswer> {
        let known = self.answers.iter().find(|answer| answer.is_to(check));
        if let Some(answer) = known.or_else(|| self.served.answer(check)) {
            return Some(answer.clone());
        }
        if self.served.checks(check) {
            self.needed.get_or_insert_with(|| Demand::Signature(check.clone()));
            return None;
        }
        let answer = check.verify()?;
        self.answers.push(answer.clone());
        Some(answer)
    }
}
