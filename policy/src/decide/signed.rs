//! The signed tokens of one request.

use super::Demand;
use super::served::Served;
use crate::credential::{Offered, offered};
use crate::jwt::remote::Lookup;
use crate::jwt::{
    KeySet, MAX_LEN, SignatureAnswer, SignatureCheck, TokenCache, Untrusted, Verified,
};
use crate::policy::{Policy, SignedKeys, SignedRules};
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Signatures that were checked for this request, and the first demand to the host.
pub(super) struct Signatures<'a> {
    served: Served<'a>,
    answers: Vec<SignatureAnswer>,
    needed: Option<Demand<'a>>,
    /// The claims because of which tokens were refused, each with the caller whose rules refused it.
    #[cfg(feature = "explain")]
    wrong: Vec<(crate::ids::CallerId, crate::jwt::WrongClaim)>,
}

/// The reason why a token does not count, and the id of the key that signed it, if one did.
pub(super) type Failed<'a> = (Reason, Option<&'a str>);

/// The verified token, and the id of the key that signed it.
pub(super) type Shown<'a> = Result<(Option<&'a str>, Rc<Verified>), Failed<'a>>;

impl<'a> Signatures<'a> {
    pub(super) fn new(served: Served<'a>) -> Self {
        Self {
            served,
            answers: Vec::new(),
            needed: None,
            #[cfg(feature = "explain")]
            wrong: Vec::new(),
        }
    }

    /// The claim because of which a caller's token was refused.
    #[cfg(feature = "explain")]
    pub(super) fn wrong_claim(
        &self,
        caller: crate::ids::CallerId,
    ) -> Option<&crate::jwt::WrongClaim> {
        self.wrong.iter().find(|(other, _)| *other == caller).map(|(_, claim)| claim)
    }

    /// Takes the demand that the host must serve before there can be a decision.
    pub(super) fn take_needed(&mut self) -> Option<Demand<'a>> {
        self.needed.take()
    }

    /// Verifies the token in the header. Returns `true` if the header is there, and the result.
    pub(super) fn verify(
        &mut self,
        policy: &'a Policy,
        headers: &'a [Header<'a>],
        rules: &'a SignedRules,
        now: Time,
    ) -> (bool, Shown<'a>) {
        let Some(table) = policy.tables.get(rules.table) else {
            return (false, Err((Reason::InternalError, None)));
        };
        match offered(headers, &table.header, table.bearer, MAX_LEN) {
            Offered::Absent => (false, Err((Reason::CredentialMissing, None))),
            Offered::Unusable(reason) => (true, Err((reason, None))),
            Offered::Token(token) => (true, self.token(policy, token, rules, now)),
        }
    }

    fn token(
        &mut self,
        policy: &'a Policy,
        token: &'a [u8],
        rules: &'a SignedRules,
        now: Time,
    ) -> Shown<'a> {
        let current = match &rules.keys {
            SignedKeys::Absent => return Err((Reason::CredentialUnknown, None)),
            SignedKeys::Here(keys) => Some(keys),
            SignedKeys::Address(source) => policy.key_addresses.get(*source).and_then(|address| {
                self.served.keys.and_then(|store| store.current(*source, address, now))
            }),
        };
        let known = self.served.cache.filter(|_| token.len() <= MAX_KEPT);
        let known = known.map(|cache| (cache, TokenCache::digest(token)));
        if let (Some((cache, digest)), Some(keys)) = (&known, current)
            && let Some((key, verified)) = cache.find(digest, rules.caller, keys, now)
        {
            return Ok((key.id(), verified));
        }
        let failed = |refusal: crate::jwt::Refusal| (refusal.reason(), None);
        let token = Untrusted::parse(token).map_err(failed)?;
        let keys = self.keys(policy, rules, &token, now)?;
        let check = token.check(keys).map_err(failed)?;
        let Some(answer) = self.answer(&check) else {
            return Err((Reason::JwtSignatureInvalid, None));
        };
        let signed = token.signed(&check, &answer).map_err(failed)?;
        let key = check.key();
        match signed.claims(&rules.claims, now) {
            Ok(verified) => {
                let verified = Rc::new(verified);
                if let Some((cache, digest)) = known {
                    cache.keep(digest, rules.caller, key, &verified);
                }
                Ok((key.id(), verified))
            }
            Err(refusal) => {
                #[cfg(feature = "explain")]
                if let Some(claim) = signed.wrong_claim(&rules.claims, refusal, now) {
                    self.wrong.push((rules.caller, claim));
                }
                Err((refusal.reason(), key.id()))
            }
        }
    }

    /// The keys with which a token is checked. An address is asked for them only for a token of the
    /// right shape.
    fn keys(
        &mut self,
        policy: &'a Policy,
        rules: &'a SignedRules,
        token: &Untrusted<'a>,
        now: Time,
    ) -> Result<&'a KeySet, Failed<'a>> {
        let source = match &rules.keys {
            SignedKeys::Absent => return Err((Reason::CredentialUnknown, None)),
            SignedKeys::Here(keys) => return Ok(keys),
            SignedKeys::Address(source) => *source,
        };
        let address = policy.key_addresses.get(source);
        let (Some(address), Some(store)) = (address, self.served.keys) else {
            return Err((Reason::JwksUnreachable, None));
        };
        if !now.is_plausible() {
            return Err((Reason::ClockUnset, None));
        }
        let waits = self.served.waits(source);
        match store.lookup(source, address, token.key_id(), waits, now) {
            Lookup::Keys(keys) => Ok(keys),
            Lookup::Refused(reason) => Err((reason, None)),
            Lookup::Needed(demand) => {
                self.needed.get_or_insert(Demand::Keys(demand));
                Err((Reason::JwtKeyUnknown, None))
            }
        }
    }

    /// The answer to a check: the host's or an earlier one, the core's own, or none until the host
    /// has been asked. No check is made twice, however many callers have the key.
    fn answer(&mut self, check: &SignatureCheck<'a>) -> Option<SignatureAnswer> {
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

/// The longest token that is remembered, in bytes.
const MAX_KEPT: usize = 4_096;
