//! The credentials of one request: each header is read, and each token compared, once.

#[cfg(feature = "jwt-core")]
use super::proof::Kind;
use super::proof::{KeyName, Proof};
use super::{Case, Served, remove};
#[cfg(feature = "jwt-core")]
use super::{Demand, signed::Signatures};
use crate::credential::{MAX_TOKEN, Offered, Rejected, offered};
use crate::header::Edit;
use crate::policy::{Alternative, Caller, Policy, Rule, Who};
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;
use alloc::vec::Vec;

/// What a request offers for the key tables that its rules read.
pub(super) struct Credentials<'a> {
    policy: &'a Policy,
    headers: &'a [Header<'a>],
    now: Time,
    checked: Vec<(usize, Checked<'a>)>,
    #[cfg_attr(
        not(feature = "jwt-core"),
        expect(dead_code, reason = "nothing is served without signed tokens")
    )]
    served: Served<'a>,
    #[cfg(feature = "jwt-core")]
    signatures: Signatures<'a>,
    #[cfg(feature = "jwt-core")]
    signed: Vec<(usize, Checked<'a>)>,
}

/// What came of a credential.
#[derive(Clone)]
pub(super) struct Checked<'a> {
    /// Whether the header is there at all.
    pub(super) present: bool,
    /// The caller, or why there is none.
    pub(super) proof: Result<Proof<'a>, Failure<'a>>,
}

/// Why a credential does not count, and the key where it matched one. A key that is no longer
/// valid is worth naming in an audit line; it never makes a caller.
#[derive(Clone)]
pub(super) struct Failure<'a> {
    pub(super) reason: Reason,
    pub(super) key: Option<KeyName<'a>>,
}

impl<'a> Credentials<'a> {
    pub(super) fn new(policy: &'a Policy, case: &Case<'a>) -> Self {
        Self {
            policy,
            headers: case.request.headers,
            now: case.now,
            checked: Vec::new(),
            served: case.served,
            #[cfg(feature = "jwt-core")]
            signatures: Signatures::default(),
            #[cfg(feature = "jwt-core")]
            signed: Vec::new(),
        }
    }

    /// What the host is asked for before there can be a decision.
    #[cfg(feature = "jwt-core")]
    pub(super) fn needed(&mut self) -> Option<Demand<'a>> {
        self.signatures.take_needed().map(Demand::Signature)
    }

    /// What came of the credentials that this caller could have sent: either kind is enough, and
    /// each is checked, whatever came of the other.
    pub(super) fn check(&mut self, place: usize, caller: &Caller) -> Checked<'a> {
        let token = caller.table.map(|table| self.token(table));
        #[cfg(feature = "jwt-core")]
        if let Some(jwt) = caller.jwt.map(|jwt| self.jwt(jwt, place)) {
            return match token {
                Some(token) => closest(token, jwt, place),
                None => jwt,
            };
        }
        _ = place;
        token.unwrap_or(Checked { present: false, proof: Err(failure(Reason::InternalError)) })
    }

    #[cfg(feature = "jwt-core")]
    pub(super) fn jwt(&mut self, jwt: usize, caller: usize) -> Checked<'a> {
        if let Some((_, checked)) = self.signed.iter().find(|(place, _)| *place == jwt) {
            return checked.clone();
        }
        let policy = self.policy;
        let Some(rules) = policy.jwts.get(jwt) else {
            return Checked { present: false, proof: Err(failure(Reason::InternalError)) };
        };
        let (headers, now) = (self.headers, self.now);
        let (present, verified) = self.signatures.verify(policy, headers, rules, &self.served, now);
        let proof = match verified {
            Ok((id, verified)) => Ok(Proof::Jwt(caller, id, verified.into())),
            Err((reason, id)) => {
                let key = KeyName { kind: Kind::Jwt, id };
                Err(Failure { reason, key: present.then_some(key) })
            }
        };
        let checked = Checked { present, proof };
        self.signed.push((jwt, checked.clone()));
        checked
    }

    /// What came of the key table at this place. The comparison runs whatever was offered.
    pub(super) fn token(&mut self, table: usize) -> Checked<'a> {
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
        Self { reason: rejected.reason, key: rejected.key.map(|key| KeyName::of_token(&key.id)) }
    }
}

fn failure<'a>(reason: Reason) -> Failure<'a> {
    Failure { reason, key: None }
}

/// Of the two kinds of credential that a caller may have, the one that shows most: that it is the
/// caller, that it is another, that one was there, the reason that comes last.
#[cfg(feature = "jwt-core")]
fn closest<'a>(token: Checked<'a>, jwt: Checked<'a>, caller: usize) -> Checked<'a> {
    let rank = |checked: &Checked<'_>| match &checked.proof {
        Ok(proof) => (1 + u8::from(proof.caller() == caller), true, None),
        Err(failure) => (0, checked.present, Some(failure.reason)),
    };
    if rank(&jwt) > rank(&token) { jwt } else { token }
}

/// The key tables that a rule reads.
pub(super) fn tables<'p>(
    policy: &'p Policy,
    rule: &'p Rule,
) -> impl Iterator<Item = usize> + Clone + 'p {
    let caller = |alternative: &Alternative| match alternative.who {
        Who::Anyone => None,
        Who::Caller(caller) => policy.callers.get(caller),
    };
    #[cfg(feature = "jwt-core")]
    return rule.allow.iter().filter_map(caller).flat_map(|caller| caller.tables(policy));
    #[cfg(not(feature = "jwt-core"))]
    rule.allow.iter().filter_map(move |alternative| caller(alternative)?.table)
}

/// Whether a request carries any header that these rules read credentials from; without a rule,
/// that any caller sends.
pub(super) fn any_header<'p>(
    policy: &'p Policy,
    case: &Case<'_>,
    rules: impl Iterator<Item = &'p Rule> + Clone,
) -> bool {
    let present = |table: usize| {
        policy.tables.get(table).is_some_and(|keys| {
            case.request.headers.iter().any(|header| keys.header.is(header.name))
        })
    };
    if rules.clone().next().is_none() {
        return (0..policy.tables.len()).any(present);
    }
    rules.flat_map(|rule| tables(policy, rule)).any(present)
}

/// Removes the credentials that these rules read, in every spelling; where the policy keeps them,
/// only the spellings that were not read.
pub(super) fn strip<'a>(
    policy: &'a Policy,
    case: &Case<'a>,
    rules: &[&'a Rule],
    edits: &mut Vec<Edit<'a>>,
) {
    for table in rules.iter().flat_map(|rule| tables(policy, rule)) {
        let Some(keys) = policy.tables.get(table) else { continue };
        for header in case.request.headers {
            let kept = !policy.forward.remove_credential && keys.header.is(header.name);
            if keys.header.is_alias(header.name) && !kept {
                remove(edits, header.name);
            }
        }
    }
}
