//! Requests that tell what a signature costs: the same request with tokens that are refused before
//! the signature is looked at, refused for it, accepted, and accepted a second time.
//!
//! The cost of the first kind is the cost of everything else, so it is subtracted from the others.
//! Every engine gets the same requests; they differ only in how the core runs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wicketgate_policy::jwt::Algorithm;
use wicketgate_policy::{Environment, Header, Host, Outcome, Peer, Policy, Request, Time, Verdict};

use crate::issuer::{Issuer, encode};

/// The requests, and the gate that they are for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Requests {
    /// The time of the requests, in seconds since 1970.
    pub now: u64,
    /// The path that is guarded.
    pub path: String,
    /// One for each algorithm.
    pub arms: Vec<Arm>,
}

/// The requests of one algorithm.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Arm {
    /// Its registered name.
    pub algorithm: String,
    /// The policy.
    pub policy: String,
    /// The variable that holds the keys, and its value.
    pub keys: (String, String),
    /// The first round is to warm up.
    pub rounds: Vec<Round>,
}

/// Tokens of one round, as many of each kind; none is in another round.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Round {
    /// Name a key that is not there: refused before the signature is looked at.
    pub early: Vec<String>,
    /// Have a wrong signature.
    pub forged: Vec<String>,
    /// Are accepted; each is sent twice.
    pub good: Vec<String>,
}

/// The time of a request of each kind in each round, in nanoseconds: the least of the round,
/// because disturbances only add time.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Samples {
    /// Refused before the signature is looked at.
    pub early: Vec<u64>,
    /// Refused for its signature.
    pub forged: Vec<u64>,
    /// Accepted.
    pub first: Vec<u64>,
    /// Accepted, the second time.
    pub again: Vec<u64>,
}

/// Somebody who runs the core.
pub trait Gate {
    /// Judges a request with this token: how long that took, and `allow` or a reason code.
    ///
    /// # Errors
    /// There was no judgement.
    fn judge(&mut self, token: &str) -> Result<(Duration, String)>;
}

/// Makes the requests: so many rounds and one to warm up, so many tokens of each kind in a round.
#[must_use]
pub fn requests(rounds: usize, tokens: usize) -> Requests {
    let arms = Algorithm::ALL.map(|algorithm| {
        let issuer = Issuer::new(algorithm);
        let round = |round| self::round(&issuer, round, tokens);
        Arm {
            algorithm: algorithm.name().into(),
            policy: policy().to_string(),
            keys: (KEYS.into(), json!({ "keys": [issuer.named("a")] }).to_string()),
            rounds: (0..=rounds).map(round).collect(),
        }
    });
    Requests { now: NOW, path: PATH.into(), arms: arms.into() }
}

/// Sends the requests of one algorithm, in turns, and holds every verdict to its kind.
///
/// # Errors
/// A verdict is not that of its kind.
pub fn measure(arm: &Arm, gate: &mut impl Gate) -> Result<Samples> {
    let mut samples = Samples::default();
    for (index, round) in arm.rounds.iter().enumerate() {
        let mut took: [Vec<u64>; 4] = Default::default();
        for ((early, forged), good) in round.early.iter().zip(&round.forged).zip(&round.good) {
            let kinds = [
                (early, "jwt_key_unknown"),
                (forged, "jwt_signature_invalid"),
                (good, "allow"),
                (good, "allow"),
            ];
            for ((token, expected), took) in kinds.into_iter().zip(&mut took) {
                let (time, verdict) = gate.judge(token)?;
                ensure!(verdict == expected, "{}: {verdict}, not {expected}", arm.algorithm);
                took.push(u64::try_from(time.as_nanos())?);
            }
        }
        if index > 0 {
            let [early, forged, first, again] = took.map(least);
            samples.early.push(early);
            samples.forged.push(forged);
            samples.first.push(first);
            samples.again.push(again);
        }
    }
    Ok(samples)
}

/// Measures the core as this program has it.
///
/// # Errors
/// A verdict is not that of its kind.
pub fn native(requests: &Requests) -> Result<BTreeMap<String, Samples>> {
    let measure_arm = |arm: &Arm| {
        let (name, keys) = &arm.keys;
        let environment = Environment::new(Host::Envoy).with(name, keys.clone());
        let policy = Policy::load(arm.policy.as_bytes(), &environment);
        let policy = policy.map_err(|faults| anyhow!("{faults}"))?;
        let mut gate = Native { policy, path: &requests.path, now: requests.now };
        Ok((arm.algorithm.clone(), measure(arm, &mut gate)?))
    };
    requests.arms.iter().map(measure_arm).collect()
}

struct Native<'a> {
    policy: Policy,
    path: &'a str,
    now: u64,
}

impl Gate for Native<'_> {
    fn judge(&mut self, token: &str) -> Result<(Duration, String)> {
        let bearer = format!("Bearer {token}");
        let headers = [
            (":method", "GET"),
            (":path", self.path),
            (":authority", "app.example"),
            ("authorization", &bearer),
        ];
        let headers =
            headers.map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() });
        let now = Time::from_unix_millis(i64::try_from(self.now)? * 1_000);
        let request = Request { headers: &headers, peer: Peer::Unknown };
        let start = Instant::now();
        let outcome = self.policy.decide(&request, now);
        let took = start.elapsed();
        let Outcome::Decided(decision) = outcome else { return Err(anyhow!("it asked for more")) };
        let verdict = match decision.verdict {
            Verdict::Allow(_) => "allow",
            Verdict::Deny(deny) => deny.reason.code(),
            Verdict::Pass { .. } => "pass",
        };
        Ok((took, verdict.to_owned()))
    }
}

fn policy() -> Value {
    json!({
        "version": 1, "name": "timing", "environment": "production", "unmatched": "pass",
        "callers": { "job": { "jwt": {
            "issuer": "https://issuer.example", "audience": "gate", "keys": { "jwks_env": KEYS },
        } } },
        "rules": [{ "id": "jobs", "paths": ["/internal/*"], "allow": [{ "caller": "job" }] }],
        "forward": { "credential": "remove" },
    })
}

/// Tokens of the same length, whatever their kind.
fn round(issuer: &Issuer, round: usize, tokens: usize) -> Round {
    let header = |kid: &str| format!(r#"{{"alg":"{}","kid":"{kid}"}}"#, issuer.algorithm().name());
    let claims = |kind: &str, index: usize| {
        json!({
            "iss": "https://issuer.example", "aud": "gate", "sub": "job", "iat": NOW - 60,
            "exp": NOW + 3_600, "jti": format!("{kind}-{round:04}-{index:04}"),
        })
        .to_string()
    };
    let good = |index| issuer.raw(header("a").as_bytes(), claims("good", index).as_bytes());
    // The signature of one token under the claims of another.
    let borrowed = |kid: &str, kind: &str, index, good: &str| {
        let (_, signature) = good.rsplit_once('.').unwrap_or_default();
        let (header, claims) = (encode(header(kid).as_bytes()), claims(kind, index));
        format!("{header}.{}.{signature}", encode(claims.as_bytes()))
    };
    let good: Vec<String> = (0..tokens).map(good).collect();
    let others = |kid: &str, kind: &str| {
        let other = |(index, good): (usize, &String)| borrowed(kid, kind, index, good);
        good.iter().enumerate().map(other).collect()
    };
    Round { early: others("b", "oops"), forged: others("a", "evil"), good }
}

fn least(numbers: Vec<u64>) -> u64 {
    numbers.into_iter().min().unwrap_or(0)
}

const KEYS: &str = "GATE_KEYS";
const PATH: &str = "/internal/run";
/// 2026-11-23T12:00:00Z.
const NOW: u64 = 1_795_435_200;

#[cfg(test)]
mod tests {
    use super::*;

    /// Each kind is refused, or not, for what it is meant to be: `measure` looks.
    #[test]
    fn every_kind_is_what_it_says() {
        let requests = requests(1, 2);
        let samples = native(&requests).unwrap();
        assert_eq!(samples.len(), requests.arms.len());
        for samples in samples.values() {
            for kind in [&samples.early, &samples.forged, &samples.first, &samples.again] {
                assert_eq!(kind.len(), 1, "the round to warm up is not counted");
            }
        }
    }

    #[test]
    fn kinds_differ_in_nothing_that_costs() {
        for arm in requests(0, 1).arms {
            let round = &arm.rounds[0];
            assert_eq!(round.early[0].len(), round.good[0].len());
            assert_eq!(round.forged[0].len(), round.good[0].len());
        }
    }
}
