//! Refusals: of one credential, of a rule, and of a whole request.

use super::proof::{KeyName, Proof};
use crate::ids::RuleId;
use crate::reason::Reason;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A refusal, with everything that the audit line and the counts are told about it. Anybody may
/// make one, since refusing is always safe; only a check makes a [`Proof`].
#[derive(Clone, Debug)]
pub(crate) struct Refusal<'a> {
    pub(crate) reason: Reason,
    /// `true` if the client sent a credential, good or not.
    pub(crate) sent: bool,
    /// The rule that refuses.
    pub(crate) rule: Option<RuleId>,
    /// The proof of a caller, if the credential is good and something else is wrong.
    pub(crate) proof: Option<Proof<'a>>,
    /// The key that the credential matched. It may be one that is not valid any more.
    pub(crate) key: Option<KeyName<'a>>,
    /// The id of the key that a token named but did not match.
    pub(crate) claimed: Option<&'a str>,
    /// The ids of the keys that failed credentials of the request matched or named, if any failed.
    #[expect(clippy::box_collection, reason = "it is seldom there, and refusals are moved often")]
    pub(crate) failed: Option<Box<Vec<&'a str>>>,
}

impl<'a> Refusal<'a> {
    /// The refusal of a gate in which an id leads nowhere: it refuses whatever was sent.
    pub(crate) fn of_gate() -> Self {
        Self::from(Reason::InternalError)
    }

    /// The same refusal by a rule.
    pub(crate) fn by(self, rule: Option<RuleId>) -> Self {
        Self { rule, ..self }
    }

    /// The refusal of a credential that the client sent.
    pub(crate) fn of_sent(reason: Reason) -> Self {
        Self { sent: true, ..Self::from(reason) }
    }

    /// The same refusal of a credential that matched a key.
    pub(crate) fn with_key(self, key: KeyName<'a>) -> Self {
        Self { key: Some(key), ..self }
    }

    /// The same refusal of a caller who was verified, if one was.
    pub(crate) fn with_proof(self, proof: Option<Proof<'a>>) -> Self {
        let key = proof.as_ref().map(Proof::key);
        Self { sent: self.sent || proof.is_some(), key, proof, ..self }
    }

    /// A measure of how far the credential got: greater is further. Where a header is read with
    /// several schemes, a wrong scheme says only that the credential was meant for another.
    pub(crate) fn distance(&self) -> (bool, bool, Reason) {
        (self.sent, self.reason != Reason::CredentialWrongScheme, self.reason)
    }

    /// The id of the key that the credential matched, or else named.
    pub(crate) fn key_id(&self) -> Option<&'a str> {
        self.key.and_then(|key| key.id).or(self.claimed)
    }
}

impl From<Reason> for Refusal<'_> {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            sent: false,
            rule: None,
            proof: None,
            key: None,
            claimed: None,
            failed: None,
        }
    }
}
