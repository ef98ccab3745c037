//! Callers with signed tokens.

use super::callers::{Callers, table};
use super::{Context, repeated};
use crate::config::node::Node;
use crate::config::read::{List, join, quote};
use crate::config::wire;
use crate::header::HeaderName;
use crate::jwt::{Audience, ClaimRules, KeyFault, KeySet, KeySource};
use crate::policy::JwtCaller;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The most that an issuer's clock may differ, in milliseconds.
const MAX_LEEWAY: i64 = 300_000;

/// Claims that have a member of their own.
const OWN: [&str; 7] = ["aud", "exp", "iat", "iss", "nbf", "scope", "sub"];

/// What a caller's signed tokens are held to; its place.
pub(super) fn jwt(
    callers: &mut Callers,
    jwt: wire::Jwt,
    at: &str,
    context: &mut Context<'_>,
) -> Option<usize> {
    let wire::Jwt {
        header,
        scheme,
        issuer,
        audience,
        subjects,
        scopes,
        claims,
        lifetime,
        leeway,
        keys,
    } = jwt;
    let header = match header {
        Some(header) => header,
        None if context.faults.any_below(&join(at, "header")) => return None,
        None => HeaderName::parse("authorization")?,
    };
    super::headers::not_reserved(&header, &join(at, "header"), context);
    // RFC 6750, section 2.1: there is no other form in this header.
    let bearer = scheme == Some(wire::Scheme::Bearer) || header.as_str() == "authorization";
    let table = table(callers, &header, bearer);

    let audience = match audience {
        Some(wire::Audience::AnyOf(list)) => {
            Audience::AnyOf(texts(list, &join(at, "audience"), "an audience", context))
        }
        Some(wire::Audience::Unchecked) | None => Audience::Unchecked,
    };
    let issuer = issuer.map(|wire::Text(issuer)| issuer).unwrap_or_default();
    let mut rules = ClaimRules::new(&issuer, audience);
    if let Some(list) = subjects {
        rules.subjects = texts(list, &join(at, "subjects"), "a subject", context);
    }
    if let Some(list) = scopes {
        let list = list.into_iter().map(|(at, wire::Scope(scope))| (at, wire::Text(scope)));
        rules.scopes = texts(list.collect(), &join(at, "scopes"), "a scope", context);
    }
    for (name, wire::ClaimValues(values)) in claims.unwrap_or_default() {
        if OWN.contains(&name.as_str()) {
            context.faults.add(
                join(&join(at, "claims"), &name),
                "a claim that has a member of its own",
                "other claims",
            );
        }
        rules.claims.push((name.into(), values));
    }
    if let Some(wire::Lifetime { min, max }) = lifetime {
        let at = join(at, "lifetime");
        let millis = |span: Option<wire::Duration>| span.map(|wire::Duration(millis)| millis);
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
    if let Some(wire::Duration(millis)) = leeway {
        if millis > MAX_LEEWAY {
            context.faults.add(join(at, "leeway"), "more than five minutes", "at most `5m`");
        }
        rules.leeway = millis;
    }
    let keys = key_set(keys?, &join(at, "keys"), context)?;
    callers.jwts.push(JwtCaller { table, keys, rules });
    callers.jwts.len().checked_sub(1)
}

fn texts(list: List<wire::Text>, at: &str, what: &str, context: &mut Context<'_>) -> Vec<Box<str>> {
    if list.is_empty() && !context.faults.any_below(at) {
        context.faults.add(at, "nothing", format!("{what}, or more"));
    }
    repeated(&list, at, what, context);
    list.into_iter().map(|(_, wire::Text(text))| text.into()).collect()
}

/// The keys. `Some(None)` where their variable is absent and that denies the caller.
fn key_set(keys: wire::JwtKeys, at: &str, context: &mut Context<'_>) -> Option<Option<KeySet>> {
    let wire::JwtKeys { jwk, jwks, jwks_env, pem_env } = keys;
    let sources = [jwk.is_some(), jwks.is_some(), jwks_env.is_some(), pem_env.is_some()];
    if sources.into_iter().filter(|source| *source).count() != 1 {
        if !context.faults.any_below(at) {
            context.faults.add(
                at,
                if sources.contains(&true) { "several sources" } else { "no key" },
                "one of `jwk`, `jwks`, `jwks_env`, `pem_env`",
            );
        }
        return None;
    }
    for (name, node) in [("jwk", jwk), ("jwks", jwks)] {
        let Some(node) = node else { continue };
        let at = join(at, name);
        let is_set =
            matches!(&node, Node::Object(members) if members.iter().any(|(n, _)| n == "keys"));
        if is_set != (name == "jwks") {
            context.faults.add(
                at,
                if is_set { "a set of keys" } else { "no set of keys" },
                match name {
                    "jwk" => "one key; `jwks` takes a set",
                    _ => "a set (`keys`); `jwk` takes one key",
                },
            );
            return None;
        }
        return read(KeySet::read(&node, KeySource::Policy), &at, "", context).map(Some);
    }
    let environment = context.environment;
    for (name, variable) in [("jwks_env", jwks_env), ("pem_env", pem_env)] {
        let Some(wire::Variable(variable)) = variable else { continue };
        let at = join(at, name);
        let Some(value) = environment.get(&variable).filter(|value| !value.is_empty()) else {
            if context.absent_denies {
                context.notices.push(format!("`{variable}` is absent: its caller is denied"));
                return Some(None);
            }
            context.faults.add(
                at,
                format!("no `{variable}` on the host"),
                "a variable that the host hands over, with keys in it",
            );
            return None;
        };
        let keys = match name {
            "pem_env" => KeySet::parse_pem(value),
            _ => KeySet::parse(value, KeySource::Environment),
        };
        return read(keys, &at, &variable, context).map(Some);
    }
    None
}

/// The keys that were read, of algorithms that somebody here checks.
fn read(
    keys: Result<KeySet, Vec<KeyFault>>,
    at: &str,
    variable: &str,
    context: &mut Context<'_>,
) -> Option<KeySet> {
    let inside =
        if variable.is_empty() { String::new() } else { format!(" in {}", quote(variable)) };
    match keys {
        Ok(keys) => {
            let missing = keys.keys().iter().find(|key| !key.algorithm().is_built_in());
            if let Some(key) = missing {
                context.faults.add(
                    at,
                    format!("a key for {}{inside}", key.algorithm().name()),
                    "an algorithm that this build of the gate has",
                );
                return None;
            }
            Some(keys)
        }
        Err(faults) => {
            for KeyFault { path, found, expected } in faults {
                // Within a variable there is no member of the document to point to.
                let (at, found) = match (variable.is_empty(), path.is_empty()) {
                    (true, true) => (at.into(), found.into()),
                    (true, false) => (format!("{at}.{path}"), found.into()),
                    (false, true) => (at.into(), format!("{found}{inside}")),
                    (false, false) => (at.into(), format!("{found} at `{path}`{inside}")),
                };
                context.faults.add(at, found, expected);
            }
            None
        }
    }
}
