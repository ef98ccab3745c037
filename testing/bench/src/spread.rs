//! Numbers from several rounds.

use serde_json::{Value, json};

/// The spread of the rounds: the median, and the two values between which nine of ten are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Spread {
    /// Of at least one round.
    pub(super) fn of(mut rounds: Vec<f64>) -> Option<Self> {
        rounds.sort_by(f64::total_cmp);
        let last = rounds.len().checked_sub(1)?;
        let at = |percent: usize| rounds[(last * percent + 50) / 100];
        Some(Self { median: at(50), low: at(5), high: at(95) })
    }

    /// For people: `2.1 (1.9 to 2.4)`.
    pub(super) fn text(self) -> String {
        let digits = usize::from(self.median.abs() < 100.0);
        format!("{:.digits$} ({})", self.median, range(self.low, self.high, digits))
    }

    /// For programs.
    pub(super) fn json(self) -> Value {
        json!({ "median": self.median, "p5": self.low, "p95": self.high })
    }
}

/// The rounds that were disturbed the least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Low {
    /// The least of all.
    pub(super) least: f64,
    /// A quarter of the rounds is at most this.
    pub(super) quarter: f64,
}

impl Low {
    /// Of at least one round.
    pub(super) fn of(rounds: &[f64]) -> Option<Self> {
        let mut sorted = rounds.to_vec();
        sorted.sort_by(f64::total_cmp);
        let least = *sorted.first()?;
        Some(Self { least, quarter: *sorted.get((sorted.len() - 1) / 4)? })
    }

    /// For people.
    pub(super) fn texts(self) -> [String; 2] {
        [self.least, self.quarter].map(|micros| format!("{micros:.1}"))
    }
}

/// From where to where, for people. In words, as either end may be below zero.
pub(super) fn range(low: f64, high: f64, digits: usize) -> String {
    format!("{low:.digits$} to {high:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_what_is_around_it() {
        let rounds = (0..=20).rev().map(f64::from).collect();
        let spread = Spread::of(rounds).unwrap();
        assert_eq!(spread, Spread { median: 10.0, low: 1.0, high: 19.0 });
        assert_eq!(spread.text(), "10.0 (1.0 to 19.0)");
        let below = Spread { median: 0.9, low: -0.7, high: 2.1 };
        assert_eq!(below.text(), "0.9 (-0.7 to 2.1)");
        assert_eq!(Spread::of(vec![250.4]).unwrap().text(), "250 (250 to 250)");
        assert_eq!(Spread::of(Vec::new()), None);
        let rounds: Vec<f64> = (0..=20).rev().map(f64::from).collect();
        assert_eq!(Low::of(&rounds), Some(Low { least: 0.0, quarter: 5.0 }));
        assert_eq!(Low::of(&[]), None);
    }
}
