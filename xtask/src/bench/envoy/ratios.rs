//! What the gate may cost, beside what else is there.

use super::results::{Results, median};

/// A bound on the quotient of what two arms cost above no filter.
pub(crate) struct Bound {
    pub(crate) what: &'static str,
    arm: &'static str,
    to: &'static str,
    pub(crate) most: f64,
}

/// The bounds.
pub(crate) const BOUNDS: [Bound; 10] = [
    bound("the gate on a public path / no-op wasm", "gate-public", "noop", 1.3),
    bound("the gate, token and address / no-op wasm", "gate", "noop", 1.9),
    bound("the gate, token and address / api_key_auth and rbac", "gate", "api-key-rbac", 2.0),
    bound("the gate, token and address / lua", "gate", "lua", 1.3),
    bound("the gate, token and address / ext_authz over HTTP", "gate", "ext-authz", 0.15),
    bound(
        "the gate, HS256 cached / jwt_authn, HS256 uncached",
        "gate-hs256-cached",
        "jwt-authn-hs256-uncached",
        0.5,
    ),
    bound(
        "the gate, RS256 uncached / jwt_authn, RS256 uncached",
        "gate-rs256-uncached",
        "jwt-authn-rs256-uncached",
        1.5,
    ),
    bound("the gate, 10,000 rules / 1", "gate-10k-rules", "gate", 1.1),
    bound("the gate, 1,000,000 networks / 1", "gate-1m-networks", "gate", 1.1),
    bound("the gate, 10,000 keys / 1", "gate-10k-keys", "gate-1-key", 1.1),
];

const fn bound(what: &'static str, arm: &'static str, to: &'static str, most: f64) -> Bound {
    Bound { what, arm, to, most }
}

/// A quotient: of the medians of the paired differences, and where it is with 95 % of the samples
/// that could have been drawn from the same rounds (bootstrap).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ratio {
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Bound {
    /// What was measured, if both arms were.
    pub(crate) fn ratio(&self, results: &Results) -> Option<Ratio> {
        Ratio::of(&results.above(self.arm)?, &results.above(self.to)?)
    }

    pub(crate) fn is_met(&self, ratio: Ratio) -> bool {
        ratio.value <= self.most
    }
}

impl Ratio {
    fn of(over: &[f64], under: &[f64]) -> Option<Self> {
        let quotient = |over: &[f64], under: &[f64]| Some(median(over)? / median(under)?);
        let value = quotient(over, under)?;
        let mut random = fastrand::Rng::with_seed(1);
        // Both of one round are drawn together: they are a pair.
        let mut drawn = || {
            let rounds: Vec<usize> = over.iter().map(|_| random.usize(..over.len())).collect();
            let pick = |from: &[f64]| -> Option<Vec<f64>> {
                rounds.iter().map(|&round| from.get(round).copied()).collect()
            };
            quotient(&pick(over)?, &pick(under)?)
        };
        let mut samples: Vec<f64> = (0..SAMPLES).filter_map(|_| drawn()).collect();
        samples.sort_by(f64::total_cmp);
        let at = |part: usize| samples.get(SAMPLES * part / 1_000).copied();
        Some(Self { value, low: at(25)?, high: at(975)? })
    }
}

const SAMPLES: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_of_medians_with_its_interval() {
        let over: Vec<f64> = (0..21).map(|n| 8.0 + f64::from(n) / 5.0).collect();
        let ratio = Ratio::of(&over, &[5.0; 21]).unwrap();
        assert!((ratio.value - 2.0).abs() < 1e-9, "{ratio:?}");
        assert!(ratio.low > 1.6 && ratio.low < 2.0 && ratio.high > 2.0 && ratio.high < 2.4);
        // One round has nothing to be drawn differently.
        let one = Ratio::of(&[3.0], &[2.0]).unwrap();
        assert_eq!(one, Ratio { value: 1.5, low: 1.5, high: 1.5 });
        assert_eq!(Ratio::of(&[], &[]), None);
    }

    #[test]
    fn more_than_the_bound_is_missed() {
        let bound = bound("x", "a", "b", 1.3);
        let ratio = |value| Ratio { value, low: value, high: value };
        assert!(bound.is_met(ratio(1.3)) && !bound.is_met(ratio(1.31)));
        assert_eq!(bound.ratio(&Results::default()), None);
    }
}
