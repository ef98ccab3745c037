//! The stored measurements.

use serde::{Deserialize, Serialize};

/// Everything of one run.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Results {
    pub(crate) machine: String,
    pub(crate) versions: Vec<(String, String)>,
    pub(crate) rounds: usize,
    pub(crate) requests: usize,
    pub(crate) arms: Vec<ArmResult>,
    pub(crate) latencies: Vec<Latency>,
    pub(crate) footprints: Vec<Footprint>,
}

/// CPU time of the server for a request, in microseconds, a number for each round.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct ArmResult {
    pub(crate) name: String,
    pub(crate) what: String,
    pub(crate) base: Option<String>,
    pub(crate) micros: Vec<f64>,
}

/// The time of answers, in microseconds: medians of the runs.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Latency {
    pub(crate) name: String,
    pub(crate) what: String,
    /// Requests a second: half of what the worker can.
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Memory and start time of an Envoy that does nothing yet: medians of the starts.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Footprint {
    pub(crate) what: String,
    pub(crate) workers: usize,
    /// Memory in use, in MiB.
    pub(crate) mebibytes: f64,
    /// From its start until it answers, in milliseconds.
    pub(crate) start: f64,
}

impl Results {
    pub(crate) fn arm(&self, name: &str) -> Option<&ArmResult> {
        self.arms.iter().find(|arm| arm.name == name)
    }

    /// The cost of an arm above the one without a gate, round by round: a slow machine slows both.
    pub(crate) fn above(&self, name: &str) -> Option<Vec<f64>> {
        let arm = self.arm(name)?;
        let base = self.arm(arm.base.as_deref()?)?;
        Some(arm.micros.iter().zip(&base.micros).map(|(arm, base)| arm - base).collect())
    }
}

/// Two digits after the point, for files that are read.
pub(crate) fn two_digits(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// The middle one, or the mean of the two.
pub(crate) fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let high = sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 { *high } else { (sorted.get(middle - 1)? + high) / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn what_is_common_is_subtracted_round_by_round() {
        let arm = |name: &str, base: Option<&str>, micros: &[f64]| ArmResult {
            name: name.to_owned(),
            what: String::new(),
            base: base.map(str::to_owned),
            micros: micros.to_vec(),
        };
        let results = Results {
            arms: vec![arm("none", None, &[30.0, 60.0]), arm("x", Some("none"), &[34.0, 65.0])],
            ..Results::default()
        };
        assert_eq!(results.above("x"), Some(vec![4.0, 5.0]));
        assert_eq!(results.above("none"), None);
        assert_eq!(results.above("y"), None);
    }
}
