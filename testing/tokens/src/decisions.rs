//! The same decision again and again, natively: callgrind counts the instructions, and from the
//! difference of two counts everything goes that is done once.

use std::hint::black_box;

use anyhow::{Result, anyhow, bail, ensure};
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
