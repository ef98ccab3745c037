//! The rules that cover a request, and the single answer of all readings of its target.

use crate::few::Few;
use crate::ids::RuleId;

/// Rules, sorted, each once. Nearly all requests have one.
pub(crate) type Rules = Few<RuleId, 4>;

/// The rules that cover a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Choice {
    /// No reading of the target is covered by a rule.
    Nothing,
    /// Every reading chooses these rules, and all of them must allow.
    Rules(Rules),
    /// The readings disagree.
    Ambiguous {
        /// The rules of the least decoded reading that any rule covers. They give the answer.
        first: Rules,
        /// The rules of all readings.
        all: Rules,
    },
    /// The target is too long, or has too many readings.
    TooComplex,
}

impl Choice {
    pub(crate) fn agreed(rules: Rules) -> Self {
        if rules.is_empty() { Self::Nothing } else { Self::Rules(rules) }
    }

    /// Joins two choices. The result has the stricter of their kinds.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::TooComplex, _) | (_, Self::TooComplex) => Self::TooComplex,
            (one, Self::Nothing) | (Self::Nothing, one) => one,
            (Self::Rules(mut rules), Self::Rules(more)) => {
                more.iter().for_each(|rule| rules.insert_sorted(*rule));
                Self::Rules(rules)
            }
            (one, other) => {
                let (first, mut all) = one.into_parts();
                let (_, more) = other.into_parts();
                more.iter().for_each(|rule| all.insert_sorted(*rule));
                Self::Ambiguous { first, all }
            }
        }
    }

    fn into_parts(self) -> (Rules, Rules) {
        match self {
            Self::Nothing | Self::TooComplex => (Rules::new(), Rules::new()),
            Self::Rules(rules) => (rules.clone(), rules),
            Self::Ambiguous { first, all } => (first, all),
        }
    }
}

/// The rules that the readings have chosen so far.
pub(super) struct Tally {
    agreed: Option<Rules>,
    disagree: bool,
    first: Rules,
    all: Rules,
}

impl Tally {
    pub(super) const fn new() -> Self {
        Self { agreed: None, disagree: false, first: Rules::new(), all: Rules::new() }
    }

    pub(super) fn count(&mut self, rules: Rules) {
        match &self.agreed {
            Some(agreed) if *agreed == rules => return,
            Some(_) => self.disagree = true,
            None => self.agreed = Some(rules.clone()),
        }
        if self.first.is_empty() {
            self.first.clone_from(&rules);
        }
        rules.iter().for_each(|rule| self.all.insert_sorted(*rule));
    }

    pub(super) fn verdict(self) -> Choice {
        if !self.disagree {
            return Choice::agreed(self.agreed.unwrap_or_default());
        }
        Choice::Ambiguous { first: self.first, all: self.all }
    }
}
