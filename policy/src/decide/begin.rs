//! Decides as far as the headers alone allow. For nearly all public traffic that is enough.

use super::{Case, Decision, Outcome, Policy, Verdict, removals};
use crate::choose::{Asked, Authority, Choice, Doubts, choose};
use crate::credential::Served;
use crate::few::Few;
use crate::header::Role;
use crate::ids::RuleId;
use crate::path::{before_query, is_plain};
use crate::reason::Reason;
use crate::request::{Head, Header, HostHeader};
use crate::time::Time;
use alloc::vec::Vec;
use core::net::IpAddr;

/// A request whose headers have been read. They are not read again when the host brings more.
#[derive(Debug)]
pub(crate) struct Pending<'a> {
    policy: &'a Policy,
    pub(super) headers: &'a [Header<'a>],
    pub(super) head: Head<'a>,
    /// Headers that must not get through, with their roles.
    pub(super) suspects: Few<(&'a [u8], Role), 2>,
    pub(super) refused_everywhere: Option<Reason>,
    pub(super) choice: Choice,
    pub(super) shadow: Choice,
    /// The rules that the path chooses, if a header names a handler that is not public. Every rule
    /// is chosen then.
    pub(super) by_path: Option<Choice>,
    /// No rule that is in force covers it.
    pub(super) passes: bool,
    /// What its path leaves open.
    pub(super) doubts: Doubts,
}

impl Policy {
    /// The authority that chooses rules. If the request line and the headers name two hosts, the
    /// origin may believe either. Then the authority is strange, and every rule applies.
    pub(super) fn authority(&self, head: &Head<'_>, headers: &[Header<'_>]) -> Authority {
        let authority = self.authorities.classify(head.authority);
        let is_told = head.two_authorities
            || (head.names_host && self.other_host(headers, authority).is_some());
        if is_told { Authority::Strange } else { authority }
    }

    /// The first header that names another host than the authority, with that host. If no rule
    /// names the authority's host, it doesn't matter, and there is none.
    pub(super) fn other_host<'r>(
        &self,
        headers: &[Header<'r>],
        authority: Authority,
    ) -> Option<(&'r [u8], &'r [u8])> {
        if authority == Authority::Strange {
            return None;
        }
        let is_own = |host: &[u8]| self.authorities.classify(Some(host)) == authority;
        headers.iter().find_map(|header| {
            let kind = HostHeader::of(header.name)?;
            let believed = kind != HostHeader::Server || self.aliases.believes_forwarded_server();
            let host = kind.other_host(header.value, is_own).filter(|_| believed)?;
            Some((header.name, host))
        })
    }

    /// The parts of the request by which rules are chosen.
    pub(super) fn asked<'a>(&'a self, target: &'a [u8], authority: Authority) -> Asked<'a> {
        let Self { authorities, aliases, actions, .. } = self;
        Asked { target, authority, authorities, aliases, actions }
    }
}

impl<'a> Pending<'a> {
    pub(crate) fn new(policy: &'a Policy, headers: &'a [Header<'a>]) -> Self {
        let mut head = Head::default();
        let mut suspects = Few::new();
        let mut names_handler = false;
        for &Header { name, value } in headers {
            // No client can send such a name, and no other has a part of the request line.
            if name.first() == Some(&b':') {
                head.line(name, value);
                continue;
            }
            let looked = policy.hygiene.look(name);
            if looked.may_be_read {
                head.field(name, value);
            }
            match looked.role {
                None => {}
                Some(Role::Action) => names_handler |= !policy.actions.is_public(value),
                Some(role) => suspects.push((name, role)),
            }
        }
        let refused_everywhere = everywhere(&head);
        let authority = policy.authority(&head, headers);
        let (mut choice, mut shadow) = (Choice::Nothing, Choice::Nothing);
        let (mut passes, mut by_path) = (false, None);
        let mut doubts = Doubts::default();
        if refused_everywhere.is_none() {
            let asked = policy.asked(head.target, authority);
            ([choice, shadow], doubts) = choose([&policy.router, &policy.shadow], asked);
            if names_handler {
                // A target that is not plain may name another host.
                let plain = is_plain(before_query(head.target));
                let authority = if plain { authority } else { Authority::Strange };
                by_path = Some(choice.clone());
                choice = choice.and(Choice::agreed(policy.router.every_rule(authority)));
                shadow = shadow.and(Choice::agreed(policy.shadow.every_rule(authority)));
            }
            passes = choice == Choice::Nothing && !policy.deny_unmatched && !head.path_before_path;
        }
        Self {
            policy,
            headers,
            head,
            suspects,
            refused_everywhere,
            choice,
            shadow,
            by_path,
            passes,
            doubts,
        }
    }

    /// The decision, if the headers alone allow one: no rule covers the request.
    pub(crate) fn passes(&self) -> Option<Decision<'a>> {
        let decided = self.passes && self.shadow == Choice::Nothing;
        decided.then(|| Decision::pass(removals(&self.suspects, &[]), Vec::new()))
    }

    /// The decision, if the request is for everybody, whoever asks and whenever, and nobody wants to
    /// know of it. Then the host need not be asked for the peer and the time.
    pub(crate) fn opens(&self) -> Option<Decision<'_>> {
        let policy = self.policy;
        let Choice::Rules(rules) = &self.choice else { return None };
        let method = self.head.method;
        let is_for_all = |id: &RuleId| policy.rule(*id).is_some_and(|rule| rule.is_open(method));
        if policy.audit.open || self.shadow != Choice::Nothing || !rules.iter().all(is_for_all) {
            return None;
        }
        match self.conclude(None, Served::default(), Time::BUILD) {
            Outcome::Decided(decision) if matches!(decision.verdict, Verdict::Allow(_)) => {
                Some(decision)
            }
            _ => None,
        }
    }

    /// Decides with the host's answers so far, or returns a demand. Nothing is demanded twice.
    pub(crate) fn conclude(
        &self,
        peer: Option<IpAddr>,
        served: Served<'a>,
        now: Time,
    ) -> Outcome<'a> {
        self.policy.conclude(&Case::new(self.policy, self, peer, served, now))
    }
}

/// Requests that are refused whatever the path. Without a path there is nothing to judge, and after
/// a change to a tunnel or another protocol the gate could judge nothing that follows.
fn everywhere(head: &Head<'_>) -> Option<Reason> {
    if head.method == b"CONNECT" {
        return Some(Reason::ConnectRefused);
    }
    if head.target.is_empty() || head.two_targets {
        return Some(Reason::PathMissing);
    }
    head.foreign_upgrade.then_some(Reason::UpgradeRefused)
}
