//! The credentials of one request: each header is read, and each token compared, once.

use super::{Case, remove};
use crate::credential::{Offered, Rejected, Verified, offered};
use crate::header::Edit;
use crate::policy::{Policy, Rule, Who};
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
}

/// What came of one key table.
#[derive(Clone, Copy)]
pub(super) struct Checked<'a> {
    /// Whether the header is there at all.
    pub(super) present: bool,
    /// The caller, or why there is none.
    pub(super) verified: Result<Verified<'a>, Rejected<'a>>,
}

impl<'a> Credentials<'a> {
    pub(super) fn new(policy: &'a Policy, case: &Case<'a>) -> Self {
        Self { policy, headers: case.request.headers, now: case.now, checked: Vec::new() }
    }

    /// What came of the key table at this place. The comparison runs whatever was offered.
    pub(super) fn check(&mut self, table: usize) -> Checked<'a> {
        if let Some((_, checked)) = self.checked.iter().find(|(place, _)| *place == table) {
            return *checked;
        }
        let policy = self.policy;
        let checked = match policy.tables.get(table) {
            None => Checked { present: false, verified: Err(rejected(Reason::InternalError)) },
            Some(keys) => {
                let offered = offered(self.headers, &keys.header, keys.bearer);
                let token = match offered {
                    Offered::Token(token) => Some(token),
                    Offered::Absent | Offered::Unusable(_) => None,
                };
                let verified = keys.verify(token, self.now);
                let verified = match offered {
                    Offered::Token(_) => verified,
                    Offered::Absent => Err(rejected(Reason::CredentialMissing)),
                    Offered::Unusable(reason) => Err(rejected(reason)),
                };
                Checked { present: offered != Offered::Absent, verified }
            }
        };
        self.checked.push((table, checked));
        checked
    }
}

fn rejected<'a>(reason: Reason) -> Rejected<'a> {
    Rejected { reason, key: None }
}

/// The key tables that a rule reads.
pub(super) fn tables<'p>(
    policy: &'p Policy,
    rule: &'p Rule,
) -> impl Iterator<Item = usize> + Clone + 'p {
    rule.allow.iter().filter_map(|alternative| match alternative.who {
        Who::Anyone => None,
        Who::Caller(caller) => policy.callers.get(caller).map(|caller| caller.table),
    })
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
