//! The credentials of one request: each header is read, and each token compared, once.

use super::{Case, Demand};
use crate::credential::certificate::{Certificate, CertificateRules};
use crate::credential::signed::{Signatures, SignedRules};
use crate::credential::token::KeyTable;
use crate::credential::{Checked, Refusal};
use crate::few::OneOrMore;
use crate::header::Edits;
use crate::ids::{CallerId, KeyTableId, RuleId};
use crate::policy::{Alternative, Caller, Policy, Rule, Who};
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;
use alloc::vec::Vec;

/// The credentials that a request offers in the headers that its rules read.
pub(super) struct Credentials<'a> {
    policy: &'a Policy,
    headers: &'a [Header<'a>],
    now: Time,
    checked: OneOrMore<(KeyTableId, Checked<'a>)>,
    certificate: Certificate<'a>,
    asks_certificate: bool,
    signatures: Signatures<'a>,
    signed: OneOrMore<(CallerId, Checked<'a>)>,
}

impl<'a> Credentials<'a> {
    pub(super) fn new(policy: &'a Policy, case: &Case<'_, 'a>) -> Self {
        Self {
            policy,
            headers: case.asked.headers,
            now: case.believed,
            checked: OneOrMore::new(),
            certificate: case.served.certificate,
            asks_certificate: false,
            signatures: Signatures::new(case.served),
            signed: OneOrMore::new(),
        }
    }

    /// Takes the demand that the host must serve before there can be a decision.
    pub(super) fn needed(&mut self) -> Option<Demand<'a>> {
        if core::mem::take(&mut self.asks_certificate) {
            return Some(Demand::Certificate);
        }
        self.signatures.take_needed()
    }

    /// The ids of the keys that failed credentials for these rules named or matched; `None` if no
    /// credential failed. A header fails if each way of checking it failed, and neither the gate
    /// nor an issuer is the cause.
    pub(super) fn failed<'p>(&self, rules: impl Iterator<Item = &'p Rule>) -> Option<Vec<&'a str>> {
        let policy = self.policy;
        let mut keys = None;
        let mut seen = Vec::new();
        let header = |table| policy.tables.get(table).map(|keys| keys.carrier.header());
        for table in rules.flat_map(|rule| tables(policy, rule)) {
            // A header can have several tables, one for each scheme.
            let here = header(table);
            if seen.contains(&here) {
                continue;
            }
            seen.push(here);
            let tokens = self.checked.iter().filter(|(place, _)| header(*place) == here);
            let is_here = |caller: CallerId| {
                let caller = policy.callers.get(caller);
                let signed = caller.and_then(|caller| caller.signed.as_ref());
                signed.is_some_and(|signed| header(signed.table) == here)
            };
            let signed = self.signed.iter().filter(|(caller, _)| is_here(*caller));
            let read = tokens.map(|(_, checked)| checked).chain(signed.map(|(_, checked)| checked));
            // A proof and a refusal that is not the client's fault are no failures.
            let sent = read.filter(|checked| checked.as_ref().err().is_none_or(|err| err.sent));
            let failures = sent.map(|checked| {
                checked.as_ref().err().filter(|refusal| refusal.reason.is_failure())
            });
            let Some(failures) = failures.collect::<Option<Vec<_>>>() else { continue };
            if !failures.is_empty() {
                let ids = failures.iter().filter_map(|refusal| refusal.key_id());
                keys.get_or_insert_with(Vec::new).extend(ids);
            }
        }
        keys
    }

    /// The claim because of which a caller's signed token was refused, once it has been checked.
    #[cfg(feature = "explain")]
    pub(super) fn wrong_claim(&self, caller: CallerId) -> Option<crate::jwt::WrongClaim> {
        self.signatures.wrong_claim(caller).cloned()
    }

    /// Checks the credentials that this caller could have sent. One is enough, but all are checked,
    /// whatever the others show.
    pub(super) fn check(&mut self, id: CallerId, caller: &'a Caller) -> Checked<'a> {
        let mut best = Err(Reason::CredentialMissing.into());
        if let Some(token) = self.tokens(id, caller) {
            best = closest(best, token, id);
        }
        if let Some(rules) = &caller.signed {
            best = closest(best, self.signed(rules), id);
        }
        if let Some(rules) = &caller.certificate {
            best = closest(best, self.certificate(rules), id);
        }
        best
    }

    /// Checks the client's certificate, which the host is asked for when it first matters.
    pub(super) fn certificate(&mut self, rules: &'a CertificateRules) -> Checked<'a> {
        self.asks_certificate |= self.certificate == Certificate::NotAsked;
        rules.check(&self.certificate)
    }

    /// Checks the signed token that the rules ask for.
    pub(super) fn signed(&mut self, rules: &'a SignedRules) -> Checked<'a> {
        if let Some((_, checked)) = self.signed.iter().find(|(caller, _)| *caller == rules.caller) {
            return checked.clone();
        }
        let checked = self.signatures.check(self.policy, self.headers, rules, self.now);
        self.signed.push((rules.caller, checked.clone()));
        checked
    }

    /// Checks the tokens in all places in which the caller may send one. Only one may be there:
    /// several could be guesses, or say different things to an origin.
    fn tokens(&mut self, id: CallerId, caller: &'a Caller) -> Option<Checked<'a>> {
        let mut checked = None;
        for table in &caller.tokens {
            let other = self.token(*table);
            checked = Some(match checked {
                None => other,
                Some(one) => closest(one, other, id),
            });
        }
        if caller.tokens.len() > 1 {
            let read = |header: &&Header<'_>| {
                let mut keys = caller.tokens.iter().filter_map(|id| self.policy.tables.get(*id));
                keys.any(|keys| keys.carrier.header().is(header.name))
            };
            if self.headers.iter().filter(read).nth(1).is_some() {
                return Some(Err(Refusal::of_sent(Reason::CredentialDuplicate)));
            }
        }
        checked
    }

    /// Checks the token for a key table.
    pub(super) fn token(&mut self, table: KeyTableId) -> Checked<'a> {
        if let Some((_, checked)) = self.checked.iter().find(|(other, _)| *other == table) {
            return checked.clone();
        }
        let checked = match self.policy.tables.get(table) {
            Some(keys) => keys.check(self.headers, self.now),
            None => Err(Refusal::of_gate()),
        };
        self.checked.push((table, checked.clone()));
        checked
    }
}

/// Of two results, the one that got further: it shows the caller, or else another caller, or else a
/// credential was there, or else its reason comes later.
fn closest<'a>(one: Checked<'a>, other: Checked<'a>, caller: CallerId) -> Checked<'a> {
    let rank = |checked: &Checked<'_>| match checked {
        Ok(proof) => (1 + u8::from(proof.caller() == caller), None),
        Err(refusal) => (0, Some(refusal.distance())),
    };
    if rank(&other) > rank(&one) { other } else { one }
}

/// The key tables that a rule reads.
pub(super) fn tables<'p>(
    policy: &'p Policy,
    rule: &'p Rule,
) -> impl Iterator<Item = KeyTableId> + Clone + 'p {
    let caller = |alternative: &Alternative| match alternative.who {
        Who::Anyone => None,
        Who::Caller(caller) => policy.callers.get(caller),
    };
    rule.allow.iter().filter_map(caller).flat_map(Caller::tables)
}

/// Returns `true` if a request has a header in which these rules read credentials, or a certificate
/// if they ask for one. Without a rule, the headers of all callers count.
pub(super) fn any_header<'p>(
    policy: &'p Policy,
    case: &Case<'_, '_>,
    rules: impl Iterator<Item = &'p Rule> + Clone,
) -> bool {
    let present =
        |keys: &KeyTable| case.asked.headers.iter().any(|h| keys.carrier.header().is(h.name));
    if rules.clone().next().is_none() {
        return policy.tables.items().iter().any(present);
    }
    if case.served.certificate.is_shown()
        && rules.clone().any(|rule| asks_certificate(policy, rule))
    {
        return true;
    }
    rules.flat_map(|rule| tables(policy, rule)).filter_map(|id| policy.tables.get(id)).any(present)
}

/// Returns `true` if a caller of this rule is known by a certificate.
fn asks_certificate(policy: &Policy, rule: &Rule) -> bool {
    rule.allow.iter().any(|alternative| match alternative.who {
        Who::Anyone => false,
        Who::Caller(caller) => policy.callers.get(caller).is_some_and(|c| c.certificate.is_some()),
    })
}

/// Removes the credentials that these rules read, in every spelling. If the policy keeps
/// credentials, removes only the spellings that were not read.
pub(super) fn strip<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    rules: &[RuleId],
    edits: &mut Edits<'a>,
) {
    let rules = rules.iter().filter_map(|id| policy.rule(*id));
    for table in rules.flat_map(|rule| tables(policy, rule)) {
        let Some(keys) = policy.tables.get(table) else { continue };
        let name = keys.carrier.header();
        for header in case.asked.headers {
            let kept = !policy.forward.remove_credential && name.is(header.name);
            if name.is_alias(header.name) && !kept {
                edits.remove(header.name);
            }
        }
    }
}
