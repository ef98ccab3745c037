//! Checks the token in a header.

use super::table::KeyTable;
use crate::credential::{Checked, Proof, Refusal};
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;

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
