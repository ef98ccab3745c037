//! The credentials of one request: each header is read, and each token compared, once.

use super::certificate::Certificate;
use super::keys::Signatures;
use super::token::KeyTable;
use super::{CredentialRules, Demand, Kind, Proof, Refusal, Served};
use crate::few::OneOrMore;
use crate::ids::{Arena, CallerId, KeySourceId, KeyTableId};
use crate::jwt::KeyAddress;
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;

/// The result of checking a credential.
pub(crate) type Checked<'a> = Result<Proof<'a>, Refusal<'a>>;

/// The credentials that a request offers where its rules read them.
pub(crate) struct Credentials<'a> {
    pub(super) tables: &'a Arena<KeyTableId, KeyTable>,
    pub(super) headers: &'a [Header<'a>],
    /// The time by which they are judged.
    pub(super) now: Time,
    pub(super) certificate: Certificate<'a>,
    pub(super) asks_certificate: bool,
    pub(super) signatures: Signatures<'a>,
    /// The claims because of which signed tokens were refused, each with the caller whose rules
    /// refused it.
    #[cfg(feature = "explain")]
    pub(super) wrong: alloc::vec::Vec<(CallerId, crate::jwt::WrongClaim)>,
    made: OneOrMore<(Check, Checked<'a>)>,
}

/// A check of a header, which is made once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Check {
    pub(crate) kind: Kind,
    /// The carrier that is read.
    pub(crate) table: KeyTableId,
    /// The caller whose rules are asked; `None` if the check is the same for all callers.
    pub(crate) caller: Option<CallerId>,
}

impl<'a> Credentials<'a> {
    pub(crate) fn new(
        tables: &'a Arena<KeyTableId, KeyTable>,
        addresses: &'a Arena<KeySourceId, KeyAddress>,
        headers: &'a [Header<'a>],
        served: Served<'a>,
        now: Time,
    ) -> Self {
        Self {
            tables,
            headers,
            now,
            certificate: served.certificate,
            asks_certificate: false,
            signatures: Signatures::new(addresses, served),
            #[cfg(feature = "explain")]
            wrong: alloc::vec::Vec::new(),
            made: OneOrMore::new(),
        }
    }

    /// Takes the demand that the host must serve before there can be a decision.
    pub(crate) fn take_needed(&mut self) -> Option<Demand<'a>> {
        if core::mem::take(&mut self.asks_certificate) {
            return Some(Demand::Certificate);
        }
        self.signatures.take_needed()
    }

    /// Checks the credentials that this caller could have sent. One is enough, but all are checked,
    /// whatever the others show.
    pub(crate) fn check(&mut self, caller: CallerId, rules: &'a [CredentialRules]) -> Checked<'a> {
        let [first, others @ ..] = rules else { return Err(Reason::CredentialMissing.into()) };
        let mut best = first.check(self);
        for rules in others {
            best = closest(best, rules.check(self), caller);
        }
        best
    }

    /// The checks of headers that were made.
    pub(crate) fn made(&self) -> impl Iterator<Item = (KeyTableId, &Checked<'a>)> {
        self.made.iter().map(|(which, checked)| (which.table, checked))
    }

    /// Makes a check, or tells the result that it had before.
    pub(super) fn once(
        &mut self,
        which: Check,
        check: impl FnOnce(&mut Self) -> Checked<'a>,
    ) -> Checked<'a> {
        if let Some((_, checked)) = self.made.iter().find(|(other, _)| *other == which) {
            return checked.clone();
        }
        let checked = check(self);
        self.made.push((which, checked.clone()));
        checked
    }
}

/// Of two results, the one that got further: it shows the caller, or else another caller, or else a
/// credential was there, or else its reason comes later.
pub(super) fn closest<'a>(one: Checked<'a>, other: Checked<'a>, caller: CallerId) -> Checked<'a> {
    let rank = |checked: &Checked<'_>| match checked {
        Ok(proof) => (1 + u8::from(proof.caller() == caller), None),
        Err(refusal) => (0, Some(refusal.distance())),
    };
    if rank(&other) > rank(&one) { other } else { one }
}
