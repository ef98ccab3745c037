//! Random policies and random edits of them.

use serde_json::{Map, Value, json};
use wicketgate_agreement::generate::Random;

fn pick<T: Clone>(random: &mut Random, list: &[T]) -> T {
    list[random.below(list.len())].clone()
}

const PATHS: [&str; 20] = [
    "/internal/*",
    "/internal/health",
    "/internal/{id}/deep",
    "/api/dashboard/latest-runs",
    "/balance/{user_id}",
    "/balance/admin",
    "/account",
    "/account/settings",
    "/a/{x}/z",
    "/{y}/b/*",
    "/jobs",
    "/m/*",
    "/",
    "/*",
    "/tasks/k-s_1/*",
    "/_actions/like",
    "/shop/item/{id}",
    "/v1/*",
    "/Mixed/{id}/",
    "/docs/*",
];

fn prefix(random: &mut Random) -> &'static str {
    pick(
        random,
        &["10.1.0.0/16", "10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32", "10.1.2.0/24", "0.0.0.0/0"],
    )
}

fn key(random: &mut Random, number: usize) -> Value {
    let mut key = json!({ "id": format!("k{number}") });
    let name = pick(random, &["ONE", "TWO", "THREE", "FOUR"]);
    if random.below(3) == 0 {
        key["sha256"] = format!("{:064x}", 1 + random.below(4)).into();
    } else {
        key["env"] = format!("TOKEN_{name}").into();
    }
    if random.below(3) == 0 {
        key["not_before"] = pick(random, &["2026-12-03", "2027-01-01"]).into();
    }
    if random.below(3) == 0 {
        key["not_after"] = pick(random, &["2027-01-02", "2027-06-01"]).into();
    }
    if random.below(8) == 0 {
        key["revoked"] = true.into();
    }
    key
}

fn caller(random: &mut Random) -> Value {
    if random.below(6) == 0 {
        return json!({ "mtls": { "uri_sans": [pick(random, &["spiffe://a/x", "spiffe://a/y"])] } });
    }
    let mut token = match random.below(4) {
        0 => json!({ "header": "authorization", "scheme": "bearer" }),
        1 => json!({ "header": "authorization", "scheme": "basic", "user": "u" }),
        2 => json!({ "header": "x-b" }),
        _ => json!({ "header": "x-token-a" }),
    };
    if random.below(5) == 0 {
        token["or"] = json!([{ "header": "x-other" }]);
    }
    token["keys"] = (0..=random.below(2)).map(|number| key(random, number)).collect();
    json!({ "token": token })
}

fn alternative(random: &mut Random) -> Value {
    let mut one = Map::new();
    match random.below(4) {
        0 => _ = one.insert("public".into(), true.into()),
        _ => _ = one.insert("caller".into(), pick(random, &["cron", "deploy", "worker"]).into()),
    }
    match random.below(4) {
        0 => _ = one.insert("methods".into(), json!(["GET"])),
        1 => _ = one.insert("methods".into(), json!(["POST", "PUT"])),
        _ => {}
    }
    if random.below(3) == 0 {
        one.insert("network".into(), pick(random, &["office", "vpn"]).into());
    }
    if random.below(6) == 0 && !one.contains_key("public") {
        one.insert("pass_identity".into(), json!(["x-user-id"]));
    }
    one.into()
}

fn deny(random: &mut Random) -> Value {
    match random.below(4) {
        0 => json!({ "status": 401 }),
        1 => json!({ "status": 404, "text": "no" }),
        2 => json!({ "status": 403, "json": { "no": 1 }, "missing": { "status": 401 } }),
        _ => json!({ "status": 403, "headers": { "x-why": "because" } }),
    }
}

fn rule(random: &mut Random) -> Value {
    let first = random.below(PATHS.len());
    let mut paths = vec![PATHS[first]];
    if random.below(3) == 0 {
        let other = pick(random, &PATHS);
        if other != paths[0] {
            paths.push(other);
        }
    }
    let mut rule = json!({
        "id": format!("r{first}"),
        "paths": paths,
        "allow": (0..random.below(3)).map(|_| alternative(random)).collect::<Vec<_>>(),
    });
    match random.below(6) {
        0 => rule["hosts"] = json!(["one.example"]),
        1 => rule["hosts"] = json!(["*.two.example", "one.example"]),
        _ => {}
    }
    if random.below(4) == 0 {
        rule["ambiguous"] = "check".into();
    }
    if random.below(3) == 0 {
        rule["deny"] = deny(random);
    }
    if random.below(5) == 0 {
        rule["response"] = json!({ "cache_control": pick(random, &["keep", "no-store"]) });
    }
    if random.below(5) == 0 {
        rule["response"] = json!({ "server_errors": "replace" });
    }
    rule
}

fn origin(random: &mut Random) -> Value {
    let mut origin = json!({});
    let stacks = [
        "fastapi",
        "nextjs",
        "rails",
        "django",
        "express",
        "astro",
        "spring",
        "fastify",
        "nuxt",
        "symfony",
        "sveltekit",
    ];
    if random.below(4) > 0 {
        origin["stack"] = pick(random, &stacks).into();
    }
    if random.below(4) == 0 {
        origin["mounts"] = json!([pick(random, &["/api", "/m"])]);
    }
    if random.below(4) == 0 {
        origin["locales"] = json!(["en"]);
    }
    match random.below(5) {
        0 => origin["actions"] = "none".into(),
        1 => origin["actions"] = "all".into(),
        _ => {}
    }
    origin
}

fn forward(random: &mut Random) -> Value {
    let mut forward = json!({ "credential": pick(random, &["remove", "keep"]) });
    if random.below(2) == 0 {
        forward["caller_header"] = pick(random, &["x-caller", "x-who"]).into();
    }
    if random.below(3) == 0 {
        forward["proof"] =
            json!({ "header": "x-proof", "env": pick(random, &["PROOF_A", "PROOF_B"]) });
    }
    forward
}

fn client_address(random: &mut Random) -> Value {
    match random.below(3) {
        0 => {
            json!({ "envoy": { "from": "x-forwarded-for", "trusted_proxies": [pick(random, &["172.16.0.0/12", "127.0.0.0/8"])] } })
        }
        _ => json!({ "envoy": { "from": "peer" } }),
    }
}

fn networks(random: &mut Random) -> Value {
    json!({ "office": [prefix(random)], "vpn": [prefix(random), prefix(random)] })
}

/// A policy, which may have faults.
pub(super) fn policy(random: &mut Random) -> Value {
    let mut policy = json!({
        "version": 1,
        "name": "random",
        "environment": "production",
        "networks": networks(random),
        "callers": { "cron": caller(random), "deploy": caller(random), "worker": caller(random) },
        "rules": (0..=random.below(5)).map(|_| rule(random)).collect::<Vec<_>>(),
        "unmatched": pick(random, &["pass", "pass", "deny"]),
        "identity_headers": ["x-user-id"],
        "origin": origin(random),
        "forward": forward(random),
        "client_address": client_address(random),
    });
    if random.below(3) == 0 {
        policy["default_deny"] = deny(random);
    }
    policy
}

/// The policy after one to three edits, which may have faults.
pub(super) fn edited(policy: &Value, random: &mut Random) -> Value {
    let mut policy = policy.clone();
    for _ in 0..=random.below(3) {
        edit(&mut policy, random);
    }
    policy
}

fn edit(policy: &mut Value, random: &mut Random) {
    let number = policy["rules"].as_array().map_or(0, Vec::len);
    let at = random.below(number.max(1));
    match random.below(18) {
        0 => policy["rules"].as_array_mut().unwrap().push(rule(random)),
        1 if number > 1 => _ = policy["rules"].as_array_mut().unwrap().remove(at),
        2 => policy["rules"][at] = rule(random),
        3 | 4 => {
            let one = alternative(random);
            policy["rules"][at]["allow"].as_array_mut().unwrap().push(one);
        }
        5 => _ = policy["rules"][at]["allow"].as_array_mut().unwrap().pop(),
        6 => policy["rules"][at]["deny"] = deny(random),
        7 => policy["rules"][at]["ambiguous"] = pick(random, &["check", "refuse"]).into(),
        8 => policy["networks"] = networks(random),
        9 | 10 => policy["callers"][pick(random, &["cron", "deploy", "worker"])] = caller(random),
        11 => policy["unmatched"] = pick(random, &["pass", "deny"]).into(),
        12 => policy["origin"] = origin(random),
        13 => policy["forward"] = forward(random),
        14 => policy["client_address"] = client_address(random),
        15 => policy["default_deny"] = deny(random),
        16 => policy["identity_headers"] = json!(["x-user-id", "x-team"]),
        17 => policy["rules"].as_array_mut().unwrap().reverse(),
        _ => policy["rules"][at]["paths"] = json!([pick(random, &PATHS)]),
    }
}

/// One rule of many gets another caller.
pub(super) fn set(policy: &mut Value) {
    policy["rules"][50]["allow"][0]["caller"] = "c1".into();
}

/// The answer of all rules, and what is let through.
pub(super) fn set_all(policy: &mut Value) {
    policy["default_deny"] = json!({ "status": 404 });
    policy["forward"]["credential"] = "keep".into();
    policy["unmatched"] = "deny".into();
    policy["origin"] = json!({ "stack": "rails" });
}
