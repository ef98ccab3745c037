//! The way of a request through the gate.

mod begin;
mod cache;
#[cfg(feature = "explain")]
pub(crate) mod chosen;
mod credentials;
mod method;
mod outcome;
mod response;
mod restrain;
mod rule;
#[cfg(feature = "explain")]
pub(crate) mod steps;
mod verdict;

pub(crate) use begin::Pending;
pub use outcome::{Admission, Allow, Decision, Deny, Outcome, Verdict};
pub use response::{Response, ResponseDecision};
pub use restrain::{Limit, Over};

use crate::address::client_address;
use crate::choose::{Choice, Doubts, is_authority};
use crate::credential::{Credentials, Demand, Refusal, Served};
use crate::header::{Edits, Role};
use crate::ids::RuleId;
use crate::policy::{Policy, Rule, Who};
use crate::reason::Reason;
use crate::request::{Head, Header, Peer, Request};
use crate::time::Time;
use core::cell::OnceCell;
use core::net::IpAddr;
use rule::Admitted;

/// A request as it is being judged.
struct Case<'c, 'a> {
    /// The facts in its headers.
    asked: &'c Pending<'a>,
    /// The time by the host's clock.
    now: Time,
    /// The time by which credentials are judged. If the clock can't be believed, it is a time at
    /// which none is valid.
    believed: Time,
    /// The client's address, if it is known.
    client: Option<IpAddr>,
    peer: Option<IpAddr>,
    /// The methods that its query names. They are read once, and only if a rule names methods.
    methods: OnceCell<method::Named>,
    served: Served<'a>,
}

impl<'c, 'a> Case<'c, 'a> {
    fn new(
        policy: &Policy,
        asked: &'c Pending<'a>,
        peer: Option<IpAddr>,
        served: Served<'a>,
        now: Time,
    ) -> Self {
        Self {
            asked,
            now,
            believed: served.believed(now),
            client: client_address(&policy.client, peer, asked.headers),
            peer,
            methods: OnceCell::new(),
            served,
        }
    }
}

impl<'a> Case<'_, 'a> {
    /// The credentials that the request offers.
    fn credentials(&self, policy: &'a Policy) -> Credentials<'a> {
        Credentials::new(
            &policy.tables,
            &policy.key_addresses,
            self.asked.headers,
            self.served,
            self.believed,
        )
    }

    /// The methods that the query names.
    fn methods(&self, policy: &Policy) -> &method::Named {
        let Head { method, target, .. } = self.asked.head;
        self.methods.get_or_init(|| method::named(policy, method, target))
    }
}

impl Policy {
    /// Decides about one request by itself, for tests and tools: nothing is counted or remembered,
    /// no keys are known but those in the policy, and the core checks every signature. Hosts use a
    /// [`Session`](crate::Session).
    ///
    /// Total and without side effects: every input has an outcome. It is a demand if the peer was
    /// not asked for and a rule covers the path, or if a caller may be known by a certificate.
    #[must_use]
    pub fn decide<'a>(&'a self, request: &Request<'a>, now: Time) -> Outcome<'a> {
        self.decide_with(request, Served::default(), now)
    }

    /// [`Self::decide`] with the host's answers to demands.
    pub(crate) fn decide_with<'a>(
        &'a self,
        request: &Request<'a>,
        served: Served<'a>,
        now: Time,
    ) -> Outcome<'a> {
        let asked = Pending::new(self, request.headers);
        if let Some(decision) = asked.passes() {
            return Outcome::Decided(decision);
        }
        if request.peer == Peer::NotAsked {
            return Outcome::Need(Demand::Peer);
        }
        self.conclude(&Case::new(self, &asked, request.peer.address(), served, now))
    }

    fn conclude<'a>(&'a self, case: &Case<'_, 'a>) -> Outcome<'a> {
        let Pending { choice, shadow, .. } = case.asked;
        let mut credentials = case.credentials(self);
        let shadow = self.shadow_events(case, shadow, &mut credentials);
        if let Some(demand) = credentials.take_needed() {
            return Outcome::Need(demand);
        }
        if let Some(reason) = case.asked.refused_everywhere {
            return Outcome::Decided(self.deny(case, reason.into(), &[], shadow));
        }
        if case.asked.passes {
            return Outcome::Decided(Decision::pass(removals(&case.asked.suspects, &[]), shadow));
        }
        let judged = self.judge_all(case, &mut credentials);
        if let Some(demand) = credentials.take_needed() {
            return Outcome::Need(demand);
        }
        Outcome::Decided(match judged {
            Ok(admitted) => self.allow(case, admitted, shadow),
            Err(refused) => self.deny(case, refused, self.answering(choice), shadow),
        })
    }

    /// Judges a request by its path, or by every rule if a header names another handler.
    fn judge_all<'a>(
        &'a self,
        case: &Case<'_, 'a>,
        credentials: &mut Credentials<'a>,
    ) -> Result<Admitted<'a>, Refusal<'a>> {
        let Pending { choice, by_path, doubts, .. } = case.asked;
        let Some(by_path) = by_path else {
            return self.judge(case, choice, *doubts, credentials);
        };
        // Report a fault of the path first, because it is one without the header too.
        if *by_path != Choice::Nothing || self.deny_unmatched {
            self.judge(case, by_path, *doubts, credentials)?;
        }
        let doubts = Doubts { unclear: true, ..*doubts };
        self.judge(case, choice, doubts, credentials).map_err(|refused| Refusal {
            reason: refused.reason.min(Reason::HandlerUnclear),
            ..refused
        })
    }

    /// The changes to the trailers of a request. Nobody authenticates in trailers, so all headers
    /// that the gate removes are removed there too.
    #[must_use]
    pub fn trailers<'a>(&'a self, trailers: &[Header<'a>]) -> Edits<'a> {
        let mut edits = Edits::default();
        for header in trailers {
            let is_credential = || {
                let mut tables = self.tables.items().iter();
                tables.any(|table| table.carrier.is_alias(header))
            };
            if self.hygiene.role(header.name).is_some() || is_credential() {
                edits.remove(header.name);
            }
        }
        edits
    }

    /// Judges a request that some rule covers, or that no rule covers if the policy denies those.
    fn judge<'a>(
        &'a self,
        case: &Case<'_, 'a>,
        choice: &Choice,
        doubts: Doubts,
        credentials: &mut Credentials<'a>,
    ) -> Result<Admitted<'a>, Refusal<'a>> {
        let refuse = |reason: Reason, rule| Refusal::from(reason).by(rule);
        let rule = || self.answering(choice).first().copied();
        if !case.asked.head.has_method() {
            return Err(refuse(Reason::MalformedMethod, rule()));
        }
        let Head { two_authorities, path_before_path, authority, has_host, .. } = case.asked.head;
        if two_authorities || path_before_path || !(has_host || authority.is_some_and(is_authority))
        {
            return Err(refuse(Reason::MalformedAuthority, rule()));
        }
        match choice {
            Choice::Nothing => Err(refuse(Reason::Unmatched, None)),
            Choice::TooComplex => Err(refuse(Reason::PathTooComplex, None)),
            Choice::Ambiguous { all, .. } => {
                let each = |holds: fn(&Rule, &[u8]) -> bool| {
                    let rules = all.iter().map(|rule| self.rule(*rule));
                    let method = case.asked.head.method;
                    rules.into_iter().all(|rule| rule.is_some_and(|rule| holds(rule, method)))
                };
                // If all that it could be is public, it doesn't matter which the origin takes.
                if !each(|rule, _| rule.check_ambiguous)
                    && (doubts.uncovered || !each(Rule::is_public_for))
                {
                    return Err(refuse(Reason::PathAmbiguous, rule()));
                }
                let admitted = rule::all(self, case, all, doubts.unclear, credentials)?;
                match opened(&admitted, doubts) {
                    Ok(()) => Ok(admitted),
                    Err(reason) => Err(refuse(reason.min(Reason::PathAmbiguous), rule())),
                }
            }
            Choice::Rules(rules) => {
                let admitted = rule::all(self, case, rules, doubts.unclear, credentials)?;
                let uncovered = doubts.uncovered && self.deny_unmatched;
                match opened(&admitted, Doubts { uncovered, ..doubts }) {
                    Ok(()) => Ok(admitted),
                    Err(reason) => Err(refuse(reason, rule())),
                }
            }
        }
    }

    /// The rules that give the answer: those of the least decoded reading that is covered, if they
    /// have the same answer. Otherwise none, and the policy's own answer is used.
    fn answering<'c>(&self, choice: &'c Choice) -> &'c [RuleId] {
        let rules = match choice {
            Choice::Rules(rules) | Choice::Ambiguous { first: rules, .. } => &rules[..],
            Choice::Nothing | Choice::TooComplex => &[],
        };
        let mut answers = rules.iter().map(|rule| self.rule(*rule).map(|rule| &rule.deny));
        let first = answers.next();
        if answers.all(|answer| Some(answer) == first) { rules } else { &[] }
    }
}

/// Without a credential, a rule opens what it covers, and nothing that the request could be beside
/// that: a path that no rule covers, or a handler that its path doesn't name.
fn opened(admitted: &Admitted<'_>, doubts: Doubts) -> Result<(), Reason> {
    match admitted.who {
        Who::Public if doubts.uncovered => Err(Reason::Unmatched),
        Who::Public if doubts.unclear => Err(Reason::HandlerUnclear),
        _ => Ok(()),
    }
}

/// Edits that remove every suspect but the identity headers (by their exact names) that an
/// authenticated caller may pass.
fn removals<'a>(suspects: &[(&'a [u8], Role)], passed: &[&'a [u8]]) -> Edits<'a> {
    let mut edits = Edits::default();
    for (name, _) in suspects {
        if !passed.contains(name) {
            edits.remove(name);
        }
    }
    edits
}
