//! The same decision again and again, natively: callgrind counts the instructions, and from the
//! difference of two counts everything goes that is done once.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, anyhow, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use wicketgate_load::policies::{self, Many};
use wicketgate_policy::{Environment, Header, Host, Outcome, Peer, Policy, Request, Time, Verdict};

/// Decides `count` times about a request of a kind: `allowed`, `denied` or `public`. It needs a token
/// that names its key, and an address.
///
/// # Errors
/// There is no such kind, or a verdict is not that of its kind.
pub fn decide(many: Many, kind: &str, count: usize) -> Result<()> {
    let secret = policies::named_token(many.keys, &"q7Wz".repeat(11)[..43]);
    let policy = policies::named_keys(many, &secret);
    let policy = Policy::load(policy.as_bytes(), &Environment::new(Host::Envoy));
    let policy = policy.map_err(|faults| anyhow!("{faults}"))?;
    let wrong = secret.replace('q', "r");
    let (path, token) = match kind {
        "allowed" => ("/internal/run", &secret),
        "denied" => ("/internal/run", &wrong),
        "public" => ("/public/page", &secret),
        other => bail!("no request is `{other}`"),
    };
    let headers = [
        (":method", "GET"),
        (":path", path),
        (":authority", "app.example"),
        (":scheme", "http"),
        ("user-agent", "bench/1.0"),
        ("x-internal-token", token),
    ];
    let headers =
        headers.map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
    let request = Request { headers: &headers, peer: Peer::Address(b"127.0.0.1:40000") };
    for _ in 0..count {
        let outcome = policy.decide(black_box(&request), Time::from_unix_millis(1_795_435_200_000));
        let Outcome::Decided(decision) = black_box(outcome) else { bail!("it asked for more") };
        let verdict = match decision.verdict {
            Verdict::Allow(_) => "allowed",
            Verdict::Deny(_) => "denied",
            Verdict::Pass { .. } => "public",
        };
        ensure!(verdict == kind, "{verdict}, not {kind}");
    }
    Ok(())
}

/// The dearest requests, with the policy that they are dear to (testing/load/dearest.json).
#[derive(Deserialize)]
struct Dearest {
    policy: Value,
    dearest: Vec<Dear>,
}

#[derive(Deserialize)]
struct Dear {
    stack: Option<String>,
    target: String,
}

/// The milliseconds that the slowest of them takes; of each the quickest try counts, because
/// everything else on this machine can only add to it.
///
/// # Errors
/// The file is not of this form, or a request is not denied.
pub fn slowest(file: &[u8]) -> Result<f64> {
    const TRIES: usize = 50;
    let Dearest { policy, dearest } = serde_json::from_slice(file)?;
    let mut slowest = f64::NAN;
    for Dear { stack, target } in dearest {
        let mut policy = policy.clone();
        if let Some(stack) = stack {
            policy["origin"]["stack"] = stack.into();
        }
        let secret = "kq7WzB3xT9mVdL2sRfYc8HnJpGtE5aUo4iKw6ZQrXeM";
        let environment = Environment::new(Host::Envoy).with("INTERNAL_JOB_TOKEN", secret);
        let policy = Policy::load(policy.to_string().as_bytes(), &environment);
        let policy = policy.map_err(|faults| anyhow!("{faults}"))?;
        let headers = [(":method", "GET"), (":path", &*target), (":authority", "app.example")];
        let headers =
            headers.map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
        let request = Request { headers: &headers, peer: Peer::Address(b"127.0.0.1:40000") };
        let mut quickest = f64::NAN;
        for _ in 0..TRIES {
            let begin = Instant::now();
            let outcome =
                policy.decide(black_box(&request), Time::from_unix_millis(1_795_435_200_000));
            quickest = quickest.min(begin.elapsed().as_secs_f64() * 1e3);
            let Outcome::Decided(decision) = outcome else { bail!("it asked for more") };
            ensure!(matches!(decision.verdict, Verdict::Deny(_)), "one of them is not denied");
        }
        slowest = slowest.max(quickest);
    }
    Ok(slowest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_what_it_says() {
        for kind in ["allowed", "denied", "public"] {
            decide(Many { rules: 20, networks: 30, keys: 40 }, kind, 2).unwrap();
        }
        assert!(decide(policies::ONE, "other", 1).is_err());
    }
}
