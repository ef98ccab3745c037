//! The rules that cover a request, and the single answer of all readings of its target.

use crate::ids::RuleId;
use crate::index::insert_sorted;
use alloc::vec::Vec;

/// The rules that cover a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Choice {
    /// No reading of the target is covered by a rule.
    Nothing,
    /// Every reading chooses these rules, and all of them must allow.
    Rules(Vec<RuleId>),
    /// The readings disagree.
    Ambiguous {
        /// The rules of the least decoded reading that any rule covers. They give the answer.
        first: Vec<RuleId>,
        /// The rules of all readings.
        all: Vec<RuleId>,
    },
    /// The target is too long, or has too many readings.
    TooComplex,
}

impl Choice {
    pub(crate) fn agreed(rules: Vec<RuleId>) -> Self {
        if rules.is_empty() { Self::Nothing } else { Self::Rules(rules) }
    }

    /// Joins two choices. The result has the stricter of their kinds.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::TooComplex, _) | (_, Self::TooComplex) => Self::TooComplex,
            (one, Self::Nothing) | (Self::Nothing, one) => one,
            (Self::Rules(mut rules), Self::Rules(more)) => {
                more.into_iter().for_each(|rule| insert_sorted(&mut rules, rule));
                Self::Rules(rules)
            }
            (one, other) => {
                let (first, mut all) = one.into_parts();
                let (_, more) = other.into_parts();
                more.into_iter().for_each(|rule| insert_sorted(&mut all, rule));
                Self::Ambiguous { first, all }
            }
        }
    }

    fn into_parts(self) -> (Vec<RuleId>, Vec<RuleId>) {
        match self {
            Self::Nothing | Self::TooComplex => (Vec::new(), Vec::new()),
            Self::Rules(rules) => (rules.clone(), rules),
            Self::Ambiguous { first, all } => (first, all),
        }
    }
}

/// The rules that the readings have chosen so far.
pub(super) struct Tally {
    agreed: Option<Vec<RuleId>>,
    disagree: bool,
    first: Vec<RuleId>,
    all: Vec<RuleId>,
}

impl Tally {
    pub(super) const fn new() -> Self {
        Self { agreed: None, disagree: false, first: Vec::new(), all: Vec::new() }
    }

    pub(super) fn count(&mut self, rules: Vec<RuleId>) {
        match &self.agreed {
            Some(agreed) if *agreed == rules => return,
            Some(_) => self.disagree = true,
            None => self.agreed = Some(rules.clone()),
        }
        if self.first.is_empty() {
            self.first.clone_from(&rules);
        }
        rules.into_iter().for_each(|rule| insert_sorted(&mut self.all, rule));
    }

    pub(super) fn verdict(self) -> Choice {
        if !self.disagree {
            return Choice::agreed(self.agreed.unwrap_or_default());
        }
        Choice::Ambiguous { first: self.first, all: self.all }
    }
}
