//! The signed tokens of one request.

use super::{SignedKeys, SignedRules};
use crate::credential::carrier::Carrier;
use crate::credential::{Checked, KeyName, Kind, Offered, Proof, Refusal, offered};
use crate::decide::{Demand, Served};
use crate::ids::CallerId;
use crate::jwt::remote::Lookup;
use crate::jwt::{self, KeySet, MAX_LEN, SignatureAnswer, SignatureCheck, TokenCache, Untrusted};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Signatures that were checked for this request, and the first demand to the host.
pub(crate) struct Signatures<'a> {
    served: Served<'a>,
    answers: Vec<SignatureAnswer>,
    needed: Option<Demand<'a>>,
    /// The claims because of which tokens were refused, each with the caller whose rules refused it.
    #[cfg(feature = "explain")]
    wrong: Vec<(CallerId, jwt::WrongClaim)>,
}

/// A caller whose token was signed by a key of its issuer, and has the claims that the policy asks
/// for. Only [`Signatures::check`] makes one, and the caller is the one whose rules it checked.
#[derive(Clone, Debug)]
pub(crate) struct Verified<'a> {
    caller: CallerId,
    carrier: Option<&'a Carrier>,
    key: Option<&'a str>,
    token: Rc<jwt::Verified>,
}

impl<'a> Verified<'a> {
    /// The caller whose rules the token holds.
    pub(crate) fn caller(&self) -> CallerId {
        self.caller
    }

    /// The name of the key that signed it; an issuer's key need not have an id.
    pub(crate) fn key(&self) -> KeyName<'a> {
        KeyName { kind: Kind::Jwt, id: self.key, carrier: self.carrier }
    }

    /// Its `sub`.
    pub(crate) fn subject(&self) -> Option<&str> {
        self.token.subject()
    }

    /// Its scopes.
    pub(crate) fn scope(&self) -> Option<&str> {
        self.token.scope()
    }
}

impl<'a> Signatures<'a> {
    pub(crate) fn new(served: Served<'a>) -> Self {
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
    pub(crate) fn wrong_claim(&self, caller: CallerId) -> Option<&jwt::WrongClaim> {
        self.wrong.iter().find(|(other, _)| *other == caller).map(|(_, claim)| claim)
    }

    /// Takes the demand that the host must serve before there can be a decision.
    pub(crate) fn take_needed(&mut self) -> Option<Demand<'a>> {
        self.needed.take()
    }

    /// Checks the token in the header that the rules name.
    pub(crate) fn check(
        &mut self,
        policy: &'a Policy,
        headers: &'a [Header<'a>],
        rules: &'a SignedRules,
        now: Time,
    ) -> Checked<'a> {
        let Some(table) = policy.tables.get(rules.table) else {
            return Err(Refusal::of_gate());
        };
        let checked = match offered(headers, &table.carrier, MAX_LEN) {
            Offered::Absent => return Err(Reason::CredentialMissing.into()),
            Offered::Unusable(reason) => Err(refusal(reason, None)),
            Offered::Token(token) => self.token(policy, token, rules, now),
        };
        let carrier = Some(&table.carrier);
        match checked {
            Ok(verified) => Ok(Proof::Signed(Verified { carrier, ..verified })),
            Err(refusal) => {
                let key = refusal.key.map(|key| KeyName { carrier, ..key });
                Err(Refusal { key, ..refusal })
            }
        }
    }

    fn token(
        &mut self,
        policy: &'a Policy,
        token: &'a [u8],
        rules: &'a SignedRules,
        now: Time,
    ) -> Result<Verified<'a>, Refusal<'a>> {
        let current = match &rules.keys {
            SignedKeys::Absent => return Err(refusal(Reason::CredentialUnknown, None)),
            SignedKeys::Here(keys) => Some(keys),
            SignedKeys::Address(source) => policy.key_addresses.get(*source).and_then(|address| {
                self.served.keys.and_then(|store| store.current(*source, address, now))
            }),
        };
        let known = self.served.cache.filter(|_| token.len() <= MAX_KEPT);
        let known = known.map(|cache| (cache, TokenCache::digest(token)));
        if let (Some((cache, digest)), Some(keys)) = (&known, current)
            && let Some((key, token)) = cache.find(digest, rules.caller, keys, now)
        {
            return Ok(Verified { caller: rules.caller, carrier: None, key: key.id(), token });
        }
        let failed = |fault: jwt::Refusal| refusal(fault.reason(), None);
        let profile = rules.claims.issuer.profile();
        let token = Untrusted::parse_as(profile, token).map_err(failed)?;
        let keys = self.keys(policy, rules, &token, now)?;
        let check = token.check(keys).map_err(failed)?;
        let Some(answer) = self.answer(&check) else {
            return Err(refusal(Reason::JwtSignatureInvalid, None));
        };
        let signed = token.signed(&check, &answer).map_err(failed)?;
        let key = check.key();
        match signed.claims(&rules.claims, now) {
            Ok(token) => {
                let token = Rc::new(token);
                if let Some((cache, digest)) = known {
                    cache.keep(digest, rules.caller, key, &token);
                }
                Ok(Verified { caller: rules.caller, carrier: None, key: key.id(), token })
            }
            Err(fault) => {
                #[cfg(feature = "explain")]
                if let Some(claim) = signed.wrong_claim(&rules.claims, fault, now) {
                    self.wrong.push((rules.caller, claim));
                }
                Err(refusal(fault.reason(), key.id()))
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
    ) -> Result<&'a KeySet, Refusal<'a>> {
        let source = match &rules.keys {
            SignedKeys::Absent => return Err(refusal(Reason::CredentialUnknown, None)),
            SignedKeys::Here(keys) => return Ok(keys),
            SignedKeys::Address(source) => *source,
        };
        let address = policy.key_addresses.get(source);
        let (Some(address), Some(store)) = (address, self.served.keys) else {
            return Err(refusal(Reason::JwksUnreachable, None));
        };
        if !now.is_plausible() {
            return Err(refusal(Reason::ClockUnset, None));
        }
        let waits = self.served.waits(source);
        match store.lookup(source, address, token.key_id(), waits, now) {
            Lookup::Keys(keys) => Ok(keys),
            Lookup::Refused(reason) => Err(refusal(reason, None)),
            Lookup::Needed(demand) => {
                self.needed.get_or_insert(Demand::Keys(demand));
                Err(refusal(Reason::JwtKeyUnknown, None))
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

/// The refusal of a token, with the id of the key that signed it, if one did.
fn refusal<'a>(reason: Reason, key: Option<&'a str>) -> Refusal<'a> {
    Refusal::of_sent(reason).with_key(KeyName { kind: Kind::Jwt, id: key, carrier: None })
}

/// The longest token that is remembered, in bytes.
const MAX_KEPT: usize = 4_096;
