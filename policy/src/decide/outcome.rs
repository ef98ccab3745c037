//! Outcomes, demands and decisions.

use crate::answer::Answer;
use crate::answer::DenyAnswers;
use crate::audit::AuditEvent;
use crate::choose::Rules;
use crate::credential::{Caller, Demand};
use crate::header::Edits;
use crate::policy::Rule;
use crate::reason::Reason;
use crate::time::Time;
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// The answer of the policy about a request.
#[derive(Debug)]
#[cfg_attr(
    target_pointer_width = "64",
    expect(
        clippy::large_enum_variant,
        reason = "moved once a request; a box would be an allocation"
    )
)]
pub enum Outcome<'a> {
    /// The decision.
    Decided(Decision<'a>),
    /// The host must bring something before there can be a decision. The request waits meanwhile,
    /// and nothing of it reaches the origin.
    Need(Demand<'a>),
}

/// A decision about a request, with its explanation beside it.
#[derive(Debug)]
pub struct Decision<'a> {
    /// The action for the host.
    pub verdict: Verdict<'a>,
    /// The audit event, if there is one. Requests that pass have none, nor do allowed ones if the
    /// policy says so.
    pub audit: Option<AuditEvent<'a>>,
    /// The decisions that rules in shadow mode would have made.
    pub shadow: Vec<AuditEvent<'a>>,
}

impl<'a> Decision<'a> {
    pub(super) fn pass(edits: Edits<'a>, shadow: Vec<AuditEvent<'a>>) -> Self {
        Self { verdict: Verdict::Pass { edits }, audit: None, shadow }
    }

    /// Returns `true` if there is something to write.
    pub(crate) fn has_events(&self) -> bool {
        self.audit.is_some() || !self.shadow.is_empty()
    }

    /// Gives the events their time.
    pub(crate) fn happened(&mut self, at: Time) {
        self.audit.iter_mut().chain(&mut self.shadow).for_each(|event| event.facts_mut().at = at);
    }
}

/// The action for a request.
#[derive(Debug)]
pub enum Verdict<'a> {
    /// No rule covers it: forward it with exactly the target that was judged, and with these
    /// changes.
    Pass {
        /// Changes to the headers.
        edits: Edits<'a>,
    },
    /// The gate saw valid credentials for it, or the policy says that it is public: forward it with
    /// exactly the target that was judged.
    Allow(Allow<'a>),
    /// Answer it, and forward nothing.
    Deny(Deny<'a>),
}

/// A request that a rule covers is let through.
#[derive(Debug)]
pub struct Allow<'a> {
    /// Changes to the headers.
    pub edits: Edits<'a>,
    /// Keep this for [`Policy::decide_response`](crate::Policy::decide_response).
    pub admission: Admission,
    /// Everybody may ask for this: nothing was guarded.
    pub(crate) open: bool,
    /// The rules that admitted it.
    pub(crate) rules: Rules,
    /// The first of them.
    pub(crate) rule: Option<&'a Rule>,
    pub(crate) caller: Option<&'a Caller>,
    pub(super) ending_key: Option<&'a str>,
    /// The event, if a count can still refuse the request.
    pub(crate) event: Option<AuditEvent<'a>>,
}

impl Allow<'_> {
    /// The id of the rule; with several, of the first.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        self.rule.map(|rule| &*rule.id)
    }

    /// The name of the caller; `None` if the request is public, or a development policy lets anyone
    /// in.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        self.caller.map(|caller| &*caller.name)
    }

    /// The id of the key, if the key has an end. A rotation is done once nobody uses such a key any
    /// more.
    #[must_use]
    pub fn ending_key(&self) -> Option<&str> {
        self.ending_key
    }
}

/// A request is denied.
#[derive(Debug)]
pub struct Deny<'a> {
    /// The reason. Never tell it to the client.
    pub reason: Reason,
    /// The rule that denied, if it was one.
    pub rule: Option<&'a str>,
    /// The answer to the client.
    pub answer: Cow<'a, Answer>,
    /// The other answers that the rule has.
    pub(crate) answers: &'a DenyAnswers,
    /// If a credential failed, the ids of the keys that it matched or named.
    pub(crate) failed: Option<Vec<&'a str>>,
}

/// The record of an allowed request, to keep until its response comes. Only the gate makes one, and
/// only for a request that it allowed.
#[derive(Debug)]
pub struct Admission {
    /// Keep the answer out of shared caches.
    pub(super) private: bool,
    /// Replace a server error's body, and write this event, completed.
    pub(super) replace: Option<AuditEvent<'static>>,
}

impl Admission {
    /// Returns `true` if the response is forwarded unchanged, whatever it is, so that the host need
    /// not ask.
    #[must_use]
    pub fn leaves_response(&self) -> bool {
        !self.private && self.replace.is_none()
    }
}
