//! Keys that are replaced while requests flow.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use wicketgate_host_tests::issuer::{Algorithm, Issuer};
use wicketgate_runtime::wait::wait_until;

use crate::common::{setup, until, with};

/// Keys are published and used at once, then the old ones are removed: under load no valid token
/// is refused, and none of a removed key is admitted once the set was fetched again.
#[test]
fn rotation_under_load() {
    let mut issuer = Issuer::start().unwrap();
    let mut id = issuer.add_key(Algorithm::Es256);
    // Slow steps on a busy machine must not end the present keys.
    let spans = json!({ "refresh": "1s", "max_age": "1h", "cooldown": "1s", "timeout": "10s" });
    let mut gate = setup(&issuer, &spans).workers(2).start().unwrap();
    let claims = issuer.claims(&json!({}));
    let first = issuer.sign(&id, &claims);
    until(&mut gate, &with(&first), None);

    let (current, ended) = (Mutex::new(first), AtomicBool::new(false));
    let (sent, refused) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let mut removed = Vec::new();
    let client = || {
        while !ended.load(Ordering::Relaxed) {
            // While it is on its way it stays the current one.
            let token = current.lock().unwrap().clone();
            let response = gate.client().ask(&with(&token)).unwrap();
            if response.status != 200 {
                refused.lock().unwrap().push(response.status);
            }
            sent.fetch_add(1, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(client);
        }
        for (round, algorithm) in Algorithm::ALL.into_iter().cycle().take(6).enumerate() {
            // So that the next key comes at another moment of the refresh, each round.
            let until = sent.load(Ordering::Relaxed) + 50 + 37 * round;
            let flow = || Ok((sent.load(Ordering::Relaxed) >= until).then_some(()));
            wait_until("requests", Duration::from_secs(20), flow).unwrap();
            let next = issuer.add_key(algorithm);
            let old = std::mem::replace(&mut id, next);
            *current.lock().unwrap() = issuer.sign(&id, &claims);
            // Nobody sends the old one any more once each client has sent another.
            let until = sent.load(Ordering::Relaxed) + 10;
            let flow = || Ok((sent.load(Ordering::Relaxed) >= until).then_some(()));
            wait_until("requests", Duration::from_secs(20), flow).unwrap();
            issuer.remove_key(&old);
            removed.push(issuer.sign(&old, &claims));
            // Two fetches that began after the removal: both workers have the set without it then,
            // one second later at the latest.
            issuer.wait_for_fetches(issuer.fetches() + 2).unwrap();
        }
        ended.store(true, Ordering::Relaxed);
    });
    let (sent, refused) = (sent.into_inner(), refused.into_inner().unwrap());
    let (refusals, fetches) = (refused.len(), issuer.fetches());
    println!("{sent} requests over 6 rotations, {refusals} refused, {fetches} fetches");
    issuer.wait_for_fetches(issuer.fetches() + 2).unwrap();
    let mut reasons = BTreeMap::new();
    for line in gate.decisions(sent).unwrap() {
        let reason = line.text("error.type").map(str::to_owned);
        *reasons.entry(reason).or_insert(0) += 1;
    }
    assert_eq!(reasons, BTreeMap::from([(None, sent)]));
    assert_eq!(refused, Vec::<u16>::new());
    // Each several times, so that both workers are asked.
    for token in removed.iter().cycle().take(60) {
        assert_eq!(gate.client().ask(&with(token)).unwrap().status, 403);
    }
    let lines = gate.decisions(60).unwrap();
    assert!(lines.iter().all(|line| line.text("error.type") == Some("jwt_key_unknown")));
}
