//! Numbers from several rounds.

use serde_json::{Value, json};

/// What the rounds say: the middle one, and those between which nine of ten are.
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

    /// For people: `2.1 (1.9-2.4)`.
    pub(super) fn text(self) -> String {
        let digits = usize::from(self.median.abs() < 100.0);
        format!("{:.digits$} ({:.digits$}-{:.digits$})", self.median, self.low, self.high)
    }

    /// For programs.
    pub(super) fn json(self) -> Value {
        json!({ "median": self.median, "p5": self.low, "p95": self.high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_what_is_around_it() {
        let rounds = (0..=20).rev().map(f64::from).collect();
        let spread = Spread::of(rounds).unwrap();
        assert_eq!(spread, Spread { median: 10.0, low: 1.0, high: 19.0 });
        assert_eq!(spread.text(), "10.0 (1.0-19.0)");
        assert_eq!(Spread::of(vec![250.4]).unwrap().text(), "250 (250-250)");
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
