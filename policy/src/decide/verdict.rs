//! Makes a verdict, with its audit event.

use super::credentials;
use super::rule::Admitted;
use super::{Admission, Allow, Case, Decision, Deny, Verdict, removals};
use crate::audit::{AuditEvent, AuditKind, Facts, Mode};
use crate::choose::{Choice, Doubts, Rules};
use crate::credential::{Credentials, KeyName, Proof, Refusal};
use crate::ids::RuleId;
use crate::policy::{Policy, Who};
use alloc::borrow::Cow;
use alloc::vec::Vec;

impl Policy {
    pub(super) fn allow<'a>(
        &'a self,
        case: &Case<'_, 'a>,
        admitted: Admitted<'a>,
        shadow: Vec<AuditEvent<'a>>,
    ) -> Decision<'a> {
        let caller = match admitted.who {
            Who::Public | Who::Anyone => None,
            Who::Caller(caller) => self.callers.get(caller),
        };
        let mut edits = removals(&case.asked.suspects, &admitted.identities);
        credentials::strip(self, case, &admitted.rules, &mut edits);
        if let (Some(name), Some(caller)) = (&self.forward.caller_header, caller) {
            edits.set(name, &caller.value);
        }
        if let Some((name, value)) = &self.forward.proof
            && !admitted.open
        {
            edits.set(name, value);
        }
        let rules = || admitted.rules.iter().filter_map(|id| self.rule(*id));
        let replaces = rules().any(|rule| rule.replace_errors);
        let rule = rules().next();
        let has_line = self.audit.allowed && (self.audit.open || !admitted.open);
        // Counting can still refuse the request.
        let may_be_refused = self.refuses_valid() || rules().any(|rule| rule.rate.is_some());
        // Most allowed requests need no event: it is larger than the rest of the decision.
        let event = (has_line || replaces || may_be_refused).then(|| {
            let mut event = AuditEvent::new(self.facts(case, AuditKind::Allow));
            let facts = event.facts_mut();
            facts.rule = rule.map(|rule| (&*rule.id).into());
            facts.caller = caller.map(|caller| (&*caller.name).into());
            facts.on_behalf_of = admitted.on_behalf_of.map(Into::into);
            let proof = admitted.proof.as_ref();
            facts.add_credential(proof.map(Proof::key), proof);
            event
        });
        let replace = event.clone().filter(|_| replaces).map(AuditEvent::into_owned);
        let allow = Allow {
            edits,
            admission: Admission { private: admitted.private, replace },
            open: admitted.open,
            rule,
            rules: admitted.rules,
            caller,
            ending_key: admitted.proof.as_ref().and_then(Proof::ending_key),
            event: event.clone().filter(|_| may_be_refused),
        };
        Decision { verdict: Verdict::Allow(allow), audit: event.filter(|_| has_line), shadow }
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
            Some(missing) if !credentials::any_offered(self, case, rules()) => missing,
            _ => &answers.invalid,
        };
        let caller = proof.as_ref().and_then(|proof| self.callers.get(proof.caller()));
        let mut event = AuditEvent::new(self.facts(case, AuditKind::Deny));
        let facts = event.facts_mut();
        facts.reason = Some(reason);
        facts.rule = rule.map(|rule| (&*rule.id).into());
        facts.status = Some(answer.status);
        facts.caller = caller.map(|caller| (&*caller.name).into());
        facts.add_credential(key, proof.as_ref());
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
        // Each rule is judged by itself, so of what the others cover it knows nothing.
        let doubts = Doubts { uncovered: ambiguous, unclear: case.asked.by_path.is_some() };
        let judge = |id: &RuleId| {
            let rule = self.rule(*id)?;
            let one: Rules = [*id].into_iter().collect();
            let choice = if ambiguous {
                Choice::Ambiguous { first: one.clone(), all: one }
            } else {
                Choice::Rules(one)
            };
            let facts = self.facts(case, AuditKind::Allow);
            let mut facts = Facts { mode: Mode::Shadow, rule: Some((&*rule.id).into()), ..facts };
            Some(AuditEvent::new(match self.judge(case, &choice, doubts, credentials) {
                Ok(admitted) => {
                    facts.caller = self.caller_name(admitted.who).map(Into::into);
                    let proof = admitted.proof.as_ref();
                    facts.add_credential(proof.map(Proof::key), proof);
                    facts
                }
                Err(refused) => {
                    Facts { kind: AuditKind::Deny, reason: Some(refused.reason), ..facts }
                }
            }))
        };
        rules.iter().filter_map(judge).collect()
    }

    pub(super) fn caller_name(&self, who: Who) -> Option<&str> {
        match who {
            Who::Public | Who::Anyone => None,
            Who::Caller(caller) => self.callers.get(caller).map(|caller| &*caller.name),
        }
    }

    /// The facts of a request, without the fields that depend on the decision.
    fn facts<'a>(&'a self, case: &Case<'_, 'a>, kind: AuditKind) -> Facts<'a> {
        let head = &case.asked.head;
        Facts {
            at: case.now,
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
            client: case.client,
            peer: case.peer,
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

impl<'a> Facts<'a> {
    /// Adds the facts about the credential.
    fn add_credential(&mut self, key: Option<KeyName<'a>>, proof: Option<&Proof<'a>>) {
        self.key_id = key.and_then(|key| key.id).map(Into::into);
        self.carrier = key.and_then(|key| key.carrier).map(|carrier| carrier.name().into());
        self.key_state = proof.and_then(Proof::state);
        let owned = |text: Option<&str>| text.map(|text| Cow::Owned(text.into()));
        self.credential = key.map(|key| key.kind);
        self.subject = owned(proof.and_then(Proof::subject));
        self.scope = owned(proof.and_then(Proof::scope));
    }
}
