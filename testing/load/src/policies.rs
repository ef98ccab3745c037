//! Policies of the gate, for who measures it: one that guards `/internal/*`, with as much as wanted
//! beside what counts.

use serde_json::{Value, json};

use crate::service::digest;

/// The numbers of rules, networks and keys in a large policy.
#[derive(Clone, Copy, Debug)]
pub struct Many {
    /// Rules, of which the first is asked.
    pub rules: usize,
    /// Prefixes in the network, of which the first counts.
    pub networks: usize,
    /// Keys that tokens name.
    pub keys: usize,
}

/// One of each.
pub const ONE: Many = Many { rules: 1, networks: 1, keys: 1 };

/// A token and an address are asked for below `/internal/`. `audited`: allowed requests have audit
/// lines too.
pub fn token(many: Many, audited: bool) -> String {
    let key = json!({ "id": "2026-q4", "env": TOKEN_VARIABLE });
    policy(many, json!({ "token": { "header": "x-internal-token", "keys": [key] } }), audited)
}

/// The same where the check is all that there is: the request goes on as it came, and so does the
/// answer.
pub fn check() -> String {
    let mut policy: Value = serde_json::from_str(&token(ONE, false)).unwrap_or_default();
    policy["forward"] = json!({ "credential": "keep" });
    policy["rules"][0]["response"] = json!({ "cache_control": "keep" });
    policy.to_string()
}

/// The same with keys that tokens name, of which `secret` is the last.
pub fn named_keys(many: Many, secret: &str) -> String {
    let last = many.keys.saturating_sub(1);
    let key = |n: usize| {
        let sha256 = if n == last { digest(secret) } else { digest(&format!("another {n}")) };
        json!({ "id": key_name(n), "sha256": sha256, "named": true })
    };
    let keys: Vec<Value> = (0..many.keys).map(key).collect();
    policy(many, json!({ "token": { "header": "x-internal-token", "keys": keys } }), false)
}

/// A token for the last of so many keys, as long as the other one.
pub fn named_token(keys: usize, secret: &str) -> String {
    let prefix = format!("wg_{}_", key_name(keys.saturating_sub(1)));
    format!("{prefix}{}", &secret[prefix.len()..])
}

/// A signed token is asked for.
pub fn signed(variable: &str) -> String {
    let keys = json!({ "jwks_env": variable });
    let jwt = json!({ "issuer": "https://issuer.example", "audience": "gate", "keys": keys });
    let allow = json!({ "methods": ["GET"], "caller": "cron" });
    whole(json!({ "cron": { "jwt": jwt } }), json!([rule("internal", &["/internal/*"], &allow)]))
        .to_string()
}

fn policy(many: Many, caller: Value, audited: bool) -> String {
    let allow = json!({ "methods": ["GET"], "caller": "cron", "network": "here" });
    let mut rules = vec![rule("internal", &["/internal/*"], &allow)];
    rules.extend((1..many.rules).map(|n| {
        let paths = [format!("/area{n}/{{id}}/*"), format!("/page{n}")];
        rule(&format!("r{n}"), &paths.each_ref().map(String::as_str), &allow)
    }));
    // None touches the next, so that none can be made one with it.
    let networks = (1..many.networks)
        .map(|n| format!("{}.{}.{}.0/25", 20 + (n >> 16), (n >> 8) & 255, n & 255));
    let networks: Vec<String> = std::iter::once(NETWORK.to_owned()).chain(networks).collect();
    let mut policy = whole(json!({ "cron": caller }), Value::Array(rules));
    policy["networks"] = json!({ "here": networks });
    if audited {
        policy["audit"] = json!({ "allowed": "guarded" });
    }
    policy.to_string()
}

fn rule(id: &str, paths: &[&str], allow: &Value) -> Value {
    json!({ "id": id, "paths": paths, "allow": [allow] })
}

fn whole(callers: Value, rules: Value) -> Value {
    json!({
        "version": 1, "name": "bench", "environment": "production", "unmatched": "pass",
        "callers": callers, "rules": rules,
        "forward": { "credential": "remove", "caller_header": "x-caller" },
        "audit": { "allowed": "none" },
    })
}

fn key_name(n: usize) -> String {
    format!("k{n:05}")
}

/// The variable with the token.
pub const TOKEN_VARIABLE: &str = "INTERNAL_JOB_TOKEN";
/// The network in which callers must be.
pub const NETWORK: &str = "127.0.0.0/24";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_as_many_as_they_should_be() {
        let many = Many { rules: 3, networks: 70_000, keys: 4 };
        let policy: Value = serde_json::from_str(&named_keys(many, "x")).unwrap();
        let count = |pointer: &str| policy.pointer(pointer).unwrap().as_array().unwrap().len();
        assert_eq!(count("/rules"), 3);
        assert_eq!(count("/callers/cron/token/keys"), 4);
        let networks = policy["networks"]["here"].as_array().unwrap();
        let different: std::collections::BTreeSet<_> =
            networks.iter().map(|network| network.as_str().unwrap()).collect();
        assert_eq!(different.len(), 70_000);
    }

    #[test]
    fn a_named_token_is_as_long_as_another() {
        let secret = "a".repeat(43);
        assert_eq!(named_token(10_000, &secret).len(), 43);
        assert!(named_token(10_000, &secret).starts_with("wg_k09999_a"));
    }
}
