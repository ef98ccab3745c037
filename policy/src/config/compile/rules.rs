//! Rules, their patterns and alternatives.

use super::abuse;
use super::callers::Callers;
use super::{Context, answers, repeated};
use crate::address::Ranges;
use crate::answer::DenyAnswers;
use crate::choose::{Authorities, HostSet, Pattern, Router};
use crate::config::read::{List, join, quote};
use crate::config::wire;
use crate::header::HeaderName;
use crate::ids::{Arena, IdentityId, NetworkId, RuleId};
use crate::index::insert_sorted;
use crate::policy::{Alternative, Rule, Who};
use crate::stack::Stack;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The names to which rules refer.
pub(super) struct Names<'c> {
    pub(super) callers: &'c Callers,
    pub(super) networks: &'c Arena<NetworkId, (String, Ranges)>,
    pub(super) identities: &'c Arena<IdentityId, HeaderName>,
    pub(super) stack: Option<Stack>,
    pub(super) default_deny: &'c DenyAnswers,
}

/// All rules, with the routers that find them.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) rules: Arena<RuleId, Rule>,
    pub(super) router: Router,
    pub(super) shadow: Router,
    pub(super) authorities: Authorities,
}

pub(super) fn rules(list: List<wire::Rule>, names: &Names<'_>, context: &mut Context<'_>) -> Rules {
    let mut rules = Rules::default();
    let mut ids: Vec<String> = Vec::new();
    for (index, rule) in list {
        let at = format!("rules[{index}]");
        if let Some(wire::Id(id)) = &rule.id {
            if ids.contains(id) {
                context.faults.add(join(&at, "id"), quote(id), "an id that no other rule has");
            }
            ids.push(id.clone());
        }
        add(&mut rules, rule, &at, names, context);
    }
    rules
}

fn add(
    rules: &mut Rules,
    rule: wire::Rule,
    at: &str,
    names: &Names<'_>,
    context: &mut Context<'_>,
) {
    let wire::Rule { id, paths, hosts, mode, ambiguous, allow, deny, response, rate_limit } = rule;
    let place = rules.rules.next_id();
    let shadow = mode == Some(wire::RuleMode::Shadow);
    let hosts = host_set(&mut rules.authorities, hosts, at, context);
    let paths = paths.unwrap_or_default();
    if paths.is_empty() && !context.faults.any_below(&join(at, "paths")) {
        context.faults.add(join(at, "paths"), "no path", "at least one");
    }
    repeated(&paths, &join(at, "paths"), "a path", context);
    for (index, pattern) in paths {
        let at = format!("{at}.paths[{index}]");
        place_pattern(rules, pattern, place, &hosts, shadow, &at, context);
    }
    let alternatives: Vec<Alternative> = allow
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(index, wire)| {
            let at = format!("{at}.allow[{index}]");
            alternative(wire, &at, names, context)
        })
        .collect();
    let mut deny = match deny {
        Some(wire) => answers::deny(wire, &join(at, "deny"), names.stack, context),
        None => names.default_deny.clone(),
    };
    let callers = alternatives.iter().filter_map(|alternative| match alternative.who {
        Who::Caller(caller) => Some(caller),
        Who::Anyone => None,
    });
    deny.challenge(callers.flat_map(|caller| names.callers.carriers(caller)));
    let wire::Response { cache_control, server_errors } = response.unwrap_or_default();
    rules.rules.push(Rule {
        id: id.map(|wire::Id(id)| id).unwrap_or_default().into(),
        check_ambiguous: ambiguous == Some(wire::Ambiguous::Check),
        allow: alternatives,
        deny,
        private: cache_control != Some(wire::CacheControl::Keep),
        replace_errors: server_errors == Some(wire::ServerErrors::Replace),
        rate: abuse::rate(rate_limit, &join(at, "rate_limit"), context),
    });
}

fn place_pattern(
    rules: &mut Rules,
    pattern: Pattern,
    place: RuleId,
    hosts: &HostSet,
    shadow: bool,
    at: &str,
    context: &mut Context<'_>,
) {
    if shadow {
        rules.shadow.add(pattern, place, hosts.clone());
        return;
    }
    if let Some(rival) = rules.router.rival(&pattern, place, hosts) {
        let id = rules.rules.get(rival).map(|rule| &*rule.id).unwrap_or_default();
        context.faults.add(
            at,
            format!("a path that rule {} has too, or that an origin may take for it", quote(id)),
            "each path in one rule: neither could be chosen before the other",
        );
    }
    rules.router.add(pattern, place, hosts.clone());
}

fn host_set(
    authorities: &mut Authorities,
    hosts: Option<List<wire::HostName>>,
    at: &str,
    context: &mut Context<'_>,
) -> HostSet {
    let Some(hosts) = hosts else { return HostSet::Any };
    if hosts.is_empty() && !context.faults.any_below(&join(at, "hosts")) {
        context.faults.add(join(at, "hosts"), "no host", "at least one, or no `hosts` for all");
    }
    let mut numbers: Vec<u32> = Vec::new();
    for (_, host) in &hosts {
        insert_sorted(&mut numbers, authorities.number(&host.0));
    }
    HostSet::Only(numbers.into())
}

fn alternative(
    wire: wire::Alternative,
    at: &str,
    names: &Names<'_>,
    context: &mut Context<'_>,
) -> Option<Alternative> {
    let wire::Alternative { methods, caller, anyone, network, pass_identity } = wire;
    if let Some(methods) = &methods {
        if methods.is_empty() && !context.faults.any_below(&join(at, "methods")) {
            context.faults.add(
                join(at, "methods"),
                "no method",
                "at least one, or no `methods` for all",
            );
        }
        repeated(methods, &join(at, "methods"), "a method", context);
    }
    let who = who(caller, anyone, at, names, context);
    let network = network.map(|name| {
        let place = names.networks.find(|(other, _)| *other == name);
        if place.is_none() {
            context.faults.add(join(at, "network"), quote(&name), "a network of `networks`");
        }
        place
    });
    if anyone == Some(true) && pass_identity.is_some() {
        context.faults.add(
            join(at, "pass_identity"),
            "identity headers from anyone",
            "none: nobody vouches for them",
        );
    }
    let mut passed = Vec::new();
    for (index, name) in pass_identity.unwrap_or_default() {
        match names.identities.find(|other| *other == name) {
            Some(place) => passed.push(place),
            None => context.faults.add(
                format!("{at}.pass_identity[{index}]"),
                quote(name.as_str()),
                "a header of `identity_headers`",
            ),
        }
    }
    let network = match network {
        None => None,
        Some(place) => Some(place?),
    };
    let methods = methods.map(|list| list.into_iter().map(|(_, method)| method.0.into()).collect());
    Some(Alternative { methods, who: who?, network, pass_identity: passed })
}

fn who(
    caller: Option<String>,
    anyone: Option<bool>,
    at: &str,
    names: &Names<'_>,
    context: &mut Context<'_>,
) -> Option<Who> {
    match (caller, anyone) {
        (Some(name), None) => {
            let place = names.callers.find(&name).map(Who::Caller);
            if place.is_none() && !names.callers.declared.contains(&name) {
                context.faults.add(join(at, "caller"), quote(&name), "a caller of `callers`");
            }
            place
        }
        (None, Some(true)) => {
            if !context.development {
                context.faults.add(
                    join(at, "anyone"),
                    "`true`",
                    "a caller: `anyone` exists in `development` only",
                );
            }
            Some(Who::Anyone)
        }
        (None, Some(false)) => {
            context.faults.add(join(at, "anyone"), "`false`", "`true`, or a caller");
            None
        }
        (Some(_), Some(_)) => {
            context.faults.add(at, "both `caller` and `anyone`", "one of them");
            None
        }
        (None, None) => {
            context.faults.add(at, "nobody", "a `caller`: an address alone is no credential");
            None
        }
    }
}
