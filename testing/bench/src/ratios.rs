//! Bounds for the cost of the gate, compared with other programs.

use super::results::{Results, median};

/// The quotient of what two arms cost above none, and what it may be.
pub(crate) struct Bound {
    pub(crate) what: &'static str,
    arm: &'static str,
    to: &'static str,
    /// The most that it may be; none where it only tells.
    pub(crate) most: Option<f64>,
}

/// The quotient `what` of `arm` to `to`.
pub(super) const fn bound(
    what: &'static str,
    arm: &'static str,
    to: &'static str,
    most: f64,
) -> Bound {
    Bound { what, arm, to, most: Some(most) }
}

/// The same where nothing is bound: it tells what the others mean.
pub(super) const fn beside(what: &'static str, arm: &'static str, to: &'static str) -> Bound {
    Bound { what, arm, to, most: None }
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
    /// The measured ratio, if both arms were measured.
    pub(crate) fn ratio(&self, results: &Results) -> Option<Ratio> {
        Ratio::of(&results.above(self.arm)?, &results.above(self.to)?)
    }

    pub(crate) fn verdict(&self, ratio: Ratio) -> Verdict {
        match self.most {
            _ if ratio.is_noise() => Verdict::Noise,
            None => Verdict::Told,
            Some(most) if ratio.value <= most => Verdict::Met,
            Some(_) => Verdict::Missed,
        }
    }
}

/// What a ratio says of a bound.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// Nothing is bound.
    Told,
    Met,
    Missed,
    /// The rounds differ by so much that the number says nothing.
    Noise,
}

impl Ratio {
    /// Returns `true` if the interval holds numbers of which one is twice another.
    fn is_noise(self) -> bool {
        self.low <= 0.0 || self.high > 2.0 * self.low
    }

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
        assert_eq!(bound.verdict(ratio(1.3)), Verdict::Met);
        assert_eq!(bound.verdict(ratio(1.31)), Verdict::Missed);
        assert_eq!(bound.ratio(&Results::default()), None);
        assert_eq!(beside("x", "a", "b").verdict(ratio(100.0)), Verdict::Told);
        let spread = |low, high| Ratio { value: 1.0, low, high };
        for noise in [spread(0.6, 1.3), spread(-0.1, 1.1), spread(0.0, 0.0)] {
            assert_eq!(bound.verdict(noise), Verdict::Noise, "{noise:?}");
        }
        assert_eq!(bound.verdict(spread(0.7, 1.4)), Verdict::Met);
    }
}
