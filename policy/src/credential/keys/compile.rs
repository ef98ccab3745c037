//! Checks the source of an issuer's keys in a policy.

use super::{SignedKeys, wire};
use crate::compiling::Context;
use crate::credential::Callers;
use crate::form::node::Node;
use crate::form::read::{join, quote};
use crate::form::{Duration, KeysVariable, PemVariable};
use crate::jwt::{Algorithm, Ask, KeyAddress, KeyFault, KeySet, KeySource};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The keys. Without a source of their own, they are at the preset's address.
pub(crate) fn keys(
    callers: &mut Callers,
    keys: wire::Keys,
    preset: Option<String>,
    at: &str,
    context: &mut Context<'_>,
) -> Option<SignedKeys> {
    let wire::Keys {
        jwk,
        jwks,
        jwks_env,
        jwks_uri,
        pem_env,
        cluster,
        refresh,
        max_age,
        cooldown,
        timeout,
    } = keys;
    let sources =
        [jwk.is_some(), jwks.is_some(), jwks_env.is_some(), jwks_uri.is_some(), pem_env.is_some()];
    let count = sources.into_iter().filter(|source| *source).count();
    if count > 1 || (count == 0 && preset.is_none()) {
        if !context.faults.any_below(at) {
            context.faults.add(
                at,
                if count > 1 { "several sources" } else { "no key" },
                "one of `jwk`, `jwks`, `jwks_env`, `jwks_uri`, `pem_env`",
            );
        }
        return None;
    }
    let uri = jwks_uri.map(|wire::Uri(uri)| uri).or_else(|| preset.filter(|_| count == 0));
    if let Some(uri) = uri {
        let spans = Spans { refresh, max_age, cooldown, timeout };
        return address(callers, uri, cluster, spans, at, context);
    }
    let only_there = [
        ("cluster", cluster.is_some()),
        ("refresh", refresh.is_some()),
        ("max_age", max_age.is_some()),
        ("cooldown", cooldown.is_some()),
        ("timeout", timeout.is_some()),
    ];
    for (name, _) in only_there.into_iter().filter(|(_, there)| *there) {
        context.faults.add(join(at, name), "keys that are here", "`jwks_uri` beside it");
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
        return read(KeySet::read(&node, KeySource::Policy), &at, "", context)
            .map(SignedKeys::Here);
    }
    let environment = context.environment;
    let jwks_env = jwks_env.map(|KeysVariable(name)| name);
    let pem_env = pem_env.map(|PemVariable(name)| name);
    for (name, variable) in [("jwks_env", jwks_env), ("pem_env", pem_env)] {
        let Some(variable) = variable else { continue };
        let at = join(at, name);
        let Some(value) = environment.get(&variable).filter(|value| !value.is_empty()) else {
            if context.absent_denies {
                context.notices.push(format!("`{variable}` is absent: its caller is denied"));
                return Some(SignedKeys::Absent);
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
        return read(keys, &at, &variable, context).map(SignedKeys::Here);
    }
    None
}

/// Reads keys, of algorithms that the host or the core checks.
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
            let known = |algorithm| context.environment.checks(algorithm);
            let missing = keys.keys().iter().find(|key| !known(key.algorithm()));
            if let Some(key) = missing {
                let name = key.algorithm().name();
                context.faults.add(
                    at,
                    format!("a key for {name}{inside}"),
                    format!(
                        "a key for {}: this host does not check signatures of {name}, and this build of the gate leaves them to the host",
                        Algorithm::names(known)
                    ),
                );
                return None;
            }
            Some(keys)
        }
        Err(faults) => {
            for KeyFault { path, found, expected } in faults {
                // A fault inside a variable has no member of the document to point to.
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

/// The times for asking an address.
struct Spans {
    refresh: Option<Duration>,
    max_age: Option<Duration>,
    cooldown: Option<Duration>,
    timeout: Option<Duration>,
}

/// Keys at an address. Callers that name the same address in the same way share the fetched keys.
fn address(
    callers: &mut Callers,
    uri: String,
    cluster: Option<wire::Cluster>,
    spans: Spans,
    at: &str,
    context: &mut Context<'_>,
) -> Option<SignedKeys> {
    if uri.starts_with("http://") && !context.development {
        context.faults.add(
            join(at, "jwks_uri"),
            "an address without tls",
            "`https`: whoever is on the way could put in keys of their own",
        );
    }
    let Spans { refresh, max_age, cooldown, timeout } = spans;
    let mut span = |name, given: Option<Duration>, default, (least, most), expected: &str| {
        let millis = given.map_or(default, |Duration(millis)| millis);
        if !(least..=most).contains(&millis) {
            context.faults.add(join(at, name), "a span out of bounds", expected);
        }
        millis
    };
    let second = 1_000;
    let (minute, hour) = (60 * second, 3_600 * second);
    let refresh = span("refresh", refresh, 5 * minute, (second, 24 * hour), "from `1s` to `24h`");
    let max_age = span("max_age", max_age, hour, (second, 7 * 24 * hour), "from `1s` to `7d`");
    let cooldown = span("cooldown", cooldown, 10 * second, (second, hour), "from `1s` to `1h`");
    let timeout = span("timeout", timeout, 5 * second, (second, 30 * second), "from `1s` to `30s`");
    if max_age < refresh {
        context.faults.add(join(at, "max_age"), "less than `refresh`", "at least as much");
    }
    let host = uri.split_once("://").and_then(|(_, rest)| rest.split(['/', ':']).next());
    let cluster = cluster.map_or_else(|| host.unwrap_or_default().into(), |c| c.0);
    let ask = Ask { uri: uri.into(), cluster: cluster.into(), timeout, cooldown };
    let address = KeyAddress { member: "jwks_uri", ask, refresh, max_age };
    let known = callers.key_addresses.find(|other| *other == address);
    if let Some(source) = known {
        return Some(SignedKeys::Address(source));
    }
    if callers.key_addresses.items().len() >= MAX_ADDRESSES {
        context.faults.add(at, "more addresses than are asked", format!("at most {MAX_ADDRESSES}"));
        return None;
    }
    // Which keys an address has is known only when they come.
    let unchecked = Algorithm::names(|algorithm| !context.environment.checks(algorithm));
    if !unchecked.is_empty() {
        context.notices.push(format!(
            "this host does not check signatures of {unchecked}, and this build of the gate leaves them to the host: tokens by such keys at `{}` are refused",
            address.uri()
        ));
    }
    Some(SignedKeys::Address(callers.key_addresses.push(address)))
}

/// The most addresses of a policy.
const MAX_ADDRESSES: usize = 16;
