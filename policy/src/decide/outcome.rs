//! What comes of asking.

use crate::answer::Answer;
use crate::answer::DenyAnswers;
use crate::audit::AuditEvent;
use crate::header::Edit;
use crate::policy::Rule;
use crate::reason::Reason;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What comes of asking about a request.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "moved once a request; a box would be an allocation")]
pub enum Outcome<'a> {
    /// The decision.
    Decided(Decision<'a>),
    /// Something is needed before there can be one. The request waits meanwhile: nothing of it
    /// reaches the origin.
    Need(Demand<'a>),
}

/// What a host is asked to bring before it asks again. A host that can't serve a demand denies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Demand<'a> {
    /// The other end of the connection, by a way that the client can't write: asked for only
    /// when it matters, as it costs a host call.
    Peer,
    /// The certificate that the client showed: asked for only when a caller is known by its own.
    Certificate,
    /// Keys at an address: only of a host that fetches. The request waits while they are fetched,
    /// no longer than the address has time to answer.
    Keys(crate::jwt::KeyDemand),
    /// A signature to be checked: only of algorithms that the host says it checks.
    Signature(crate::jwt::SignatureCheck<'a>),
}

/// A decision about a request, with its explanation beside it.
#[derive(Debug)]
pub struct Decision<'a> {
    /// What to do.
    pub verdict: Verdict<'a>,
    /// What to write down about it; nothing for requests that no rule covers, and for allowed
    /// ones where the policy says so.
    pub audit: Option<AuditEvent<'a>>,
    /// What rules in shadow mode would have decided.
    pub shadow: Vec<AuditEvent<'a>>,
}

impl<'a> Decision<'a> {
    pub(super) fn pass(edits: Vec<Edit<'a>>, shadow: Vec<AuditEvent<'a>>) -> Self {
        Self { verdict: Verdict::Pass { edits }, audit: None, shadow }
    }
}

/// What to do with a request.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "moved once a request; a box would be an allocation")]
pub enum Verdict<'a> {
    /// No rule covers it: forward it, the very target that was judged, with these changes.
    Pass {
        /// Changes to the headers.
        edits: Vec<Edit<'a>>,
    },
    /// The gate saw valid credentials for it: forward it, the very target that was judged.
    Allow(Allow<'a>),
    /// Answer it, and forward nothing of it.
    Deny(Deny<'a>),
}

/// A guarded request is let through.
#[derive(Debug)]
pub struct Allow<'a> {
    /// Changes to the headers.
    pub edits: Vec<Edit<'a>>,
    /// To be kept for [`Policy::decide_response`](crate::Policy::decide_response).
    pub admission: Admission,
    pub(crate) event: AuditEvent<'a>,
    /// The rules that admitted it.
    pub(crate) rules: Vec<&'a Rule>,
    /// Those of them under which the caller's calls are limited.
    pub(crate) limited: Vec<&'a Rule>,
}

impl Allow<'_> {
    /// The id of the rule; with several, of the first.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        self.event.rule()
    }

    /// The name of the caller; `None` where a development policy lets anyone in.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        self.event.caller()
    }

    /// The id of the key, where it has an end: a rotation is done once nobody uses it any more.
    #[must_use]
    pub fn ending_key(&self) -> Option<&str> {
        self.event.ending_key()
    }
}

/// A request is denied.
#[derive(Debug)]
pub struct Deny<'a> {
    /// Why. Not for the client.
    pub reason: Reason,
    /// The rule that denied, where it was one.
    pub rule: Option<&'a str>,
    /// What the client is told.
    pub answer: Cow<'a, Answer>,
    /// The other answers that the rule has.
    pub(crate) answers: &'a DenyAnswers,
    /// Where a credential was offered that is nobody's: the ids of the keys that it matched or named.
    pub(crate) failed: Option<Vec<&'a str>>,
}

/// What has to be remembered of an allowed request until its response comes. Only the gate makes
/// one, and only for a request that it allowed.
#[derive(Debug)]
pub struct Admission {
    /// The answer is to be kept out of shared caches.
    pub(super) private: bool,
    /// A server error's body is to be replaced, and the event that says for whom.
    pub(super) replace: Option<Box<AuditEvent<'static>>>,
}

impl Admission {
    /// Whether the response goes on as it is, whatever it is: nobody needs to ask.
    #[must_use]
    pub fn leaves_response(&self) -> bool {
        !self.private && self.replace.is_none()
    }
}
