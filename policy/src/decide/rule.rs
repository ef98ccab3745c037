//! Checks whether the rules for a path admit a request.

use super::Case;
use super::credentials::{Credentials, Failure, tables};
use super::proof::{KeyName, Proof};
use crate::credential::{is_visible, misplaced};
use crate::header::Role;
use crate::ids::{KeyTableId, RuleId};
use crate::policy::{Alternative, Policy, Rule, Who};
use crate::reason::Reason;
use alloc::vec::Vec;

/// Every rule admits the request, for one caller.
pub(super) struct Admitted<'a> {
    pub(super) rules: Vec<&'a Rule>,
    pub(super) who: Who,
    pub(super) proof: Option<Proof<'a>>,
    /// The exact names of the identity headers that are passed.
    pub(super) identities: Vec<&'a [u8]>,
    /// The value of the first of them.
    pub(super) on_behalf_of: Option<&'a [u8]>,
}

/// A rule does not admit the request.
pub(super) struct Refused<'a> {
    pub(super) reason: Reason,
    pub(super) rule: Option<&'a Rule>,
    /// The credential, if it matched a key.
    pub(super) credential: Credential<'a>,
}

/// The facts about a credential whose request is refused.
#[derive(Clone, Default)]
pub(super) struct Credential<'a> {
    /// The proof of its caller, if it is valid.
    pub(super) proof: Option<Proof<'a>>,
    /// The key that it matched.
    pub(super) key: Option<KeyName<'a>>,
    /// The keys of other credentials that failed ([`Credentials::failed`]).
    pub(super) failed: Option<Vec<&'a str>>,
}

impl<'a> Credential<'a> {
    fn of(proof: Proof<'a>) -> Self {
        Self { key: Some(proof.key()), proof: Some(proof), failed: None }
    }
}

/// Asks every rule. The first reason in the order of [`Reason`] is the one that counts.
pub(super) fn all<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    rules: &[RuleId],
    credentials: &mut Credentials<'a>,
) -> Result<Admitted<'a>, Refused<'a>> {
    each(policy, case, rules, credentials).map_err(|mut refused| {
        // A request can carry several credentials, but only one reason is reported. Count every
        // failed one, or guesses hide behind the first.
        if policy.abuse.failures.is_some() {
            let rules = rules.iter().filter_map(|id| policy.rule(*id));
            refused.credential.failed = credentials.failed(rules);
        }
        refused
    })
}

fn each<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    rules: &[RuleId],
    credentials: &mut Credentials<'a>,
) -> Result<Admitted<'a>, Refused<'a>> {
    let mut admissions = Vec::new();
    let mut refused: Option<Refused<'a>> = None;
    for id in rules {
        let Some(rule) = policy.rule(*id) else {
            return Err(Refused {
                reason: Reason::InternalError,
                rule: None,
                credential: Credential::default(),
            });
        };
        let mut refuse = |other: Refused<'a>| {
            if refused.as_ref().is_none_or(|refused| other.reason < refused.reason) {
                refused = Some(other);
            }
        };
        let place = admissions.len();
        match one(policy, case, rule, case.asked.head.method, credentials) {
            Ok(admission) => admissions.push(admission),
            Err(other) => {
                refuse(other);
                continue;
            }
        }
        if !rule.names_methods() {
            continue;
        }
        // The origin may run the handler of a method that the query names.
        let named = case.methods(policy);
        let mut holds = !named.too_many;
        for method in &named.methods {
            match one(policy, case, rule, method, credentials) {
                Ok(admission) => admissions.push(admission),
                Err(_) => holds = false,
            }
        }
        if !holds {
            let proof = admissions.get(place).and_then(|own| own.proof.clone());
            let credential = proof.map(Credential::of).unwrap_or_default();
            refuse(Refused {
                reason: Reason::MethodOverrideNotAllowed,
                rule: Some(rule),
                credential,
            });
        }
    }
    if let Some(refused) = refused {
        return Err(refused);
    }
    join(policy, case, admissions)
}

/// One rule and the alternative of it that holds.
struct Admission<'a> {
    rule: &'a Rule,
    alternative: &'a Alternative,
    proof: Option<Proof<'a>>,
}

/// The first alternative that holds for a method. If none does, the reason of the one that came
/// closest: with a verified caller, or else with a credential, or else the last.
fn one<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    rule: &'a Rule,
    method: &[u8],
    credentials: &mut Credentials<'a>,
) -> Result<Admission<'a>, Refused<'a>> {
    let refuse = |reason, credential| Refused { reason, rule: Some(rule), credential };
    if rule.allow.is_empty() {
        return Err(refuse(Reason::NobodyAllowed, Credential::default()));
    }
    let mut admitted = None;
    let mut closest: Option<(Closeness, Refused<'a>)> = None;
    for alternative in rule.allow.iter().filter(|a| a.has_method(method)) {
        // No early exit: compare the credential of every alternative, whatever the others and the
        // address showed.
        let outcome = try_alternative(policy, case, alternative, credentials);
        match outcome {
            Ok(proof) => {
                admitted.get_or_insert(Admission { rule, alternative, proof });
            }
            Err((closeness, reason, credential)) => {
                if closest.as_ref().is_none_or(|(closest, _)| closeness > *closest) {
                    closest = Some((closeness, refuse(reason, credential)));
                }
            }
        }
    }
    if let Some(admitted) = admitted {
        return Ok(admitted);
    }
    let Some((_, mut refused)) = closest else {
        return Err(refuse(Reason::MethodNotAllowed, Credential::default()));
    };
    if refused.reason == Reason::CredentialMissing {
        let header = |table: KeyTableId| policy.tables.get(table).map(|keys| &keys.header);
        let read = tables(policy, rule).filter_map(header);
        let known = policy.tables.items().iter().map(|keys| &keys.header);
        refused.reason = misplaced(case.asked.headers, case.asked.head.target, read, known);
    }
    Err(refused)
}

/// A measure of how far an alternative got: greater is further.
pub(super) type Closeness = (bool, bool, Reason);
pub(super) type Failed<'a> = (Closeness, Reason, Credential<'a>);

pub(super) fn try_alternative<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    alternative: &Alternative,
    credentials: &mut Credentials<'a>,
) -> Result<Option<Proof<'a>>, Failed<'a>> {
    let address = match alternative.network {
        None => Ok(()),
        Some(network) => match (case.client, policy.networks.get(network)) {
            (None, _) => Err(Reason::AddressUnknown),
            (Some(client), Some(network)) if network.contains(client) => Ok(()),
            (Some(_), _) => Err(Reason::NetworkNotAllowed),
        },
    };
    let Who::Caller(caller) = alternative.who else {
        return match address {
            Ok(()) => Ok(None),
            Err(reason) => Err(((false, false, reason), reason, Credential::default())),
        };
    };
    let Some(expected) = policy.callers.get(caller) else {
        let reason = Reason::InternalError;
        return Err(((false, false, reason), reason, Credential::default()));
    };
    let checked = credentials.check(caller, expected);
    let credential = match checked.proof {
        Ok(proof) if proof.caller() == caller => Ok(proof),
        Ok(proof) => Err((Reason::CallerNotAllowed, Credential::of(proof))),
        Err(Failure { reason: Reason::CredentialUnknown, .. }) if !expected.configured => {
            Err((Reason::CallerNotConfigured, Credential::default()))
        }
        Err(failure) => {
            Err((failure.reason, Credential { key: failure.key, ..Credential::default() }))
        }
    };
    // The address comes before the credential: if both are wrong, report the network.
    let (reason, known) = match (address, credential) {
        (Ok(()), Ok(proof)) => return Ok(Some(proof)),
        (Err(reason), Ok(proof)) => (reason, Credential::of(proof)),
        (Err(reason), Err((_, known))) => (reason, known),
        (Ok(()), Err(failed)) => failed,
    };
    let is_the_caller = known.proof.as_ref().is_some_and(|proof| proof.caller() == caller);
    // If another caller has a key, the token was not meant for a caller without one.
    let present = checked.present && reason != Reason::CallerNotConfigured;
    Err(((is_the_caller, present, reason), reason, known))
}

/// Joins the admissions of several rules: one caller, and the identity headers that all of them
/// pass.
fn join<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    admissions: Vec<Admission<'a>>,
) -> Result<Admitted<'a>, Refused<'a>> {
    let mut who = Who::Anyone;
    let mut proof = None;
    for admission in &admissions {
        match (who, admission.alternative.who) {
            (_, Who::Anyone) => {}
            (Who::Anyone, caller) => {
                who = caller;
                proof = admission.proof.clone();
            }
            (one, other) if one == other => {}
            _ => {
                let rule = Some(admission.rule);
                return Err(Refused {
                    reason: Reason::CallersDisagree,
                    rule,
                    credential: Credential::default(),
                });
            }
        }
    }
    let mut identities: Vec<&'a [u8]> = Vec::new();
    let mut on_behalf_of = None;
    for (id, header) in policy.identities.iter() {
        if !admissions.iter().all(|a| a.alternative.pass_identity.contains(&id)) {
            continue;
        }
        // Pass only the exact spelling, and only one value. Otherwise an origin that joins values,
        // or picks one, would choose the user for whom the caller acts.
        let mut values = case.asked.headers.iter().filter(|h| header.is(h.name));
        let Some(first) = values.next() else { continue };
        let good = values.next().is_none()
            && !first.value.is_empty()
            && first.value.len() <= MAX_IDENTITY
            && is_visible(first.value)
            && !first.value.contains(&b',');
        if !good {
            let rule = admissions.first().map(|admission| admission.rule);
            let credential = proof.map(Credential::of).unwrap_or_default();
            return Err(Refused { reason: Reason::IdentityMalformed, rule, credential });
        }
        debug_assert!(case.asked.suspects.contains(&(first.name, Role::Identity(id))));
        identities.push(first.name);
        on_behalf_of.get_or_insert(first.value);
    }
    let mut rules: Vec<&'a Rule> = Vec::with_capacity(admissions.len());
    for admission in admissions {
        // A rule comes once for each method of the request, side by side.
        if !rules.last().is_some_and(|rule| core::ptr::eq(*rule, admission.rule)) {
            rules.push(admission.rule);
        }
    }
    Ok(Admitted { rules, who, proof, identities, on_behalf_of })
}

/// The longest identity that is passed, in bytes.
const MAX_IDENTITY: usize = 256;
