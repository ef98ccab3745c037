//! The credentials of one request: each header is read, and each token compared, once.

use super::proof::Kind;
use super::proof::{KeyName, Proof};
use super::{Case, remove};
use super::{Demand, signed::Signatures};
use crate::certificate::{Certificate, CertificateRules};
use crate::credential::{KeyTable, MAX_TOKEN, Offered, Rejected, offered};
use crate::header::Edit;
use crate::ids::{CallerId, KeyTableId};
use crate::policy::{Alternative, Caller, Policy, Rule, SignedRules, Who};
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;
use alloc::vec::Vec;

/// The credentials that a request offers in the headers that its rules read.
pub(super) struct Credentials<'a> {
    policy: &'a Policy,
    headers: &'a [Header<'a>],
    now: Time,
    checked: Vec<(KeyTableId, Checked<'a>)>,
    certificate: Certificate<'a>,
    asks_certificate: bool,
    signatures: Signatures<'a>,
    signed: Vec<(CallerId, Checked<'a>)>,
}

/// The result of checking a credential.
#[derive(Clone)]
pub(super) struct Checked<'a> {
    /// `true` if the header is there.
    pub(super) present: bool,
    /// The proof of the caller, or the reason why there is none.
    pub(super) proof: Result<Proof<'a>, Failure<'a>>,
}

/// The reason why a credential does not count, and the key if it matched one. The audit line names
/// a key that is no longer valid; it never makes a caller.
#[derive(Clone)]
pub(super) struct Failure<'a> {
    pub(super) reason: Reason,
    pub(super) key: Option<KeyName<'a>>,
    /// The id of the key that the token named but did not match.
    pub(super) claimed: Option<&'a str>,
}

impl<'a> Credentials<'a> {
    pub(super) fn new(policy: &'a Policy, case: &Case<'_, 'a>) -> Self {
        Self {
            policy,
            headers: case.asked.headers,
            now: case.believed,
            checked: Vec::new(),
            certificate: case.served.certificate,
            asks_certificate: false,
            signatures: Signatures::new(case.served),
            signed: Vec::new(),
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
        for table in rules.flat_map(|rule| tables(policy, rule)) {
            if seen.contains(&table) {
                continue;
            }
            seen.push(table);
            let tokens = self.checked.iter().filter(|(place, _)| *place == table);
            let is_here = |caller: CallerId| {
                let caller = policy.callers.get(caller);
                caller.and_then(|caller| caller.signed.as_ref()).is_some_and(|s| s.table == table)
            };
            let signed = self.signed.iter().filter(|(caller, _)| is_here(*caller));
            let read = tokens.map(|(_, checked)| checked).chain(signed.map(|(_, checked)| checked));
            let failures = read.filter(|checked| checked.present).map(|checked| {
                checked.proof.as_ref().err().filter(|failure| failure.reason.is_failure())
            });
            let Some(failures) = failures.collect::<Option<Vec<_>>>() else { continue };
            if !failures.is_empty() {
                let id =
                    |failure: &&Failure<'a>| failure.key.and_then(|key| key.id).or(failure.claimed);
                keys.get_or_insert_with(Vec::new).extend(failures.iter().filter_map(id));
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
        let token = caller.table.map(|table| self.token(table));
        let signed = caller.signed.as_ref().map(|rules| self.signed(rules));
        let certificate = caller.certificate.as_ref().map(|rules| self.certificate(rules));
        let nothing = Checked { present: false, proof: Err(failure(Reason::CredentialMissing)) };
        let kinds = [token, signed, certificate].into_iter().flatten();
        kinds.fold(nothing, |one, other| closest(one, other, id))
    }

    /// Checks the client's certificate, which the host is asked for when it first matters.
    pub(super) fn certificate(&mut self, rules: &'a CertificateRules) -> Checked<'a> {
        self.asks_certificate |= self.certificate == Certificate::NotAsked;
        let reason = match &self.certificate {
            Certificate::NotAsked | Certificate::Absent => Reason::CertificateMissing,
            Certificate::Invalid => Reason::CertificateInvalid,
            Certificate::Revoked => Reason::CertificateRevoked,
            Certificate::Valid(names) => match rules.find(names) {
                Some(name) => {
                    let proof = Ok(Proof::Certificate(rules.caller, name));
                    return Checked { present: true, proof };
                }
                None => Reason::CertificateUnknown,
            },
        };
        Checked { present: self.certificate.is_shown(), proof: Err(failure(reason)) }
    }

    pub(super) fn signed(&mut self, rules: &'a SignedRules) -> Checked<'a> {
        let caller = rules.caller;
        if let Some((_, checked)) = self.signed.iter().find(|(other, _)| *other == caller) {
            return checked.clone();
        }
        let policy = self.policy;
        let (present, verified) = self.signatures.verify(policy, self.headers, rules, self.now);
        let proof = match verified {
            Ok((id, verified)) => Ok(Proof::Jwt(caller, id, verified)),
            Err((reason, id)) => {
                let key = KeyName { kind: Kind::Jwt, id };
                Err(Failure { reason, key: present.then_some(key), claimed: None })
            }
        };
        let checked = Checked { present, proof };
        self.signed.push((caller, checked.clone()));
        checked
    }

    /// Checks the token for a key table. The comparison always runs, whatever was
    /// offered.
    pub(super) fn token(&mut self, table: KeyTableId) -> Checked<'a> {
        if let Some((_, checked)) = self.checked.iter().find(|(place, _)| *place == table) {
            return checked.clone();
        }
        let policy = self.policy;
        let checked = match policy.tables.get(table) {
            None => Checked { present: false, proof: Err(failure(Reason::InternalError)) },
            Some(keys) => {
                let offered = offered(self.headers, &keys.header, keys.bearer, MAX_TOKEN);
                let token = match offered {
                    Offered::Token(token) => Some(token),
                    Offered::Absent | Offered::Unusable(_) => None,
                };
                let verified = keys.verify(token, self.now);
                let proof = match offered {
                    Offered::Token(_) => verified.map(Proof::Token).map_err(Failure::from),
                    Offered::Absent => Err(failure(Reason::CredentialMissing)),
                    Offered::Unusable(reason) => Err(failure(reason)),
                };
                Checked { present: offered != Offered::Absent, proof }
            }
        };
        self.checked.push((table, checked.clone()));
        checked
    }
}

impl<'a> From<Rejected<'a>> for Failure<'a> {
    fn from(rejected: Rejected<'a>) -> Self {
        Self {
            reason: rejected.reason,
            key: rejected.key.map(|key| KeyName::of_token(&key.id)),
            claimed: rejected.claimed.map(|key| &*key.id),
        }
    }
}

fn failure<'a>(reason: Reason) -> Failure<'a> {
    Failure { reason, key: None, claimed: None }
}

/// Of two results, the one that got further: it shows the caller, or else another caller, or else a
/// credential was there, or else its reason comes later.
fn closest<'a>(one: Checked<'a>, other: Checked<'a>, caller: CallerId) -> Checked<'a> {
    let rank = |checked: &Checked<'_>| match &checked.proof {
        Ok(proof) => (1 + u8::from(proof.caller() == caller), true, None),
        Err(failure) => (0, checked.present, Some(failure.reason)),
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
        |keys: &KeyTable| case.asked.headers.iter().any(|header| keys.header.is(header.name));
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
    rules: &[&'a Rule],
    edits: &mut Vec<Edit<'a>>,
) {
    for table in rules.iter().flat_map(|rule| tables(policy, rule)) {
        let Some(keys) = policy.tables.get(table) else { continue };
        for header in case.asked.headers {
            let kept = !policy.forward.remove_credential && keys.header.is(header.name);
            if keys.header.is_alias(header.name) && !kept {
                remove(edits, header.name);
            }
        }
    }
}
