//! The credentials of a request, under the rules that cover it.

use super::Case;
use crate::credential::carrier::Carrier;
use crate::credential::token::KeyTable;
use crate::credential::{Caller, Credentials};
use crate::header::Edits;
use crate::ids::RuleId;
use crate::policy::{Alternative, Policy, Rule, Who};
use alloc::vec::Vec;

/// The ids of the keys that failed credentials for these rules named or matched; `None` if no
/// credential failed. A place fails if each way of checking it failed, and neither the gate nor an
/// issuer is the cause.
pub(super) fn failed<'a, 'p>(
    policy: &Policy,
    credentials: &Credentials<'a>,
    rules: impl Iterator<Item = &'p Rule>,
) -> Option<Vec<&'a str>> {
    let mut keys = None;
    let mut seen: Vec<&Carrier> = Vec::new();
    let carrier = |table| policy.tables.get(table).map(|keys| &keys.carrier);
    for here in rules.flat_map(|rule| &rule.tables).copied().filter_map(carrier) {
        // A place can have several carriers, one for each scheme.
        if seen.iter().any(|seen| seen.same_place(here)) {
            continue;
        }
        seen.push(here);
        let is_here = |table| carrier(table).is_some_and(|carrier| carrier.same_place(here));
        let read = credentials.made().filter(|(table, _)| is_here(*table));
        // A proof and a refusal that is not the client's fault are no failures.
        let sent = read.map(|(_, checked)| checked.as_ref().err());
        let sent = sent.filter(|refusal| refusal.is_none_or(|refusal| refusal.sent));
        let failures = sent.map(|refusal| refusal.filter(|refusal| refusal.reason.is_failure()));
        let Some(failures) = failures.collect::<Option<Vec<_>>>() else { continue };
        if !failures.is_empty() {
            let ids = failures.iter().filter_map(|refusal| refusal.key_id());
            keys.get_or_insert_with(Vec::new).extend(ids);
        }
    }
    keys
}

/// The callers that a rule names.
fn callers<'p>(
    policy: &'p Policy,
    rule: &'p Rule,
) -> impl Iterator<Item = &'p Caller> + Clone + 'p {
    let caller = |alternative: &Alternative| match alternative.who {
        Who::Public | Who::Anyone => None,
        Who::Caller(caller) => policy.callers.get(caller),
    };
    rule.allow.iter().filter_map(caller)
}

/// Returns `true` if a request has a credential of a kind that these rules read, or a header in which
/// they read one. Without a rule, the headers of all callers count.
pub(super) fn any_offered<'p>(
    policy: &'p Policy,
    case: &Case<'_, '_>,
    rules: impl Iterator<Item = &'p Rule> + Clone,
) -> bool {
    let present =
        |keys: &KeyTable| case.asked.headers.iter().any(|header| keys.carrier.is_offered(header));
    if rules.clone().next().is_none() {
        return policy.tables.items().iter().any(present);
    }
    let mut all = rules.flat_map(|rule| callers(policy, rule)).flat_map(|c| &c.credentials);
    all.any(|credential| {
        let mut tables = credential.tables().iter().filter_map(|id| policy.tables.get(*id));
        credential.is_shown(&case.served) || tables.any(present)
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
    for rule in rules {
        for keys in rule.tables.iter().filter_map(|table| policy.tables.get(*table)) {
            for header in case.asked.headers {
                keys.carrier.strip(header, !policy.forward.remove_credential, edits);
            }
        }
    }
}
