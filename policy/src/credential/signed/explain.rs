//! Explains the checks of a signed token.

use super::SignedRules;
use crate::credential::explain::{CredentialSteps, carrier};
use crate::credential::{Credentials, Kind};
use crate::jwt::{self, CHECKS, FetchFault, KeyAddress};
use crate::reason::Reason;

impl SignedRules {
    /// The steps of the check, and the claim that failed.
    pub(crate) fn steps<'a>(&'a self, credentials: &mut Credentials<'a>) -> CredentialSteps<'a> {
        let checked = self.check(credentials);
        let claim = credentials.wrong.iter().find(|(caller, _)| *caller == self.caller);
        let steps =
            CredentialSteps::new(Kind::Jwt, carrier(credentials.tables, self.table), checked);
        let failed = match steps.result {
            Ok(_) => CHECKS.len(),
            // If it was no token, no check was made.
            Err(reason) => failed_at(reason).unwrap_or(0),
        };
        let address = self.keys.source().and_then(|source| credentials.signatures.address(source));
        CredentialSteps {
            keys_at: address.map(KeyAddress::uri),
            held: CHECKS.get(..failed).unwrap_or_default(),
            failed: steps.result.err().and_then(failed_at).and_then(|at| CHECKS.get(at).copied()),
            claim: claim.map(|(_, claim)| claim.clone()),
            ..steps
        }
    }
}

/// The check that gives a reason. Trouble with the address of the keys is trouble with the key.
fn failed_at(reason: Reason) -> Option<usize> {
    let of_fetch = || FetchFault::ALL.iter().any(|fault| fault.reason() == reason);
    let of_key = || jwt::failed_at(Reason::JwtKeyUnknown).filter(|_| of_fetch());
    jwt::failed_at(reason).or_else(of_key)
}
