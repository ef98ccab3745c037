//! Explains the result for one kind of credential.

use super::carrier::Carrier;
use super::token::KeyTable;
use super::{Checked, KeyState, Kind, Proof};
use crate::ids::{Arena, KeyTableId};
use crate::jwt::WrongClaim;
use crate::reason::Reason;

/// The credential that showed the caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shown<'a> {
    /// Its kind.
    pub kind: Kind,
    /// The id of the key; a key of an issuer need not have one.
    pub key: Option<&'a str>,
    /// The carrier in which it came; none for a certificate.
    pub carrier: Option<&'a str>,
    /// The state of the key in its rotation; unknown for keys that issuers rotate.
    pub state: Option<KeyState>,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(proof: &Proof<'a>) -> Self {
        let key = proof.key();
        Self {
            kind: key.kind,
            key: key.id,
            carrier: key.carrier.map(Carrier::name),
            state: proof.state(),
        }
    }
}

/// The result for one kind of credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CredentialSteps<'a> {
    /// The kind.
    pub kind: Kind,
    /// The carrier in which it comes, as `x-api-key` or `authorization: Bearer`; empty for a
    /// certificate.
    pub carrier: &'a str,
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

impl<'a> CredentialSteps<'a> {
    /// The steps of a check that tells nothing but its result.
    pub(crate) fn new(kind: Kind, carrier: &'a str, checked: Checked<'a>) -> Self {
        Self {
            kind,
            carrier,
            keys_at: None,
            held: &[],
            failed: None,
            claim: None,
            result: checked.map(|proof| Shown::of(&proof)).map_err(|refusal| refusal.reason),
        }
    }
}

/// The name of the carrier that a key table reads.
pub(crate) fn carrier(tables: &Arena<KeyTableId, KeyTable>, table: KeyTableId) -> &str {
    tables.get(table).map_or("", |table| table.carrier.name())
}
