//! Bounds for the cost of the gate in a Worker, compared with other programs.

use crate::ratios::{Bound, bound};

/// The bounds. The others change what the gate changes.
pub(crate) const BOUNDS: [Bound; 2] = [
    bound("the gate, token and address / hono", "gate", "hono-edits", 0.7),
    bound("the gate, token and address / JavaScript by hand", "gate", "javascript-edits", 2.0),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{ArmResult, Results};

    #[test]
    fn every_bound_is_on_arms_that_there_are() {
        let arm = |name: String| ArmResult {
            name,
            what: String::new(),
            base: Some("floor".to_owned()),
            micros: vec![1.0],
        };
        let kit = super::super::arms::Kit { secret: "a".repeat(43), signed: Vec::new() };
        let mut arms: Vec<_> = kit.arms().into_iter().map(|a| arm(a.name)).collect();
        arms[0].micros = vec![0.0];
        let results = Results { arms, ..Results::default() };
        assert!(BOUNDS.iter().all(|bound| bound.ratio(&results).is_some()));
    }
}
