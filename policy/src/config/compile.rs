//! Checks members of a document against each other, and makes the policy.

mod abuse;
mod address;
mod answers;
mod headers;
mod rules;

use super::wire;
use crate::compiling::{Context, repeated};
use crate::credential;
use crate::environment::Environment;
use crate::form::Faults;
use crate::header::{Actions, Hygiene, action_names};
use crate::ids::Arena;
use crate::path::Aliases;
use crate::policy::{Audit, Policy};
use crate::stack::Stack;
use alloc::format;
use alloc::vec::Vec;

/// Makes a policy from the members of a document, or reports all its faults, those among them that
/// were found when it was read.
pub(super) fn compile(
    read: Option<wire::Policy>,
    mut faults: Faults,
    version: &str,
    environment: &Environment,
) -> Result<Policy, Faults> {
    let policy = read.and_then(|document| assemble(document, version, environment, &mut faults));
    match policy {
        Some(policy) if faults.is_empty() => Ok(policy),
        _ => Err(faults),
    }
}

fn assemble(
    document: wire::Policy,
    version: &str,
    environment: &Environment,
    faults: &mut Faults,
) -> Option<Policy> {
    // Destructure it in full, so that nobody can forget a new member here.
    let wire::Policy {
        version: format_version,
        name,
        environment: stage,
        absent_secrets,
        client_address,
        networks,
        callers,
        rules,
        default_deny,
        unmatched,
        origin,
        identity_headers,
        forward,
        audit,
        abuse,
        schema,
    } = document;
    // It is for editors.
    drop(schema);
    let development = stage == Some(wire::Stage::Development);
    let absent_denies = development || absent_secrets == Some(wire::AbsentSecrets::Deny);
    let mut context =
        Context { environment, faults, notices: Vec::new(), development, absent_denies };
    confirm(stage, &mut context);

    let networks = address::networks(networks.unwrap_or_default(), &mut context);
    let client = address::client(client_address, &networks, &mut context);
    let callers = credential::callers(callers.unwrap_or_default(), &mut context);
    let identities = identity_headers.unwrap_or_default();
    let forward = headers::forward(forward, &mut context);
    headers::collisions(
        callers.tables.items(),
        &identities,
        forward.as_ref(),
        client.as_ref(),
        &mut context,
    );

    let origin = origin.unwrap_or_default();
    let mut default_deny = default_deny
        .map(|deny| answers::deny(deny, "default_deny", origin.stack, &mut context))
        .unwrap_or_else(answers::default);
    let identities: Arena<_, _> = identities.into_iter().map(|(_, name)| name).collect();
    let names = rules::Names {
        callers: &callers,
        networks: &networks,
        identities: &identities,
        stack: origin.stack,
        default_deny: &default_deny,
    };
    let rules = rules::rules(rules.unwrap_or_default(), &names, &mut context);
    default_deny.challenge(core::iter::empty());
    let deny_unmatched = unmatched == Some(wire::Unmatched::Deny);
    if rules.router.is_empty() && !deny_unmatched && context.faults.is_empty() {
        context.faults.add(
            "rules",
            "no rule that takes effect",
            "at least one, where `unmatched` is `pass`",
        );
    }

    let own = forward.iter().flat_map(|forward| {
        forward.caller_header.iter().chain(forward.proof.iter().map(|(name, _)| name))
    });
    let actions = actions(&origin, &mut context);
    let hygiene = Hygiene::new(own, identities.iter(), (origin.stack, &actions));
    let audit = audit.unwrap_or_default();
    let abuse = abuse::abuse(abuse, &mut context);
    let wire::Version = format_version?;
    let has_rates = rules.rules.items().iter().any(|rule| rule.rate.is_some());
    let allowed = audit.allowed != Some(wire::AuditAllowed::None);
    // With an event for each decision, asking for the time last would only store the decision.
    let is_timeless = !allowed && !has_rates && abuse.failures.is_none() && callers.are_timeless();
    Some(Policy {
        name: name?.0.into(),
        version: version.into(),
        host: environment.host(),
        development,
        rules: rules.rules,
        router: rules.router,
        shadow: rules.shadow,
        authorities: rules.authorities,
        aliases: aliases(&origin),
        callers: callers.callers,
        tables: callers.tables,
        key_addresses: callers.key_addresses,
        networks: networks.map(|(_, ranges)| ranges),
        client: client?,
        hygiene,
        actions,
        identities,
        deny_unmatched,
        default_deny,
        forward: forward?,
        audit: Audit {
            allowed,
            open: audit.allowed == Some(wire::AuditAllowed::All),
            user_agent: audit.user_agent == Some(true),
            access_log: audit.access_log == Some(true),
        },
        abuse,
        is_timeless,
        no_store: headers::no_store()?,
        notices: context.notices,
    })
}

/// A development policy may let anyone in. So it takes effect only if the host says that this is
/// development, and is refused if somebody ships it by mistake.
fn confirm(stage: Option<wire::Stage>, context: &mut Context<'_>) {
    if stage != Some(wire::Stage::Development) {
        return;
    }
    let variable = Environment::CONFIRMATION;
    match context.environment.get(variable) {
        Some(b"development") => {
            context.notices.push("this is a development policy: it may let anyone in".into());
        }
        said => {
            let other = if said.is_some() { "another value of" } else { "no" };
            context.faults.add(
                "environment",
                format!("`development`, and {other} `{variable}` on the host"),
                format!("`{variable}=development` on the host, which says so too"),
            );
        }
    }
}

/// The public ones among the handlers that headers name. Without the member, none is.
fn actions(origin: &wire::Origin, context: &mut Context<'_>) -> Actions {
    match (&origin.actions, origin.stack) {
        (Some(_), Some(stack))
            if action_names(Some(stack)).next().is_none() && stack != Stack::Astro =>
        {
            context.faults.add(
                "origin.actions",
                format!("actions of `{}`, which has none that run on any path", stack.name()),
                "nothing here, or a stack that does",
            );
            Actions::None
        }
        (Some(wire::Actions::None), _) => Actions::None,
        (Some(wire::Actions::All), _) => Actions::All,
        (Some(wire::Actions::These(ids)), _) => {
            repeated(ids, "origin.actions", "an id", context);
            Actions::These(ids.iter().map(|(_, wire::ActionId(id))| id.as_str().into()).collect())
        }
        (None, _) => Actions::These(Vec::new()),
    }
}

fn aliases(origin: &wire::Origin) -> Aliases {
    let wire::Origin { stack, mounts, locales, actions: _ } = origin;
    let mounts: Vec<_> = mounts.iter().flatten().map(|(_, mount)| mount.0.as_str()).collect();
    let locales: Vec<_> = locales.iter().flatten().map(|(_, locale)| locale.0.as_str()).collect();
    Aliases::new(*stack, &mounts, &locales)
}
