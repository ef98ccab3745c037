//! Checks whether the rules for a path admit a request.

use super::credentials::failed;
use super::{Case, method};
use crate::choose::Rules;
use crate::credential::{Credentials, Proof, Refusal, is_visible, misplaced};
use crate::few::{Few, OneOrMore};
use crate::header::Role;
use crate::ids::{KeyTableId, RuleId};
use crate::policy::{Alternative, Policy, Rule, Who};
use crate::reason::Reason;
use alloc::boxed::Box;

/// Every rule admits the request, for one caller.
pub(super) struct Admitted<'a> {
    pub(super) rules: Rules,
    pub(super) who: Who,
    pub(super) proof: Option<Proof<'a>>,
    /// Everybody may ask for this: no rule guards anything.
    pub(super) open: bool,
    /// The answer is kept out of shared caches.
    pub(super) private: bool,
    /// The exact names of the identity headers that are passed.
    pub(super) identities: Few<&'a [u8], 4>,
    /// The value of the first of them.
    pub(super) on_behalf_of: Option<&'a [u8]>,
}

/// Asks every rule. The first reason in the order of [`Reason`] is the one that counts.
pub(super) fn all<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    rules: &[RuleId],
    unclear: bool,
    credentials: &mut Credentials<'a>,
) -> Result<Admitted<'a>, Refusal<'a>> {
    each(policy, case, rules, unclear, credentials).map_err(|mut refused| {
        // A request can carry several credentials, but only one reason is reported. Count every
        // failed one, or guesses hide behind the first.
        if policy.abuse.failures.is_some() {
            let rules = rules.iter().filter_map(|id| policy.rule(*id));
            refused.failed = failed(policy, credentials, rules).map(Box::new);
        }
        refused
    })
}

fn each<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    rules: &[RuleId],
    unclear: bool,
    credentials: &mut Credentials<'a>,
) -> Result<Admitted<'a>, Refusal<'a>> {
    let mut admissions = OneOrMore::new();
    let mut refused: Option<Refusal<'a>> = None;
    for id in rules {
        let Some(rule) = policy.rule(*id) else {
            return Err(Refusal::of_gate());
        };
        let mut refuse = |other: Refusal<'a>| {
            if refused.as_ref().is_none_or(|refused| other.reason < refused.reason) {
                refused = Some(other);
            }
        };
        // A handler that the path doesn't name is public only if all of its rule is.
        let unclear = unclear && rule.allow.iter().any(|other| other.who != Who::Public);
        let judged = Judged { id: *id, rule, credential: unclear };
        match one(policy, case, judged, case.asked.head.method, credentials) {
            Ok(admission) => admissions.push(admission),
            Err(other) => {
                refuse(other);
                continue;
            }
        }
        if !rule.names_methods || !method::may_name(case.asked.head.target) {
            continue;
        }
        // The origin may run the handler of a method that the query names.
        let named = case.methods(policy);
        let own = admissions.last().and_then(|own: &Admission<'_>| own.proof.clone());
        let mut holds = !named.too_many;
        for method in &named.methods {
            match one(policy, case, judged, method, credentials) {
                Ok(admission) => admissions.push(admission),
                Err(_) => holds = false,
            }
        }
        if !holds {
            let refusal = Refusal::from(Reason::MethodOverrideNotAllowed);
            refuse(refusal.by(Some(*id)).with_proof(own));
        }
    }
    if let Some(refused) = refused {
        return Err(refused);
    }
    join(policy, case, &admissions)
}

/// One rule, and whether it is asked for a credential alone.
#[derive(Clone, Copy)]
struct Judged<'a> {
    id: RuleId,
    rule: &'a Rule,
    /// Its public alternatives don't count.
    credential: bool,
}

/// One rule and the alternative of it that holds.
struct Admission<'a> {
    id: RuleId,
    rule: &'a Rule,
    alternative: &'a Alternative,
    proof: Option<Proof<'a>>,
}

/// The first alternative that holds for a method, with a credential or else without. If none does, the reason of the one that came
/// closest: with a verified caller, or else with a credential, or else the last.
fn one<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    Judged { id, rule, credential }: Judged<'a>,
    method: &[u8],
    credentials: &mut Credentials<'a>,
) -> Result<Admission<'a>, Refusal<'a>> {
    if rule.allow.is_empty() {
        return Err(Refusal::from(Reason::NobodyAllowed).by(Some(id)));
    }
    let mut admitted: Option<Admission<'a>> = None;
    let mut closest: Option<(Closeness, Refusal<'a>)> = None;
    for alternative in rule.allow.iter().filter(|a| a.has_method(method)) {
        if credential && alternative.who == Who::Public {
            continue;
        }
        // No early exit: compare the credential of every alternative, whatever the others and the
        // address showed.
        let outcome = try_alternative(policy, case, alternative, credentials);
        match outcome {
            // A caller who is known stays known where no credential is needed.
            Ok(proof) if admitted.as_ref().is_none_or(|a| a.proof.is_none() && proof.is_some()) => {
                admitted = Some(Admission { id, rule, alternative, proof });
            }
            Ok(_) => {}
            Err(other) => {
                let rank = closeness(&other, alternative.who);
                if closest.as_ref().is_none_or(|(closest, _)| rank > *closest) {
                    closest = Some((rank, other));
                }
            }
        }
    }
    if let Some(admitted) = admitted {
        return Ok(admitted);
    }
    let Some((_, refusal)) = closest else {
        return Err(Refusal::from(Reason::MethodNotAllowed).by(Some(id)));
    };
    let mut refused = refusal.by(Some(id));
    if refused.reason == Reason::CredentialMissing {
        let carrier = |table: KeyTableId| policy.tables.get(table).map(|keys| &keys.carrier);
        let read = rule.tables.iter().copied().filter_map(carrier);
        let known = policy.tables.items().iter().map(|keys| &keys.carrier);
        refused.reason = misplaced(case.asked.headers, case.asked.head.target, read, known);
    }
    Err(refused)
}

pub(super) fn try_alternative<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    alternative: &Alternative,
    credentials: &mut Credentials<'a>,
) -> Result<Option<Proof<'a>>, Refusal<'a>> {
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
            Err(reason) => Err(reason.into()),
        };
    };
    let Some(expected) = policy.callers.get(caller) else {
        return Err(Refusal::of_gate());
    };
    let credential = match credentials.check(caller, &expected.credentials) {
        Ok(proof) if proof.caller() == caller => Ok(proof),
        Ok(proof) => Err(Refusal::from(Reason::CallerNotAllowed).with_proof(Some(proof))),
        Err(refusal)
            if refusal.reason == Reason::CredentialUnknown && !expected.is_configured() =>
        {
            // The credential is not one of this caller's: it has none.
            Err(Refusal { sent: refusal.sent, ..Reason::CallerNotConfigured.into() })
        }
        Err(refusal) => Err(refusal),
    };
    // The address comes before the credential: if both are wrong, report the network.
    match (address, credential) {
        (Ok(()), Ok(proof)) => Ok(Some(proof)),
        (Err(reason), Ok(proof)) => Err(Refusal::from(reason).with_proof(Some(proof))),
        (Err(reason), Err(refusal)) => Err(Refusal { reason, ..refusal }),
        (Ok(()), Err(refusal)) => Err(refusal),
    }
}

/// A measure of how far an alternative got: greater is further.
type Closeness = (bool, (bool, bool, Reason));

fn closeness(refusal: &Refusal<'_>, who: Who) -> Closeness {
    let shown = refusal.proof.as_ref().map(|proof| Who::Caller(proof.caller()));
    // If another caller has a key, the token was not meant for a caller without one.
    let (sent, meant, reason) = refusal.distance();
    let sent = sent && reason != Reason::CallerNotConfigured;
    (shown == Some(who), (sent, meant, reason))
}

/// Joins the admissions of several rules: one caller, and the identity headers that all of them
/// pass.
fn join<'a>(
    policy: &'a Policy,
    case: &Case<'_, 'a>,
    admissions: &OneOrMore<Admission<'a>>,
) -> Result<Admitted<'a>, Refusal<'a>> {
    let mut who = Who::Public;
    let mut proof = None;
    let (mut open, mut private) = (true, false);
    for Admission { rule, alternative, .. } in admissions.iter() {
        open &= alternative.is_open();
        private |= rule.private.unwrap_or(!alternative.is_open());
    }
    for admission in admissions.iter() {
        match (who, admission.alternative.who) {
            (_, Who::Public) | (Who::Caller(_), Who::Anyone) => {}
            (Who::Public | Who::Anyone, caller) => {
                who = caller;
                proof = admission.proof.clone();
            }
            (one, other) if one == other => {}
            _ => {
                return Err(Refusal::from(Reason::CallersDisagree).by(Some(admission.id)));
            }
        }
    }
    let mut identities = Few::new();
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
            let rule = admissions.iter().next().map(|admission| admission.id);
            return Err(Refusal::from(Reason::IdentityMalformed).by(rule).with_proof(proof));
        }
        debug_assert!(case.asked.suspects.contains(&(first.name, Role::Identity(id))));
        identities.push(first.name);
        on_behalf_of.get_or_insert(first.value);
    }
    let mut rules = Rules::new();
    for admission in admissions.iter() {
        // A rule comes once for each method of the request, side by side.
        if rules.last() != Some(&admission.id) {
            rules.push(admission.id);
        }
    }
    Ok(Admitted { rules, who, proof, open, private, identities, on_behalf_of })
}

/// The longest identity that is passed, in bytes.
const MAX_IDENTITY: usize = 256;
