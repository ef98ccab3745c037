//! Requests that wait for keys, which the main thread fetches.

use crate::fake::{Part, Stream, alone, configure, envoy, log};
use crate::fake_keys::{answer, calls, run_main, run_streams};
use crate::{CONTINUE, STOP, policy};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use std::ptr::null;
use std::time::{SystemTime, UNIX_EPOCH};
use wicketgate_envoy_module::abi::ModulePtr;
use wicketgate_envoy_module::hooks;

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = bytes.chunks(3).flat_map(|chunk| {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (24 - 8 * chunk.len());
        (0..=chunk.len()).map(move |place| DIGITS[(bits >> (18 - 6 * place) & 63) as usize] as char)
    });
    digits.collect()
}

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

fn set() -> String {
    let point = key().verifying_key().to_sec1_point(false);
    let [x, y] = [point.x().unwrap(), point.y().unwrap()].map(|number| base64(number));
    json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "a", "alg": "ES256", "x": x, "y": y }] })
        .to_string()
}

fn bearer() -> String {
    let part = |value: Value| base64(value.to_string().as_bytes());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let head = part(json!({ "alg": "ES256", "kid": "a" }));
    let claims = part(json!({ "iss": "https://issuer.example", "aud": "gate", "exp": now + 600 }));
    let message = format!("{head}.{claims}");
    let signature: Signature = key().sign(message.as_bytes());
    format!("Bearer {message}.{}", base64(&signature.to_bytes()))
}

/// A configuration whose main thread has begun to fetch.
fn begin(name: &str) -> ModulePtr {
    let mut policy = policy();
    policy["name"] = json!(name);
    // Each test has an address of its own, for what is shared outlives a configuration.
    let uri = format!("https://issuer.example/{name}");
    policy["callers"] = json!({ "issued": { "jwt": { "issuer": "https://issuer.example",
        "audience": "gate", "keys": { "jwks_uri": uri } } } });
    policy["rules"] = json!([{ "id": "j", "paths": ["/j"], "allow": [{ "caller": "issued" }] }]);
    policy.as_object_mut().unwrap().remove("networks");
    *calls() = crate::fake_keys::Calls::default();
    // SAFETY: the tests that read the environment hold the lock.
    unsafe { std::env::set_var("WICKETGATE_ENVIRONMENT", "development") };
    let config = configure(&policy.to_string());
    assert_ne!(config, null(), "{:?}", log());
    assert!(calls().main > 0, "the main thread is to fetch");
    config
}

fn end(config: ModulePtr) {
    // SAFETY: the streams have ended.
    unsafe { hooks::envoy_dynamic_module_on_http_filter_config_destroy(config) };
}

fn waiting(config: ModulePtr) -> Box<Stream> {
    let stream = Stream::request(&[(":path", "/j"), ("authorization", &bearer())]);
    stream.begin(config);
    assert_eq!(stream.hook(Part::Request), STOP[0], "{:?}", log());
    assert_eq!((stream.hook(Part::Body), stream.hook(Part::Trailers)), (STOP[1], STOP[2]));
    assert!(stream.replies.borrow().is_empty());
    stream
}

#[test]
fn one_fetch_serves_every_request_that_waits() {
    let _alone = alone();
    let config = begin("one");
    let streams = [waiting(config), waiting(config)];
    streams[1].ends_at_once.set(true);
    run_main(config);
    let clusters = calls().clusters.clone();
    assert_eq!(clusters.len(), 1, "one fetch");
    assert_eq!(clusters[0].0, "issuer.example");
    let path = (":path".to_owned(), "/one".to_owned());
    assert!(clusters[0].1.contains(&path), "{clusters:?}");
    run_streams(&[&*streams[0], &*streams[1]]);
    assert_eq!(streams[0].resumed.get(), 0, "not before the answer");
    answer(config, 1, "200", &set());
    run_streams(&[&*streams[0], &*streams[1]]);
    assert_eq!((streams[0].resumed.get(), streams[1].resumed.get()), (1, 1), "{:?}", log());
    let late = Stream::request(&[(":path", "/j"), ("authorization", &bearer())]);
    late.begin(config);
    assert_eq!(late.hook(Part::Request), CONTINUE, "the keys are known now");
    let fetched = "wicketgate_jwks_fetches_total outcome=ok reason=none";
    assert_eq!(envoy().counted.get(fetched), Some(&1));
    drop((streams, late));
    assert_eq!(calls().schedulers, 0);
    end(config);
}

#[test]
fn a_request_is_answered_if_no_keys_come_and_forgotten_if_its_client_goes() {
    let _alone = alone();
    let config = begin("none");
    let (stays, goes) = (waiting(config), waiting(config));
    stays.ends_at_once.set(true);
    run_main(config);
    drop(goes);
    answer(config, 1, "500", "no");
    run_streams(&[&*stays]);
    let replies = stays.replies.borrow().clone();
    assert_eq!((replies.len(), replies[0].status, stays.resumed.get()), (1, 403, 0));
    let fetched = "wicketgate_jwks_fetches_total outcome=error reason=jwks_status";
    assert_eq!(envoy().counted.get(fetched), Some(&1));
    drop(stays);
    end(config);
}

#[test]
fn a_change_that_envoy_refuses_after_a_wait_is_answered() {
    let _alone = alone();
    let config = begin("refused");
    let stream = waiting(config);
    run_main(config);
    stream.refuses_edits.set(true);
    answer(config, 1, "200", &set());
    run_streams(&[&*stream]);
    assert_eq!((stream.replies.borrow()[0].status, stream.resumed.get()), (503, 0));
    assert_eq!(stream.hook(Part::Body), STOP[1], "nothing of it goes on");
    drop(stream);
    end(config);
}
