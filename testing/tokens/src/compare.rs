//! Tokens, good and broken in many ways, read by us and by `jsonwebtoken`: whatever it refuses we
//! refuse, but for what is [listed](crate::listed) with its reason.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use jsonwebtoken::{DecodingKey, Validation};
use serde::Serialize;
use serde_json::Value;
use wicketgate_policy::Time;
use wicketgate_policy::jwt::{
    Algorithm, Audience, ClaimRules, KeySet, KeySource, Refusal, Untrusted, Verified,
};

use crate::issuer::Issuer;
use crate::listed::{LISTED, listed};
use crate::maker::Maker;

/// The outcome for the tokens.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// The number of tokens.
    pub tokens: usize,
    /// Accepted by both.
    pub accepted: usize,
    /// Refused by both.
    pub refused: usize,
    /// Refused by us alone: how often, by our reason.
    pub stricter: BTreeMap<String, usize>,
    /// Accepted by us alone: how often, by the row of [`LISTED`].
    pub listed: [usize; LISTED.len()],
    /// Accepted by us alone, and not listed: what `jsonwebtoken` said, and the token.
    pub unlisted: Vec<String>,
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.tokens += other.tokens;
        self.accepted += other.accepted;
        self.refused += other.refused;
        for (reason, times) in other.stricter {
            *self.stricter.entry(reason).or_default() += times;
        }
        for (sum, times) in self.listed.iter_mut().zip(other.listed) {
            *sum += times;
        }
        self.unlisted.extend(other.unlisted);
    }

    /// The faults of the outcome; empty if there are none.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !self.unlisted.is_empty() {
            let count = self.unlisted.len();
            faults.push(format!("{count} tokens were accepted by us alone and are not listed"));
        }
        // A generator that makes nothing good, or nothing bad, shows nothing.
        let dull = self.accepted < self.tokens / 20 || self.refused < self.tokens / 5;
        if dull || self.stricter.len() < 5 {
            faults.push("too few tokens are good, or too few are broken, to show anything".into());
        }
        for (row, _) in LISTED.iter().zip(self.listed).filter(|(_, times)| *times == 0) {
            faults.push(format!("a listed difference does not happen any more: {}", row.why));
        }
        faults
    }
}

/// Compares so many tokens, on every processor there is. The same seed makes the same tokens, but
/// for the time, which `jsonwebtoken` asks the system for.
///
/// # Errors
/// The clock of the system is not set.
pub fn compare(count: usize, seed: u64) -> Result<Outcome> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is not set")?;
    let now = Time::from_unix_millis(i64::try_from(seconds.as_secs())? * 1_000);
    ensure!(now.is_plausible(), "`jsonwebtoken` asks the system clock, and it is not set");
    // Blocks of one size with a seed each: who takes which makes no difference to the sum.
    let next = AtomicUsize::new(0);
    let sum = Mutex::new(Outcome::default());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                let sides = Algorithm::ALL.map(Side::new);
                loop {
                    let block = next.fetch_add(1, Ordering::Relaxed);
                    let Some(rest) = count.checked_sub(block * BLOCK).filter(|rest| *rest > 0)
                    else {
                        break;
                    };
                    let seed = seed.wrapping_add(u64::try_from(block).unwrap_or(u64::MAX));
                    let outcome = one_block(&sides, rest.min(BLOCK), seed, now);
                    if let Ok(mut sum) = sum.lock() {
                        sum.add(outcome);
                    }
                }
            });
        }
    });
    let outcome = sum.into_inner().ok().context("a thread panicked")?;
    ensure!(outcome.tokens == count, "only {} tokens were compared", outcome.tokens);
    Ok(outcome)
}

const BLOCK: usize = 10_000;

fn one_block(sides: &[Side], count: usize, seed: u64, now: Time) -> Outcome {
    let mut maker = Maker::new(seed, now.unix_millis() / 1_000);
    let mut outcome = Outcome { tokens: count, ..Outcome::default() };
    for _ in 0..count {
        let algorithm = maker.algorithm();
        let side = sides.iter().find(|side| side.issuer.algorithm() == algorithm).unwrap();
        let (token, text) = maker.token(&side.issuer);
        let ours = side.ours(&token, now);
        let theirs = jsonwebtoken::decode::<Value>(&token, &side.theirs, &side.validation);
        match (ours, theirs) {
            (Ok(_), Ok(_)) => outcome.accepted += 1,
            (Err(_), Err(_)) => outcome.refused += 1,
            (Err(refusal), Ok(_)) => {
                let reason = format!("{}: {refusal:?}", refusal.reason().code());
                *outcome.stricter.entry(reason).or_default() += 1;
            }
            (Ok(_), Err(error)) => {
                let said = format!("{error} {error:?}");
                match listed(&said, &text) {
                    Some(row) => outcome.listed[row] += 1,
                    None => {
                        let token = String::from_utf8_lossy(&token);
                        outcome.unlisted.push(format!("{said}\n  {token}\n  {text}"));
                    }
                }
            }
        }
    }
    outcome
}

/// One algorithm's key, as both read it.
struct Side {
    issuer: Issuer,
    keys: KeySet,
    theirs: DecodingKey,
    validation: Validation,
}

impl Side {
    fn new(algorithm: Algorithm) -> Self {
        let issuer = Issuer::new(algorithm);
        let jwk = issuer.jwk();
        let keys = KeySet::parse(jwk.to_string().as_bytes(), KeySource::Environment).unwrap();
        let theirs = DecodingKey::from_jwk(&serde_json::from_value(jwk).unwrap()).unwrap();
        let mut validation = Validation::new(match algorithm {
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::Es384 => jsonwebtoken::Algorithm::ES384,
            Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        });
        validation.set_issuer(&["https://issuer.example"]);
        validation.set_audience(&["gate"]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = 0;
        Self { issuer, keys, theirs, validation }
    }

    fn ours(&self, token: &[u8], now: Time) -> Result<Verified, Refusal> {
        let rules =
            ClaimRules::new("https://issuer.example", Audience::AnyOf(["gate".into()].into()));
        let token = Untrusted::parse(token)?;
        let check = token.check(&self.keys)?;
        let answer = check.verify().ok_or(Refusal::SignatureUnchecked)?;
        token.signed(&check, &answer)?.claims(&rules, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short form of `cargo xtask tokens`.
    #[test]
    fn twenty_thousand_tokens() {
        let outcome = compare(20_000, 20_261_123).unwrap();
        assert!(
            outcome.faults().is_empty(),
            "{:?}\n{}",
            outcome.faults(),
            outcome.unlisted.join("\n")
        );
    }

    #[test]
    fn an_unlisted_token_is_a_fault() {
        let good = Outcome {
            tokens: 100,
            accepted: 30,
            refused: 60,
            stricter: (0..6).map(|reason| (reason.to_string(), 1)).collect(),
            listed: [1; LISTED.len()],
            unlisted: Vec::new(),
        };
        assert!(good.faults().is_empty());
        for bad in [
            Outcome { unlisted: vec!["InvalidSignature".into()], ..good.clone() },
            Outcome { listed: [0; LISTED.len()], ..good.clone() },
            Outcome { accepted: 0, ..good.clone() },
            Outcome { stricter: BTreeMap::new(), ..good.clone() },
        ] {
            assert!(!bad.faults().is_empty(), "{bad:?}");
        }
    }
}
