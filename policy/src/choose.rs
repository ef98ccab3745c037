//! Which rules cover a request: patterns, their containment, authorities.

mod authority;
mod pattern;
mod router;

pub(crate) use authority::{Authorities, Authority, HostSet, is_authority};
pub(crate) use pattern::Pattern;
pub(crate) use router::{Router, RuleId};

use crate::index::insert_sorted;
use crate::path::{Aliases, before_query, fold, fold_plain, is_folded, is_plain, readings};
use alloc::vec::Vec;

/// What covers a request.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Choice {
    /// No reading of the target is covered by a rule.
    Nothing,
    /// Every reading chooses these rules, and all of them must allow.
    Rules(Vec<RuleId>),
    /// The readings disagree.
    Ambiguous {
        /// What the least decoded covered reading chooses: its rules answer.
        first: Vec<RuleId>,
        /// What any reading chooses.
        all: Vec<RuleId>,
    },
    /// The target is beyond what is read.
    TooComplex,
}

/// Chooses the rules for a target, over all its readings and their aliases.
pub(crate) fn choose(
    router: &Router,
    aliases: &Aliases,
    target: &[u8],
    authority: Authority,
) -> Choice {
    if router.is_empty() {
        return Choice::Nothing;
    }
    let path = before_query(target);
    if is_plain(path) {
        let as_is = look(router, aliases, path, authority, Form::AsIs);
        if is_folded(path) && router.is_folded() {
            return match as_is {
                rules if rules.is_empty() => Choice::Nothing,
                rules => Choice::Rules(rules),
            };
        }
        let mut tally = Tally::default();
        tally.count(as_is);
        let mut buffer = [0_u8; 256];
        match fold_plain(path, &mut buffer) {
            Some(folded) => tally.count(look(router, aliases, folded, authority, Form::Folded)),
            None => tally.count(look(router, aliases, &fold(path), authority, Form::Folded)),
        }
        return tally.verdict();
    }
    // What is in the path says nothing about which authority an absolute form names.
    let authority = if path.first() == Some(&b'/') { authority } else { Authority::Strange };
    let Ok(readings) = readings(path) else { return Choice::TooComplex };
    let mut tally = Tally::default();
    for reading in &readings {
        tally.count(look(router, aliases, reading, authority, Form::AsIs));
        tally.count(look(router, aliases, &fold(reading), authority, Form::Folded));
    }
    tally.verdict()
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Form {
    AsIs,
    Folded,
}

/// The rules of one reading: its own and those of the paths that are the same handler.
fn look(
    router: &Router,
    aliases: &Aliases,
    path: &[u8],
    authority: Authority,
    form: Form,
) -> Vec<RuleId> {
    let folded = form == Form::Folded;
    let mut rules = router.rules(path, authority, folded);
    if !aliases.is_empty() {
        aliases.each(path, |alias| {
            for rule in router.rules(alias, authority, folded) {
                insert_sorted(&mut rules, rule);
            }
        });
    }
    rules
}

/// What the readings have chosen so far.
#[derive(Default)]
struct Tally {
    agreed: Option<Vec<RuleId>>,
    disagree: bool,
    first: Vec<RuleId>,
    all: Vec<RuleId>,
}

impl Tally {
    fn count(&mut self, rules: Vec<RuleId>) {
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

    fn verdict(self) -> Choice {
        if !self.disagree {
            return match self.agreed {
                Some(rules) if !rules.is_empty() => Choice::Rules(rules),
                _ => Choice::Nothing,
            };
        }
        Choice::Ambiguous { first: self.first, all: self.all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Stack;

    fn router(patterns: &[(&str, u32)]) -> Router {
        let mut router = Router::default();
        for (pattern, rule) in patterns {
            router.add(Pattern::parse(pattern).unwrap(), RuleId(*rule), HostSet::Any);
        }
        router
    }

    fn ask(router: &Router, target: &str) -> Choice {
        choose(router, &Aliases::default(), target.as_bytes(), Authority::Strange)
    }

    fn rules(ids: &[u32]) -> Choice {
        Choice::Rules(ids.iter().map(|id| RuleId(*id)).collect())
    }

    #[test]
    fn all_readings_of_a_wide_rule_agree() {
        let router = router(&[("/*", 0)]);
        for target in ["/", "/a%20b", "/x/../y", "/A//b;c", "/%2e%2e/x?q=%2e", "/a/b"] {
            assert_eq!(ask(&router, target), rules(&[0]), "{target}");
        }
    }

    #[test]
    fn public_riddles_are_public() {
        let router = router(&[("/internal/*", 0)]);
        for target in
            ["/a%20b", "/x/../y", "/%2e%2e/x", "/internalx", "/a/internal", "/?x=/internal"]
        {
            assert_eq!(ask(&router, target), Choice::Nothing, "{target}");
        }
    }

    #[test]
    fn readings_that_disagree_are_ambiguous() {
        let router = router(&[("/internal/*", 0), ("/balance/{id}", 1), ("/balance/admin", 2)]);
        for target in
            ["/x/../internal", "/INTERNAL", "/internal/%2e%2e/x", "//internal/x", "/balance/ADMIN"]
        {
            assert!(matches!(ask(&router, target), Choice::Ambiguous { .. }), "{target}");
        }
        assert_eq!(ask(&router, "/internal/a%20b"), rules(&[0]));
        assert_eq!(ask(&router, "/internal/"), rules(&[0]));
        assert_eq!(ask(&router, "/balance/Alice"), rules(&[1]));
    }

    #[test]
    fn the_least_decoded_covered_reading_answers() {
        let router = router(&[("/a/*", 0), ("/b/*", 1)]);
        assert_eq!(
            ask(&router, "/a/%2e%2e/b"),
            Choice::Ambiguous { first: [RuleId(0)].into(), all: [RuleId(0), RuleId(1)].into() }
        );
    }

    #[test]
    fn aliases_add_their_rules() {
        let router = router(&[("/internal/*", 0), ("/api/*", 1)]);
        let aliases = Aliases::new(Some(Stack::Fastapi), &["/api"], &[]);
        let ask = |target: &[u8]| choose(&router, &aliases, target, Authority::Strange);
        assert_eq!(ask(b"/api/internal/x"), rules(&[0, 1]));
        assert_eq!(ask(b"/api/x"), rules(&[1]));
        assert_eq!(ask(b"/x"), Choice::Nothing);
    }
}
