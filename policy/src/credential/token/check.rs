//! Checks the token in a header.

use super::strength::MAX_TOKEN;
use super::table::KeyTable;
use crate::credential::{Checked, Offered, Proof, Refusal, offered};
use crate::reason::Reason;
use crate::request::Header;
use crate::time::Time;

impl KeyTable {
    /// Checks the token in the header of this table. The comparison always runs, whatever was
    /// offered.
    pub(crate) fn check<'a>(&'a self, headers: &'a [Header<'a>], now: Time) -> Checked<'a> {
        let offered = offered(headers, &self.header, self.bearer, MAX_TOKEN);
        let token = match offered {
            Offered::Token(token) => Some(token),
            Offered::Absent | Offered::Unusable(_) => None,
        };
        let verified = self.verify(token, now);
        match offered {
            Offered::Token(_) => verified.map(Proof::Token),
            Offered::Absent => Err(Reason::CredentialMissing.into()),
            Offered::Unusable(reason) => Err(Refusal::of_sent(reason)),
        }
    }
}
