//! Explains the steps of a decision. For each step the deciding functions are asked about that step
//! alone; [`Policy::decide`] makes the decision itself.

use super::rule::try_alternative;
use super::{Case, Outcome, Pending};
use crate::audit::AuditEvent;
use crate::choose::looks::{Look, looks};
use crate::choose::{Authority, Choice};
use crate::credential::Credentials;
use crate::credential::Served;
use crate::credential::explain::{CredentialSteps, Shown};
use crate::ids::{RuleId, number};
use crate::policy::{Alternative, Policy, Rule, Who};
use crate::reason::Reason;
use crate::request::Request;
use crate::time::Time;
use alloc::vec::Vec;
use core::net::IpAddr;

/// The explanation of a decision.
#[derive(Debug)]
pub struct Explanation<'a> {
    /// `true` if rules name this host. For any other host, or without one, every rule applies.
    pub known_host: bool,
    /// A header that names another host than the request's own, with that host. An origin may
    /// believe either, so every rule applies.
    pub other_host: Option<(&'a [u8], &'a [u8])>,
    /// The other end of the connection.
    pub peer: Option<IpAddr>,
    /// The client's address from the policy's source, `None` if it is unknown.
    pub client: Option<IpAddr>,
    /// The reason why it is refused whatever its path, if it is.
    pub refused_everywhere: Option<Reason>,
    /// The readings of the target, each with the rules that it chooses.
    pub readings: Vec<Reading<'a>>,
    /// A header names a handler that is not public, so that every rule is chosen.
    pub names_handler: bool,
    /// The path, or one that the query names, runs a handler without naming it. `public`
    /// alternatives don't open that.
    pub unclear: bool,
    /// Something that the request could be is covered by no rule: another reading, a path in its
    /// query, or the same path on another host. `public` alternatives don't open that.
    pub uncovered: bool,
    /// Methods that the query names, if a chosen rule names methods. Each is judged too.
    pub methods: Vec<Vec<u8>>,
    /// The choice of all readings together.
    pub chosen: Chosen<'a>,
    /// Each chosen rule.
    pub rules: Vec<RuleSteps<'a>>,
    /// The outcome.
    pub outcome: Outcome<'a>,
}

/// One reading of a target.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The path.
    pub path: Vec<u8>,
    /// `true` if the origin takes it from the query.
    pub from_query: bool,
    /// Further paths of the same handler.
    pub aliases: Vec<Vec<u8>>,
    /// The ids of the rules that it chooses.
    pub rules: Vec<&'a str>,
    /// The ids of the rules that it chooses at origins which ignore case and a trailing slash.
    pub folded: Vec<&'a str>,
    /// The ids of the rules that it chooses at origins which take an empty segment for a parameter.
    pub filled: Option<Vec<&'a str>>,
}

/// The choice of all readings.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Chosen<'a> {
    /// No rule.
    Nothing,
    /// These rules, in every reading.
    Rules(Vec<&'a str>),
    /// The readings disagree.
    Ambiguous {
        /// The rules of the least decoded reading that any rule covers.
        first: Vec<&'a str>,
        /// The rules of all readings.
        all: Vec<&'a str>,
    },
    /// The target is too long, or has too many readings.
    TooComplex,
}

/// A chosen rule.
#[derive(Debug)]
pub struct RuleSteps<'a> {
    /// Its id.
    pub id: &'a str,
    /// The carriers in which it reads credentials: headers, with the scheme if there is one.
    pub carriers: Vec<&'a str>,
    /// Its alternatives, in their order.
    pub alternatives: Vec<AlternativeSteps<'a>>,
}

/// An alternative of a rule: every part must hold.
#[derive(Debug)]
pub struct AlternativeSteps<'a> {
    /// The methods it names, `None` for all.
    pub methods: Option<Vec<&'a str>>,
    /// `true` if the request's method is among them.
    pub method_holds: bool,
    /// The caller, `None` for everybody.
    pub caller: Option<&'a str>,
    /// The alternative is `public`.
    pub public: bool,
    /// The place of its network in the document, and the result of that check, if it has a network.
    pub network: Option<(usize, Result<(), Reason>)>,
    /// The credential that shows the caller, or the reason why none does; `None` if none is needed.
    pub credential: Option<Result<Shown<'a>, Reason>>,
    /// The result for each kind of credential that the caller may send. One is enough.
    pub kinds: Vec<CredentialSteps<'a>>,
}

impl AlternativeSteps<'_> {
    /// Returns `true` if every part holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.method_holds
            && self.network.is_none_or(|(_, network)| network.is_ok())
            && self.credential.is_none_or(|credential| credential.is_ok())
    }
}

impl Policy {
    /// Decides as [`Self::decide`] does, and explains each step.
    #[must_use]
    pub fn explain<'a>(&'a self, request: &'a Request<'a>, now: Time) -> Explanation<'a> {
        self.explain_with(request, Served::default(), now)
    }

    /// Decides with the answers of a host, and explains each step.
    #[must_use]
    pub fn explain_with<'a>(
        &'a self,
        request: &'a Request<'a>,
        served: Served<'a>,
        now: Time,
    ) -> Explanation<'a> {
        let asked = Pending::new(self, request.headers);
        let Pending { ref choice, head, refused_everywhere, .. } = asked;
        let mut authority = self.authority(&head, request.headers);
        let named = self.authorities.classify(head.authority);
        let other_host = self.other_host(request.headers, named);
        let mut read = Vec::new();
        if refused_everywhere.is_none() {
            // A host in the target can make the authority strange.
            (read, authority) = looks(&self.router, self.asked(head.target, authority));
        }
        let case = Case::new(self, &asked, request.peer.address(), served, now);
        let mut credentials = case.credentials(self);
        let chosen: &[RuleId] = match choice {
            Choice::Nothing | Choice::TooComplex => &[],
            Choice::Rules(rules) | Choice::Ambiguous { all: rules, .. } => rules,
        };
        let rules = chosen.iter().filter_map(|id| self.rule(*id));
        let by_method = rules.clone().any(|rule| rule.names_methods);
        let methods = if by_method { case.methods(self).methods.clone() } else { Vec::new() };
        let rules = rules.map(|rule| self.rule_steps(rule, &case, &mut credentials)).collect();
        Explanation {
            known_host: matches!(authority, Authority::Known(_)),
            other_host,
            peer: case.peer,
            client: case.client,
            refused_everywhere,
            readings: read.into_iter().map(|look| self.reading(look)).collect(),
            names_handler: asked.by_path.is_some(),
            unclear: asked.doubts.unclear,
            uncovered: asked.doubts.uncovered,
            methods: methods.into_iter().map(Into::into).collect(),
            chosen: self.chosen(choice),
            rules,
            outcome: self.decide_with(request, served, now),
        }
    }

    pub(super) fn chosen(&self, choice: &Choice) -> Chosen<'_> {
        match choice {
            Choice::Nothing => Chosen::Nothing,
            Choice::Rules(rules) => Chosen::Rules(self.ids(rules)),
            Choice::Ambiguous { first, all } => {
                Chosen::Ambiguous { first: self.ids(first), all: self.ids(all) }
            }
            Choice::TooComplex => Chosen::TooComplex,
        }
    }

    fn ids(&self, rules: &[RuleId]) -> Vec<&str> {
        rules.iter().filter_map(|id| self.rule(*id)).map(|rule| &*rule.id).collect()
    }

    fn reading(&self, look: Look) -> Reading<'_> {
        Reading {
            path: look.path,
            from_query: look.from_query,
            aliases: look.aliases,
            rules: self.ids(&look.as_is),
            folded: self.ids(&look.folded),
            filled: look.filled.map(|rules| self.ids(&rules)),
        }
    }

    fn rule_steps<'a>(
        &'a self,
        rule: &'a Rule,
        case: &Case<'_, 'a>,
        credentials: &mut Credentials<'a>,
    ) -> RuleSteps<'a> {
        let mut carriers: Vec<&str> = Vec::new();
        for table in rule.tables.iter().filter_map(|table| self.tables.get(*table)) {
            let carrier = table.carrier.name();
            if !carriers.contains(&carrier) {
                carriers.push(carrier);
            }
        }
        let steps = |alternative: &'a Alternative| {
            // Check each part alone, as an alternative that asks for nothing else.
            let mut part = |who, network| {
                let alone = Alternative { methods: None, who, network, pass_identity: Vec::new() };
                try_alternative(self, case, &alone, credentials)
            };
            let network = alternative.network.map(|id| {
                (
                    number(id),
                    part(Who::Anyone, Some(id)).map(|_| ()).map_err(|refusal| refusal.reason),
                )
            });
            let credential = match alternative.who {
                Who::Public | Who::Anyone => None,
                who @ Who::Caller(_) => match part(who, None) {
                    Ok(proof) => proof.map(|proof| Ok(Shown::of(&proof))),
                    Err(refusal) => Some(Err(refusal.reason)),
                },
            };
            AlternativeSteps {
                kinds: kinds(self, alternative.who, credentials),
                methods: alternative
                    .methods
                    .as_ref()
                    .map(|methods| methods.iter().map(|method| &**method).collect()),
                method_holds: alternative.has_method(case.asked.head.method),
                caller: self.caller_name(alternative.who),
                public: alternative.who == Who::Public,
                network,
                credential,
            }
        };
        RuleSteps { id: &rule.id, carriers, alternatives: rule.allow.iter().map(steps).collect() }
    }
}

/// The kinds that a caller has, in the order in which they are checked; empty for everybody.
fn kinds<'a>(
    policy: &'a Policy,
    who: Who,
    credentials: &mut Credentials<'a>,
) -> Vec<CredentialSteps<'a>> {
    let Who::Caller(id) = who else { return Vec::new() };
    let Some(caller) = policy.callers.get(id) else { return Vec::new() };
    caller.credentials.iter().flat_map(|rules| rules.steps(credentials)).collect()
}

/// The audit events of a decision: its own, then those of rules in shadow mode.
#[must_use]
pub fn events<'d, 'a>(outcome: &'d Outcome<'a>) -> Vec<&'d AuditEvent<'a>> {
    match outcome {
        Outcome::Decided(decision) => decision.audit.iter().chain(&decision.shadow).collect(),
        Outcome::Need(_) => Vec::new(),
    }
}
