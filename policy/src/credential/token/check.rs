//! Checks the tokens of one request.

use super::TokenRules;
use super::table::KeyTable;
use crate::credential::checked::closest;
use crate::credential::{Check, Checked, Credentials, Kind, Proof, Refusal};
use crate::ids::{CallerId, KeyTableId};
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;

impl TokenRules {
    /// Checks the tokens in all places in which the caller may send one.
    pub(crate) fn check<'a>(&'a self, credentials: &mut Credentials<'a>) -> Checked<'a> {
        match &*self.tables {
            [table] => at(*table, credentials),
            tables => each(tables, self.caller, credentials),
        }
    }
}

/// Only one of several tokens may be there: they could be guesses, or say different things to an
/// origin.
fn each<'a>(
    tables: &[KeyTableId],
    caller: CallerId,
    credentials: &mut Credentials<'a>,
) -> Checked<'a> {
    let mut best = Err(Reason::CredentialMissing.into());
    for table in tables {
        best = closest(best, at(*table, credentials), caller);
    }
    let carriers = || tables.iter().filter_map(|id| credentials.tables.get(*id));
    let read = |header: &&Header<'_>| carriers().any(|keys| keys.carrier.is_offered(header));
    if credentials.headers.iter().filter(read).nth(1).is_some() {
        return Err(Refusal::of_sent(Reason::CredentialDuplicate));
    }
    best
}

/// Checks the token for a key table.
pub(super) fn at<'a>(table: KeyTableId, credentials: &mut Credentials<'a>) -> Checked<'a> {
    let which = Check { kind: Kind::Token, table, caller: None };
    credentials.once(which, |credentials| match credentials.tables.get(table) {
        Some(keys) => keys.check(credentials.headers, credentials.now),
        None => Err(Refusal::of_gate()),
    })
}

impl KeyTable {
    /// Checks the secret in the carrier of this table. The comparison always runs, whatever was
    /// sent.
    pub(crate) fn check<'a>(&'a self, headers: &'a [Header<'a>], now: Time) -> Checked<'a> {
        let sent = self.carrier.read(headers);
        let verified = self.verify(sent.as_ref().ok().and_then(Option::as_ref), now);
        match sent {
            Ok(Some(_)) => verified.map(Proof::Token),
            Ok(None) => Err(Reason::CredentialMissing.into()),
            Err(reason) => Err(Refusal::of_sent(reason)),
        }
    }
}
