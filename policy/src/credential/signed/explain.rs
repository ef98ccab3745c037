//! Explains the checks of a signed token.

use super::SignedRules;
use crate::credential::explain::{CredentialSteps, carrier};
use crate::credential::{Credentials, Kind};
use crate::jwt::KeyAddress;
use crate::reason::Reason;

impl SignedRules {
    /// The steps of the check, and the claim that failed.
    pub(crate) fn steps<'a>(&'a self, credentials: &mut Credentials<'a>) -> CredentialSteps<'a> {
        let checked = self.check(credentials);
        let policy = credentials.policy;
        let claim = checked.as_ref().err().and_then(|refusal| refusal.claim.clone());
        let steps = CredentialSteps::new(Kind::Jwt, carrier(policy, self.table), checked);
        let failed = match steps.result {
            Ok(_) => CHECKS.len(),
            // If it was no token, no check was made.
            Err(reason) => failed_at(reason).unwrap_or(0),
        };
        let address = self.keys.source().and_then(|source| policy.key_addresses.get(source));
        CredentialSteps {
            keys_at: address.map(KeyAddress::uri),
            held: CHECKS.get(..failed).unwrap_or_default(),
            failed: steps.result.err().and_then(failed_at).and_then(|at| CHECKS.get(at).copied()),
            claim,
            ..steps
        }
    }
}

/// The checks of a signed token, in the order of [`crate::jwt::Refusal`].
const CHECKS: [&str; 13] = [
    "form",
    "key",
    "signature",
    "clock",
    "claims present",
    "issuer",
    "audience",
    "expiry",
    "start",
    "lifetime",
    "subject",
    "scopes",
    "claims",
];

/// The check that gives a reason.
const fn failed_at(reason: Reason) -> Option<usize> {
    Some(match reason {
        Reason::JwtMalformed | Reason::JwtHeaderRefused => 0,
        Reason::JwtAlgorithmNotAllowed
        | Reason::JwtKeyUnknown
        | Reason::JwksUnreachable
        | Reason::JwksTimeout
        | Reason::JwksStatus
        | Reason::JwksTooLarge
        | Reason::JwksMalformed
        | Reason::JwksDuplicateKey
        | Reason::JwksPrivateKey
        | Reason::JwksNoKey => 1,
        Reason::JwtSignatureInvalid => 2,
        Reason::ClockUnset => 3,
        Reason::JwtClaimsMalformed => 4,
        Reason::JwtIssuerWrong => 5,
        Reason::JwtAudienceWrong => 6,
        Reason::JwtExpired => 7,
        Reason::JwtNotYetValid => 8,
        Reason::JwtLifetimeWrong => 9,
        Reason::JwtSubjectNotAllowed => 10,
        Reason::JwtScopeMissing => 11,
        Reason::JwtClaimWrong => 12,
        _ => return None,
    })
}
