//! Explains the result for each kind of credential that a caller may send.

use super::credentials::Credentials;
use crate::credential::{KeyState, Kind, Proof};
use crate::ids::KeyTableId;
use crate::jwt::{KeyAddress, WrongClaim};
use crate::policy::{Policy, Who};
use crate::reason::Reason;
use alloc::vec::Vec;

/// The credential that showed the caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shown<'a> {
    /// `token` for one that is compared, `jwt` for one that is signed.
    pub kind: &'static str,
    /// The id of the key; a key of an issuer need not have one.
    pub key: Option<&'a str>,
    /// The state of the key in its rotation; unknown for keys that issuers rotate.
    pub state: Option<KeyState>,
}

impl<'a> Shown<'a> {
    pub(super) fn of(proof: &Proof<'a>) -> Self {
        let key = proof.key();
        Self { kind: key.kind.name(), key: key.id, state: proof.state() }
    }
}

/// The result for one kind of credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CredentialSteps<'a> {
    /// `token`, `jwt` or `mtls`.
    pub kind: &'static str,
    /// The header in which it comes; empty for a certificate.
    pub header: &'a str,
    /// The address from which hosts fetch the keys for a signed token.
    pub keys_at: Option<&'a str>,
    /// The checks of a signed token that passed, in their order; empty for other tokens.
    pub held: &'static [&'static str],
    /// The check that failed, if the reason tells.
    pub failed: Option<&'static str>,
    /// The claim of a signed token that failed.
    pub claim: Option<WrongClaim>,
    /// The caller that it shows, perhaps another one, or the reason why it shows none.
    pub result: Result<Shown<'a>, Reason>,
}

/// The kinds that a caller has, in the order in which they are checked; empty for `anyone`.
pub(super) fn kinds<'a>(
    policy: &'a Policy,
    who: Who,
    credentials: &mut Credentials<'a>,
) -> Vec<CredentialSteps<'a>> {
    let Who::Caller(id) = who else { return Vec::new() };
    let Some(caller) = policy.callers.get(id) else { return Vec::new() };
    let header =
        |table: KeyTableId| policy.tables.get(table).map_or("", |table| table.header.as_str());
    let mut all = Vec::new();
    if let Some(table) = caller.table {
        let result = credentials.token(table);
        all.push(CredentialSteps {
            kind: Kind::Token.name(),
            header: header(table),
            keys_at: None,
            held: &[],
            failed: None,
            claim: None,
            result: result.map(|proof| Shown::of(&proof)).map_err(|refusal| refusal.reason),
        });
    }
    if let Some(rules) = &caller.signed {
        let result = credentials.signed(rules);
        let result = result.map(|proof| Shown::of(&proof)).map_err(|refusal| refusal.reason);
        let failed = match result {
            Ok(_) => CHECKS.len(),
            // If it was no token, no check was made.
            Err(reason) => failed_at(reason).unwrap_or(0),
        };
        all.push(CredentialSteps {
            kind: Kind::Jwt.name(),
            header: header(rules.table),
            keys_at: policy.key_address(rules).map(KeyAddress::uri),
            held: CHECKS.get(..failed).unwrap_or_default(),
            failed: result.err().and_then(failed_at).and_then(|at| CHECKS.get(at).copied()),
            claim: credentials.wrong_claim(id),
            result,
        });
    }
    if let Some(rules) = &caller.certificate {
        let result = credentials.certificate(rules);
        all.push(CredentialSteps {
            kind: Kind::Mtls.name(),
            header: "",
            keys_at: None,
            held: &[],
            failed: None,
            claim: None,
            result: result.map(|proof| Shown::of(&proof)).map_err(|refusal| refusal.reason),
        });
    }
    all
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
