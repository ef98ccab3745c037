//! Checks the rules for the signed tokens of a caller in a policy.

use super::{SignedRules, claims, preset, wire};
use crate::compiling::not_reserved;
use crate::compiling::{Context, repeated, texts};
use crate::credential::Callers;
use crate::credential::callers::table;
use crate::credential::carrier::{Carrier, Scheme};
use crate::credential::keys::{self, SignedKeys};
use crate::form::read::{List, join};
use crate::form::{Duration, Text};
use crate::header::HeaderName;
use crate::jwt::spiffe::is_id_of;
use crate::jwt::{Audience, ClaimRules, ClaimValue, Issuer, Key};
use alloc::format;

/// The largest difference of an issuer's clock, in milliseconds.
const MAX_LEEWAY: i64 = 300_000;

/// The rules for the signed tokens of the next caller.
pub(crate) fn rules(
    callers: &mut Callers,
    jwt: wire::Jwt,
    at: &str,
    context: &mut Context<'_>,
) -> Option<SignedRules> {
    let wire::Jwt {
        preset,
        team,
        header,
        scheme,
        issuer,
        spiffe_trust_domain,
        audience,
        subjects,
        scopes,
        scope_claim,
        claims: other_claims,
        lifetime,
        leeway,
        keys,
    } = jwt;
    let has_preset = preset.is_some() || context.faults.any_below(&join(at, "preset"));
    let known = preset::known(preset, team, at, context);
    if scheme.as_ref().is_some_and(Scheme::is_basic) {
        context.faults.add(
            join(at, "scheme"),
            "`basic`, behind which a user and a password come",
            "`bearer`, or another scheme behind which the issuer's token comes",
        );
    }
    let header = match header {
        Some(header) => header,
        None if context.faults.any_below(&join(at, "header")) => return None,
        None => HeaderName::parse(known.as_ref().map_or("authorization", |known| known.header))?,
    };
    not_reserved(&header, &join(at, "header"), context);
    // RFC 6750, section 2.1: without a scheme there is no token in this header.
    let default = (header.as_str() == "authorization").then(Scheme::bearer);
    let carrier = Carrier::new(header, scheme.or(default));
    let table = table(callers, carrier);

    let audience = match audience {
        Some(wire::Audience::AnyOf(list)) => {
            Audience::AnyOf(texts(list, &join(at, "audience"), "an audience", context))
        }
        Some(wire::Audience::Unchecked) | None => Audience::Unchecked,
    };
    let domain = spiffe_trust_domain.map(|wire::TrustDomain(domain)| domain);
    if domain.is_some() && (issuer.is_some() || has_preset) {
        context.faults.add(
            join(at, "spiffe_trust_domain"),
            "an issuer beside it",
            "one of `issuer`, `preset` and `spiffe_trust_domain`",
        );
    }
    let any = |context: &Context<'_>, name| context.faults.any_below(&join(at, name));
    let is_ordinary = issuer.is_some() || has_preset;
    if !is_ordinary
        && domain.is_none()
        && !any(context, "issuer")
        && !any(context, "spiffe_trust_domain")
    {
        context.faults.add(
            join(at, "issuer"),
            "nothing",
            "an issuer, a `preset` that has one, or a `spiffe_trust_domain`",
        );
    }
    let issuer = issuer.map(|Text(issuer)| issuer);
    let issuer = issuer.or_else(|| known.as_ref().map(|known| known.issuer.clone()));
    let mut rules = ClaimRules::new(&issuer.unwrap_or_default(), audience);
    if let Some(domain) = domain {
        if rules.audience == Audience::Unchecked && !any(context, "audience") {
            context.faults.add(
                join(at, "audience"),
                "`unchecked`",
                "an audience: every workload gets tokens for whatever audience it asks for",
            );
        }
        rules.issuer = Issuer::TrustDomain(domain.into());
    }
    if let Some(list) = subjects {
        let at = join(at, "subjects");
        if list.is_empty() && !context.faults.any_below(&at) {
            context.faults.add(&at, "nothing", "a subject, or more");
        }
        let list = list.into_iter().map(|(at, claims::Subject(subject))| (at, subject)).collect();
        repeated(&list, &at, "a subject", context);
        if let Issuer::TrustDomain(domain) = &rules.issuer {
            outside(domain, &list, &at, context);
        }
        rules.subjects = list.into_iter().map(|(_, subject)| subject).collect();
    }
    if let Some(list) = scopes {
        let list = list.into_iter().map(|(at, wire::Scope(scope))| (at, Text(scope)));
        rules.scopes = texts(list.collect(), &join(at, "scopes"), "a scope", context);
    }
    if let Some(claims::ClaimPath(path)) = scope_claim {
        rules.scope_claim = path;
    }
    if let Some(claims::Claims(tests)) = other_claims {
        rules.claims =
            tests.into_iter().filter_map(|(at, test)| claims::rule(test, &at, context)).collect();
    }
    if let Some(wire::Lifetime { min, max }) = lifetime {
        let at = join(at, "lifetime");
        let millis = |span: Option<Duration>| span.map(|Duration(millis)| millis);
        (rules.min_lifetime, rules.max_lifetime) = (millis(min), millis(max));
        match (rules.min_lifetime, rules.max_lifetime) {
            (None, None) if !context.faults.any_below(&at) => {
                context.faults.add(at, "no bound", "`min`, `max` or both");
            }
            (Some(min), Some(max)) if min > max => {
                context.faults.add(join(&at, "max"), "less than `min`", "at least as much");
            }
            _ => {}
        }
    }
    if let Some(Duration(millis)) = leeway {
        if millis > MAX_LEEWAY {
            context.faults.add(join(at, "leeway"), "more than five minutes", "at most `5m`");
        }
        rules.leeway = millis;
    }
    preset::hold(preset, &mut rules, at, context);
    if keys.is_none() && !has_preset && !context.faults.any_below(&join(at, "keys")) {
        context.faults.add(join(at, "keys"), "nothing", "keys, or a `preset` that has them");
    }
    let uri = known.map(|known| known.jwks_uri);
    if keys.is_none() && uri.is_none() {
        return None;
    }
    let keys = keys.unwrap_or_default();
    let at = join(at, "keys");
    let keys = keys::keys(callers, keys, uri, &at, context)?;
    if let SignedKeys::Here(set) = &keys
        && is_ordinary
        && set.keys().iter().all(Key::is_for_svids)
    {
        context.faults.add(
            at,
            "keys for JWT-SVIDs alone (`use`)",
            "other keys, or `spiffe_trust_domain` in place of `issuer`",
        );
    }
    Some(SignedRules { caller: callers.callers.next_id(), table, keys, claims: rules })
}

/// Adds a fault for each subject that no SPIFFE ID of a trust domain can be.
fn outside(domain: &str, subjects: &List<ClaimValue>, at: &str, context: &mut Context<'_>) {
    let start = format!("spiffe://{domain}/");
    for (index, subject) in subjects {
        let inside = match subject {
            ClaimValue::StartsWith(text) => text.starts_with(&*start),
            ClaimValue::String(id) => is_id_of(id, domain),
            ClaimValue::Bool(_) | ClaimValue::Number(_) => false,
        };
        if !inside {
            context.faults.add(
                format!("{at}[{index}]"),
                "no SPIFFE ID of the trust domain",
                format!("one such as `{start}ns/jobs/sa/cron`"),
            );
        }
    }
}
