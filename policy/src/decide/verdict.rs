//! Makes a verdict, with its audit event.

use super::credentials::{self, Credentials};
use super::rule::Admitted;
use super::{Admission, Allow, Case, Decision, Deny, Seen, Verdict, removals};
use crate::audit::{AuditEvent, AuditKind, Mode};
use crate::choose::{Choice, Rules};
use crate::credential::{KeyName, Proof, Refusal};
use crate::ids::RuleId;
use crate::policy::{Policy, Who};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

impl Policy {
    pub(super) fn allow<'a>(
        &'a self,
        case: &Case<'_, 'a>,
        admitted: Admitted<'a>,
        shadow: Vec<AuditEvent<'a>>,
    ) -> Decision<'a> {
        let caller = match admitted.who {
            Who::Anyone => None,
            Who::Caller(caller) => self.callers.get(caller),
        };
        let mut edits = removals(&case.asked.suspects, &admitted.identities);
        credentials::strip(self, case, &admitted.rules, &mut edits);
        if let (Some(name), Some(caller)) = (&self.forward.caller_header, caller) {
            edits.set(name, &caller.value);
        }
        if let Some((name, value)) = &self.forward.proof {
            edits.set(name, value);
        }
        let rules = || admitted.rules.iter().filter_map(|id| self.rule(*id));
        let replaces = rules().any(|rule| rule.replace_errors);
        let admission = Admission { private: rules().any(|rule| rule.private), replace: None };
        let mut allow = Allow {
            edits,
            admission,
            rule: rules().next(),
            rules: admitted.rules,
            caller,
            proof: admitted.proof,
            on_behalf_of: admitted.on_behalf_of,
            seen: case.seen(),
        };
        // Most allowed requests need no event: it is as large as the rest of the decision.
        let event = (replaces || self.audit.allowed).then(|| self.allowed_event(&allow));
        if replaces {
            allow.admission.replace = event.clone().map(|event| Box::new(event.into_owned()));
        }
        let audit = event.filter(|_| self.audit.allowed);
        Decision { verdict: Verdict::Allow(allow), audit, shadow }
    }

    /// The event of an allowed request.
    pub(crate) fn allowed_event<'a>(&'a self, allow: &Allow<'a>) -> AuditEvent<'a> {
        AuditEvent {
            rule: allow.rule.map(|rule| (&*rule.id).into()),
            caller: allow.caller.map(|caller| (&*caller.name).into()),
            on_behalf_of: allow.on_behalf_of.map(Into::into),
            ..self.event(&allow.seen, AuditKind::Allow)
        }
        .with_credential(allow.proof.as_ref().map(Proof::key), allow.proof.as_ref())
    }

    pub(super) fn deny<'a>(
        &'a self,
        case: &Case<'_, 'a>,
        refused: Refusal<'a>,
        answering: &[RuleId],
        shadow: Vec<AuditEvent<'a>>,
    ) -> Decision<'a> {
        // A certificate is not in a header, and the reason tells whether it failed.
        let failed = refused.failed.map(|failed| *failed);
        let failed = failed.or_else(|| refused.reason.is_failure().then(Vec::new));
        let Refusal { reason, rule, proof, key, .. } = refused;
        let rule = rule.and_then(|rule| self.rule(rule));
        let rules = || answering.iter().filter_map(|id| self.rule(*id));
        let answers = rules().next().map_or(&self.default_deny, |rule| &rule.deny);
        let answer = match &answers.missing {
            Some(missing) if !credentials::any_header(self, case, rules()) => missing,
            _ => &answers.invalid,
        };
        let caller = proof.as_ref().and_then(|proof| self.callers.get(proof.caller()));
        let event = AuditEvent {
            reason: Some(reason),
            rule: rule.map(|rule| (&*rule.id).into()),
            status: Some(answer.status),
            caller: caller.map(|caller| (&*caller.name).into()),
            ..self.event(&case.seen(), AuditKind::Deny)
        }
        .with_credential(key, proof.as_ref());
        Decision {
            verdict: Verdict::Deny(Deny {
                reason,
                rule: rule.map(|rule| &*rule.id),
                answer: Cow::Borrowed(answer),
                answers,
                failed,
            }),
            audit: Some(event),
            shadow,
        }
    }

    /// The decisions that the rules in shadow mode would have made, each for itself, without
    /// effect.
    pub(super) fn shadow_events<'a>(
        &'a self,
        case: &Case<'_, 'a>,
        choice: &Choice,
        credentials: &mut Credentials<'a>,
    ) -> Vec<AuditEvent<'a>> {
        let (rules, ambiguous) = match choice {
            Choice::Nothing | Choice::TooComplex => return Vec::new(),
            Choice::Rules(rules) => (rules, false),
            Choice::Ambiguous { all, .. } => (all, true),
        };
        let judge = |id: &RuleId| {
            let rule = self.rule(*id)?;
            let one: Rules = [*id].into_iter().collect();
            let choice = if ambiguous {
                Choice::Ambiguous { first: one.clone(), all: one }
            } else {
                Choice::Rules(one)
            };
            let event = self.event(&case.seen(), AuditKind::Allow);
            let event = AuditEvent { mode: Mode::Shadow, rule: Some((&*rule.id).into()), ..event };
            Some(match self.judge(case, &choice, credentials) {
                Ok(admitted) => {
                    let caller = self.caller_name(admitted.who).map(Into::into);
                    let proof = admitted.proof.as_ref();
                    AuditEvent { caller, ..event }.with_credential(proof.map(Proof::key), proof)
                }
                Err(refused) => {
                    AuditEvent { kind: AuditKind::Deny, reason: Some(refused.reason), ..event }
                }
            })
        };
        rules.iter().filter_map(judge).collect()
    }

    pub(super) fn caller_name(&self, who: Who) -> Option<&str> {
        match who {
            Who::Anyone => None,
            Who::Caller(caller) => self.callers.get(caller).map(|caller| &*caller.name),
        }
    }

    /// The event of a request, without the fields that depend on the decision.
    fn event<'a>(&'a self, seen: &Seen<'a>, kind: AuditKind) -> AuditEvent<'a> {
        let head = &seen.head;
        AuditEvent {
            at: seen.now,
            kind,
            mode: if self.development { Mode::Development } else { Mode::Enforce },
            reason: None,
            rule: None,
            ruleset: (&*self.name).into(),
            version: (&*self.version).into(),
            host: self.host.name(),
            method: head.method.into(),
            scheme: head.scheme.into(),
            target: head.target.into(),
            authority: head.authority.map(Into::into),
            status: None,
            request_id: head.request_id.map(Into::into),
            trace_id: head.trace_id().map(Into::into),
            user_agent: head.user_agent.filter(|_| self.audit.user_agent).map(Into::into),
            client: seen.client,
            peer: seen.peer,
            caller: None,
            credential: None,
            carrier: None,
            key_id: None,
            key_state: None,
            subject: None,
            scope: None,
            abused: None,
            on_behalf_of: None,
        }
    }
}

impl<'a> AuditEvent<'a> {
    /// Adds the facts about the credential.
    fn with_credential(mut self, key: Option<KeyName<'a>>, proof: Option<&Proof<'a>>) -> Self {
        self.key_id = key.and_then(|key| key.id).map(Into::into);
        self.carrier = key.and_then(|key| key.carrier).map(|carrier| carrier.name().into());
        self.key_state = proof.and_then(Proof::state);
        {
            let owned = |text: Option<&str>| text.map(|text| Cow::Owned(text.into()));
            self.credential = key.map(|key| key.kind);
            self.subject = owned(proof.and_then(Proof::subject));
            self.scope = owned(proof.and_then(Proof::scope));
        }
        self
    }
}
