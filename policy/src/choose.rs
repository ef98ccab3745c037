//! Chooses the rules that cover a request: patterns, their containment, authorities.

mod authority;
mod choice;
mod foreign;
#[cfg(feature = "explain")]
pub(crate) mod looks;
mod pattern;
mod router;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use authority::{Authorities, Authority, HostSet, is_authority, is_host};
pub(crate) use choice::{Choice, Rules};
pub(crate) use pattern::Pattern;
pub(crate) use router::Router;

use crate::header::Actions;
use crate::path::{Aliases, TooComplex};
use router::Form;
use search::Search;

/// The parts of a request by which rules are chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) target: &'a [u8],
    /// The authority in the request's headers. If the target names another, the search finds that
    /// out.
    pub(crate) authority: Authority,
    pub(crate) authorities: &'a Authorities,
    pub(crate) aliases: &'a Aliases,
    /// The policy's public actions.
    pub(crate) actions: &'a Actions,
}

/// What rules do not tell about a target, and what matters if no credential is asked for. Both are
/// about the first router, that of the rules in force.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Doubts {
    /// Some reading of it, or some path in its query, is covered by no rule on some host that the
    /// request could be for.
    pub(crate) uncovered: bool,
    /// It runs a handler without naming it.
    pub(crate) unclear: bool,
}

impl Doubts {
    /// The doubts of both.
    const fn and(self, other: Self) -> Self {
        Self { uncovered: self.uncovered | other.uncovered, unclear: self.unclear | other.unclear }
    }
}

/// Chooses the rules for a target, over all its readings and their aliases, and for the paths that
/// the origin takes from its query. All routers share one search.
pub(crate) fn choose<const N: usize>(
    routers: [&Router; N],
    asked: Asked<'_>,
) -> ([Choice; N], Doubts) {
    if routers.iter().all(|router| router.is_empty()) {
        return (routers.map(|_| Choice::Nothing), Doubts::default());
    }
    if let Some(chosen) = at_once(routers, asked) {
        return chosen;
    }
    let mut search = Search::new(routers, asked);
    let all = search.all();
    let mut choices = all.unwrap_or_else(|TooComplex| routers.map(|_| Choice::TooComplex));
    for (router, choice) in routers.iter().zip(&mut choices) {
        if router.is_empty() {
            *choice = Choice::Nothing;
        }
    }
    (choices, search.doubts)
}

/// The choice of [`Search`] for a target that has one reading, one form and no alias: one look in
/// each router. Most requests have such a target.
fn at_once<const N: usize>(
    routers: [&Router; N],
    asked: Asked<'_>,
) -> Option<([Choice; N], Doubts)> {
    if !routers.iter().all(|router| router.is_folded()) {
        return None;
    }
    let path = asked.aliases.simple(asked.target)?;
    let mut doubts = None;
    let choices = routers.map(|router| {
        if router.is_empty() {
            doubts.get_or_insert(Doubts { uncovered: true, unclear: false });
            return Choice::Nothing;
        }
        let found = router.rules(path, asked.authority, Form::AsIs);
        doubts.get_or_insert(Doubts { uncovered: !found.everywhere, unclear: false });
        Choice::agreed(found.rules)
    });
    Some((choices, doubts.unwrap_or_default()))
}
