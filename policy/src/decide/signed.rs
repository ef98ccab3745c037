//! Signed tokens of one request.

use super::served::Served;
use crate::credential::{Offered, offered};
use crate::jwt::{MAX_LEN, SignatureAnswer, SignatureCheck, Untrusted, Verified};
use crate::policy::{JwtCaller, Policy};
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;
use alloc::vec::Vec;

/// Signatures that were checked for this request, and the first that the host still has to check.
#[derive(Default)]
pub(super) struct Signatures<'a> {
    answers: Vec<SignatureAnswer>,
    needed: Option<SignatureCheck<'a>>,
}

/// Why a token does not count, and the id of the key that signed it, where one did.
pub(super) type Failed<'a> = (Reason, Option<&'a str>);

/// What a token shows, and the id of the key that signed it.
pub(super) type Shown<'a> = Result<(Option<&'a str>, Verified), Failed<'a>>;

impl<'a> Signatures<'a> {
    /// What the host is asked for before there can be a decision.
    pub(super) fn take_needed(&mut self) -> Option<SignatureCheck<'a>> {
        self.needed.take()
    }

    /// Whether the header is there, and what its token shows.
    pub(super) fn verify(
        &mut self,
        policy: &Policy,
        headers: &'a [Header<'a>],
        caller: &'a JwtCaller,
        served: &Served<'_>,
        now: Time,
    ) -> (bool, Shown<'a>) {
        let Some(table) = policy.tables.get(caller.table) else {
            return (false, Err((Reason::InternalError, None)));
        };
        match offered(headers, &table.header, table.bearer, MAX_LEN) {
            Offered::Absent => (false, Err((Reason::CredentialMissing, None))),
            Offered::Unusable(reason) => (true, Err((reason, None))),
            Offered::Token(token) => (true, self.token(token, caller, served, now)),
        }
    }

    fn token(
        &mut self,
        token: &'a [u8],
        caller: &'a JwtCaller,
        served: &Served<'_>,
        now: Time,
    ) -> Shown<'a> {
        let Some(keys) = &caller.keys else { return Err((Reason::CredentialUnknown, None)) };
        let failed = |refusal: crate::jwt::Refusal| (refusal.reason(), None);
        let token = Untrusted::parse(token).map_err(failed)?;
        let check = token.check(keys).map_err(failed)?;
        let Some(answer) = self.answer(&check, served) else {
            return Err((Reason::JwtSignatureInvalid, None));
        };
        let signed = token.signed(&check, &answer).map_err(failed)?;
        let id = check.key().id();
        match signed.claims(&caller.rules, now) {
            Ok(verified) => Ok((id, verified)),
            Err(refusal) => Err((refusal.reason(), id)),
        }
    }

    /// The answer to a check: one that is here already, the core's own, or none until the host has
    /// been asked. No check is made twice, however many callers have its key.
    fn answer(
        &mut self,
        check: &SignatureCheck<'a>,
        served: &Served<'_>,
    ) -> Option<SignatureAnswer> {
        let known = self.answers.iter().find(|answer| answer.is_to(check));
        if let Some(answer) = known.or_else(|| served.answer(check)) {
            return Some(answer.clone());
        }
        if served.checks(check) {
            self.needed.get_or_insert_with(|| check.clone());
            return None;
        }
        let answer = check.verify()?;
        self.answers.push(answer.clone());
        Some(answer)
    }
}
