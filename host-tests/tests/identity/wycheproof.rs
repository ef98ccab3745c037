//! Signatures of Project Wycheproof, checked by Envoy's `verify_signature` in the built filter and by
//! the core itself: both say the same of every token.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use wicketgate_host_tests::envoy::Setup;
use wicketgate_policy::{
    Environment, Header, Host, Outcome, Peer, Policy, Request as Asked, Time, Verdict,
};
use wicketgate_runtime::http::Request;
use wicketgate_testkit::beside;

/// A caller for each key of the corpus, each with a path of its own.
fn policy(keys: &[&Value]) -> Value {
    let (mut callers, mut rules) = (serde_json::Map::new(), Vec::new());
    for (place, key) in keys.iter().enumerate() {
        let name = format!("key-{place}");
        callers.insert(
            name.clone(),
            json!({ "jwt": { "issuer": "x", "audience": "unchecked", "keys": { "jwk": key } } }),
        );
        rules.push(json!({ "id": name, "paths": [format!("/{name}")],
            "allow": [{ "caller": name }] }));
    }
    json!({
        "version": 1, "name": "wycheproof", "environment": "production", "unmatched": "pass",
        "callers": callers, "rules": rules, "forward": { "credential": "remove" },
    })
}

fn load(policy: &Value) -> Option<Policy> {
    Policy::load(policy.to_string().as_bytes(), &Environment::new(Host::Envoy)).ok()
}

/// Why the core refuses a token, checking its signature itself. None of them has claims.
fn by_core(policy: &Policy, path: &str, token: &str) -> String {
    let bearer = format!("Bearer {token}");
    let headers =
        [(":method", "GET"), (":path", path), (":authority", "app"), ("authorization", &bearer)]
            .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
    let request = Asked { headers: &headers, peer: Peer::Unknown };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let now = Time::from_unix_millis(now.try_into().unwrap());
    let Outcome::Decided(decision) = policy.decide(&request, now) else { panic!("a demand") };
    let Verdict::Deny(deny) = decision.verdict else { panic!("{token} was let through") };
    deny.reason.code().to_owned()
}

#[test]
fn envoy_and_the_core_agree_about_every_signature() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let name = "corpora/wycheproof/json_web_signature_test.json";
    let skipped = "signatures of Wycheproof, on Envoy";
    let Some(corpus) = beside::file(&root, name, skipped).unwrap() else { return };
    let corpus: Value = serde_json::from_str(&std::fs::read_to_string(corpus).unwrap()).unwrap();
    let groups = corpus["testGroups"].as_array().unwrap().iter();
    // Keys that Envoy checks signatures of, and those of PS256, less those that a policy may not have.
    let groups: Vec<_> = groups
        .filter(|group| {
            ["RS256", "ES256", "ES384", "PS256"].map(Value::from).contains(&group["public"]["alg"])
        })
        .filter(|group| load(&policy(&[&group["public"]])).is_some())
        .collect();
    let keys: Vec<_> = groups.iter().map(|group| &group["public"]).collect();
    let document = policy(&keys);
    let core = load(&document).unwrap();
    let mut gate = Setup::new(&document).gate(&crate::GATE).start().unwrap();

    let (mut same, mut good, mut bad) = (0, 0, 0);
    for (place, group) in groups.iter().enumerate() {
        let path = format!("/key-{place}");
        for case in group["tests"].as_array().unwrap() {
            let token = case["jws"].as_str().unwrap_or_default();
            let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b',';
            if token.is_empty() || !token.bytes().all(is_plain) {
                continue;
            }
            let expected = by_core(&core, &path, token);
            let request = Request::new("GET", &path).unwrap();
            let request = request.with_header("authorization", &format!("Bearer {token}")).unwrap();
            assert_eq!(gate.ask(&request).unwrap().status, 403);
            let line = gate.decisions(1).unwrap().remove(0);
            assert_eq!(line.text("error.type"), Some(expected.as_str()), "{case}");
            same += 1;
            good += usize::from(expected == "jwt_claims_malformed");
            bad += usize::from(expected == "jwt_signature_invalid");
        }
    }
    println!("{same} tokens, the same of each: {good} signatures good, {bad} bad");
    assert!(same >= 200 && good >= 5 && bad >= 100, "{same}, {good}, {bad}");
}
