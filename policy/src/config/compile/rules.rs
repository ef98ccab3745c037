//! Rules, their patterns and alternatives.

use super::abuse;
use super::answers;
use crate::address::Ranges;
use crate::answer::DenyAnswers;
use crate::choose::{Authorities, HostSet, Pattern, Router};
use crate::compiling::{Context, repeated};
use crate::config::wire;
use crate::credential::carrier::Carrier;
use crate::credential::{Caller, Callers};
use crate::form::Id;
use crate::form::read::{List, join, quote};
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
    // Number all hosts first: a rule for `*.example` also has those that others write out.
    for (_, host) in list.iter().filter_map(|(_, rule)| rule.hosts.as_ref()).flatten() {
        rules.authorities.number(&host.0);
    }
    for (index, rule) in list {
        let at = format!("rules[{index}]");
        if let Some(Id(id)) = &rule.id {
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
    let hosts = host_set(&rules.authorities, hosts, at, context);
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
        Who::Public | Who::Anyone => None,
    });
    let carriers = callers.flat_map(|caller| names.callers.carriers(caller));
    deny.challenge(carriers.filter_map(Carrier::challenge));
    let tables = alternatives.iter().filter_map(|alternative| match alternative.who {
        Who::Public | Who::Anyone => None,
        Who::Caller(caller) => names.callers.callers.get(caller),
    });
    let tables = tables.flat_map(Caller::tables).collect();
    let wire::Response { cache_control, server_errors } = response.unwrap_or_default();
    rules.rules.push(Rule {
        id: id.map(|Id(id)| id).unwrap_or_default().into(),
        check_ambiguous: ambiguous == Some(wire::Ambiguous::Check),
        tables,
        has_open: alternatives.iter().any(Alternative::is_open),
        names_methods: alternatives.iter().any(|alternative| alternative.methods.is_some()),
        allow: alternatives,
        deny,
        private: cache_control.map(|wire| wire == wire::CacheControl::NoStore),
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
    authorities: &Authorities,
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
        for number in authorities.covered(&host.0) {
            insert_sorted(&mut numbers, number);
        }
    }
    HostSet::Only(numbers.into())
}

fn alternative(
    wire: wire::Alternative,
    at: &str,
    names: &Names<'_>,
    context: &mut Context<'_>,
) -> Option<Alternative> {
    let wire::Alternative { methods, caller, public, anyone, network, pass_identity } = wire;
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
    let unnamed = if public == Some(true) { Some("public") } else { anyone.map(|_| "anyone") };
    let who = who(caller, (public, anyone), network.is_some(), at, names, context);
    let network = network.map(|name| {
        let place = names.networks.find(|(other, _)| *other == name);
        if place.is_none() {
            context.faults.add(join(at, "network"), quote(&name), "a network of `networks`");
        }
        place
    });
    if let (Some(unnamed), true) = (unnamed, pass_identity.is_some()) {
        context.faults.add(
            join(at, "pass_identity"),
            format!("identity headers beside `{unnamed}`"),
            "none: no caller vouches for them",
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
    (public, anyone): (Option<bool>, Option<bool>),
    has_network: bool,
    at: &str,
    names: &Names<'_>,
    context: &mut Context<'_>,
) -> Option<Who> {
    match (caller, public, anyone) {
        (Some(name), None, None) => {
            let place = names.callers.find(&name).map(Who::Caller);
            if place.is_none() && !names.callers.declared.contains(&name) {
                context.faults.add(join(at, "caller"), quote(&name), "a caller of `callers`");
            }
            place
        }
        (None, Some(true), None) => Some(Who::Public),
        (None, None, Some(true)) => {
            if !context.development {
                context.faults.add(
                    join(at, "anyone"),
                    "`true`",
                    "a caller, or `\"public\": true` if no credential is needed here either: `anyone` exists in `development` only",
                );
            }
            Some(Who::Anyone)
        }
        (None, Some(false), None) => {
            let expected = "`true`, or a caller: what isn't public has one";
            context.faults.add(join(at, "public"), "`false`", expected);
            None
        }
        (None, None, Some(false)) => {
            context.faults.add(join(at, "anyone"), "`false`", "`true`, or a caller");
            None
        }
        // A refused one has a fault of its own.
        (None, None, None)
            if ["public", "anyone", "caller"]
                .iter()
                .any(|name| context.faults.any_below(&join(at, name))) =>
        {
            None
        }
        (None, None, None) => {
            let expected = if has_network {
                "a `caller`, or `\"public\": true` if the address alone is enough"
            } else {
                "a `caller`, or `\"public\": true` if no credential is needed"
            };
            context.faults.add(at, "nobody", expected);
            None
        }
        (caller, public, anyone) => {
            let named = [
                ("`caller`", caller.is_some()),
                ("`public`", public.is_some()),
                ("`anyone`", anyone.is_some()),
            ];
            let named: Vec<&str> =
                named.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
            let expected = match (caller, public) {
                (Some(_), Some(true)) => {
                    "one of them: the caller needs no credential here, or has an alternative of its own"
                }
                _ => "one of them",
            };
            context.faults.add(at, named.join(" and "), expected);
            None
        }
    }
}
