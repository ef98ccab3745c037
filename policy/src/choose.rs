//! Chooses the rules that cover a request: patterns, their containment, authorities.

mod authority;
mod foreign;
#[cfg(feature = "explain")]
pub(crate) mod looks;
mod pattern;
mod router;

pub(crate) use authority::{Authorities, Authority, HostSet, is_authority};
pub(crate) use pattern::Pattern;
use router::Form;
pub(crate) use router::{Router, RuleId};

use crate::header::Actions;
use crate::index::insert_sorted;
use crate::path::{
    Aliases, Budget, MAX_LEN, TooComplex, actions, before_query, fold, fold_end, fold_plain,
    fold_wide, inner_targets, is_folded, is_plain, readings,
};
use alloc::borrow::Cow;
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

/// Chooses the rules for a target, over all its readings and their aliases, and for the paths that
/// the origin takes from its query. All routers share one search.
pub(crate) fn choose<const N: usize>(routers: [&Router; N], asked: Asked<'_>) -> [Choice; N] {
    if routers.iter().all(|router| router.is_empty()) {
        return routers.map(|_| Choice::Nothing);
    }
    let all = Search::new(routers, asked).all();
    let mut choices = all.unwrap_or_else(|TooComplex| routers.map(|_| Choice::TooComplex));
    for (router, choice) in routers.iter().zip(&mut choices) {
        if router.is_empty() {
            *choice = Choice::Nothing;
        }
    }
    choices
}

/// Inner targets that are read from one query. Next.js itself refuses a second `url`.
const MAX_INNER: usize = 8;

/// A path with its aliases.
struct Paths<'p> {
    path: &'p [u8],
    aliases: Vec<Cow<'p, [u8]>>,
}

impl Paths<'_> {
    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        core::iter::once(self.path).chain(self.aliases.iter().map(AsRef::as_ref))
    }

    /// Each path, with `true` if it was put together from parts.
    fn each(&self) -> impl Iterator<Item = (&[u8], bool)> {
        let aliases = self.aliases.iter().map(|alias| (&**alias, matches!(alias, Cow::Owned(_))));
        core::iter::once((self.path, false)).chain(aliases)
    }

    fn alias_bytes(&self) -> usize {
        self.aliases.iter().map(|alias| alias.len()).sum()
    }
}

struct Search<'s, const N: usize> {
    routers: [&'s Router; N],
    asked: Asked<'s>,
    /// It becomes strange with the first reading that names another host.
    authority: Authority,
    budget: Budget,
    /// There was a reading for which the origin asks itself for another path.
    asks_itself: bool,
}

impl<'s, const N: usize> Search<'s, N> {
    fn new(routers: [&'s Router; N], asked: Asked<'s>) -> Self {
        let authority = asked.authority;
        Self { routers, asked, authority, budget: Budget::new(), asks_itself: false }
    }

    fn all(mut self) -> Result<[Choice; N], TooComplex> {
        let target = self.asked.target;
        let mut choices = self.one(target)?;
        let aliases = self.asked.aliases;
        let actions = actions(target, aliases.names_in_query(), MAX_INNER + 1);
        if !self.asks_itself && actions.is_empty() {
            return Ok(choices);
        }
        // Without a bound, the query of one request could cause the work of many.
        if target.len() > MAX_LEN {
            return Err(TooComplex);
        }
        let mut inner_targets = if self.asks_itself {
            inner_targets(target, aliases.inner_names(), MAX_INNER + 1)
        } else {
            Vec::new()
        };
        inner_targets.extend(actions);
        if inner_targets.len() > MAX_INNER {
            return Err(TooComplex);
        }
        // The origin asks itself for the inner target, so that must be allowed too. An inner target
        // that has an inner target itself counts as too complex.
        for inner in inner_targets {
            self.asks_itself = false;
            let inner = self.one(&inner)?;
            if self.asks_itself {
                return Err(TooComplex);
            }
            for (choice, inner) in choices.iter_mut().zip(inner) {
                *choice = core::mem::replace(choice, Choice::Nothing).and(inner);
            }
        }
        Ok(choices)
    }

    /// The choices for one target.
    fn one(&mut self, target: &[u8]) -> Result<[Choice; N], TooComplex> {
        let path = before_query(target);
        let mut tallies = [const { Tally::new() }; N];
        if is_plain(path) {
            self.plain(path, &mut tallies)?;
        } else {
            for reading in self.readings(path)? {
                self.reading(&reading, &fold(&reading), false, &mut tallies)?;
            }
        }
        Ok(tallies.map(Tally::verdict))
    }

    /// The readings of a path that is not plain. If one names a host, the authority is strange from
    /// now on.
    fn readings(&mut self, path: &[u8]) -> Result<Vec<Vec<u8>>, TooComplex> {
        let (authority, authorities) = (self.asked.authority, self.asked.authorities);
        let is_own = |named: &[u8]| authorities.classify(Some(named)) == authority;
        let readings = readings(path, &mut self.budget, &is_own)?;
        // The path does not tell which authority an absolute form names.
        if readings.names_host || path.first() != Some(&b'/') {
            self.authority = Authority::Strange;
        }
        Ok(readings.paths)
    }

    fn plain(&mut self, path: &[u8], tallies: &mut [Tally; N]) -> Result<(), TooComplex> {
        if is_folded(path) {
            return self.reading(path, path, true, tallies);
        }
        let mut buffer = [0_u8; 256];
        let longer;
        let folded = match fold_plain(path, &mut buffer) {
            Some(folded) => folded,
            None => {
                longer = fold(path);
                &longer
            }
        };
        self.reading(path, folded, true, tallies)
    }

    /// Tallies the rules that a reading chooses: as it stands, folded, and filled if that is
    /// possible.
    fn reading(
        &mut self,
        path: &[u8],
        folded: &[u8],
        is_plain: bool,
        tallies: &mut [Tally; N],
    ) -> Result<(), TooComplex> {
        let as_is = self.paths(path)?;
        let mut bytes = as_is.alias_bytes();
        let is_folded = folded == path;
        let folded = if is_folded { None } else { Some(self.paths(folded)?) };
        bytes = bytes.max(folded.as_ref().map_or(0, Paths::alias_bytes));
        self.budget.charge(bytes)?;
        let folded = folded.as_ref().unwrap_or(&as_is);
        // Aliases that are merely cut from a plain, folded path need no folding.
        let one_look =
            is_plain && is_folded && !as_is.each().any(|(path, made)| made || path.ends_with(b"/"));
        let may_fill = self.asked.aliases.has_empty_segments();
        for (router, tally) in self.routers.iter().zip(tallies) {
            if router.is_empty() {
                continue;
            }
            let rules = self.look(router, &as_is, Form::AsIs);
            if one_look && router.is_folded() {
                tally.count(rules);
                continue;
            }
            tally.count(rules.clone());
            tally.count(self.look(router, folded, Form::Folded));
            if may_fill {
                tally.count(self.filled(router, &as_is, rules));
            }
        }
        Ok(())
    }

    /// A path with its aliases. Remembers what else the path's shape asks for.
    fn paths<'p>(&mut self, path: &'p [u8]) -> Result<Paths<'p>, TooComplex> {
        let aliases = self.asked.aliases;
        let found = aliases.of(path, self.budget.bytes()).map_err(|_| TooComplex)?;
        let paths = Paths { path, aliases: found };
        self.asks_itself |= paths.iter().any(|path| aliases.asks_itself(path));
        Ok(paths)
    }

    /// The rules of one reading: its own, and those of the other paths of the same handler.
    fn look(&self, router: &Router, paths: &Paths<'_>, form: Form) -> Vec<RuleId> {
        let mut rules = Vec::new();
        let named = match paths.aliases.as_slice() {
            [] => Vec::new(),
            _ if form == Form::Filled => Vec::new(),
            _ => router.named(paths.path, self.authority, form),
        };
        for (place, (path, made)) in paths.each().enumerate() {
            if self.asked.aliases.names_any(path) {
                let every = router.every_rule(self.authority);
                every.into_iter().for_each(|rule| insert_sorted(&mut rules, rule));
                continue;
            }
            let path = match form {
                Form::AsIs => Cow::Borrowed(path),
                // A path that was put together may have blanks and empty segments where its parts
                // meet.
                Form::Folded if made => Cow::Owned(fold(path)),
                Form::Folded => Cow::Borrowed(fold_end(path)),
                Form::Filled => match fillable(path) {
                    Some(path) => path,
                    None => continue,
                },
            };
            let besides = if place == 0 { &[][..] } else { &named };
            let mut own = router.rules_besides(besides, &path, self.authority, form);
            if own.is_empty()
                && self.names_action(&path)
                && router.rules(&path, self.authority, form).is_empty()
            {
                own = router.every_rule(self.authority);
            }
            own.into_iter().for_each(|rule| insert_sorted(&mut rules, rule));
        }
        rules
    }

    /// Returns `true` if a path runs an action that the policy does not name as public. The path
    /// does not tell whose action it is, so every rule counts.
    fn names_action(&self, path: &[u8]) -> bool {
        let action = self.asked.aliases.action(path);
        action.is_some_and(|action| !self.asked.actions.is_public(action))
    }

    /// The rules if the origin takes an empty segment for a parameter: those of the path as it
    /// stands, and of every pattern with an open segment there.
    fn filled(&self, router: &Router, paths: &Paths<'_>, as_is: Vec<RuleId>) -> Vec<RuleId> {
        let mut rules = self.look(router, paths, Form::Filled);
        as_is.into_iter().for_each(|rule| insert_sorted(&mut rules, rule));
        rules
    }
}

/// The path in lower case, if it has an empty segment.
fn fillable(path: &[u8]) -> Option<Cow<'_, [u8]>> {
    path.split(|&byte| byte == b'/').skip(1).any(<[u8]>::is_empty).then_some(())?;
    if path.iter().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Some(Cow::Borrowed(path));
    }
    let mut lower = fold_wide(path);
    lower.make_ascii_lowercase();
    Some(Cow::Owned(lower))
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
struct Tally {
    agreed: Option<Vec<RuleId>>,
    disagree: bool,
    first: Vec<RuleId>,
    all: Vec<RuleId>,
}

impl Tally {
    const fn new() -> Self {
        Self { agreed: None, disagree: false, first: Vec::new(), all: Vec::new() }
    }

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
            return Choice::agreed(self.agreed.unwrap_or_default());
        }
        Choice::Ambiguous { first: self.first, all: self.all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::Stack;

    fn router(patterns: &[(&str, u32)]) -> Router {
        let mut router = Router::default();
        for (pattern, rule) in patterns {
            router.add(Pattern::parse(pattern).unwrap(), RuleId(*rule), HostSet::Any);
        }
        router
    }

    fn choose_with(router: &Router, aliases: &Aliases, target: &[u8]) -> Choice {
        let authorities = &Authorities::default();
        let actions = &Actions::These(Vec::new());
        let asked = Asked { target, authority: Authority::Strange, authorities, aliases, actions };
        let [choice] = choose([router], asked);
        choice
    }

    fn ask(router: &Router, target: &str) -> Choice {
        choose_with(router, &Aliases::default(), target.as_bytes())
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
    fn an_empty_segment_may_be_a_parameter() {
        let router = router(&[("/balance/{id}", 0), ("/a/*", 1), ("/a/{x}/z", 2)]);
        let ask =
            |stack, target: &[u8]| choose_with(&router, &Aliases::new(stack, &[], &[]), target);
        for target in [&b"/balance/"[..], b"/BALANCE/?x", b"/%62alance/", b"//balance/"] {
            for stack in [None, Some(Stack::Fastify)] {
                assert!(matches!(ask(stack, target), Choice::Ambiguous { .. }), "{target:?}");
            }
            assert_eq!(ask(Some(Stack::Flask), target), Choice::Nothing, "{target:?}");
        }
        assert_eq!(ask(None, b"/a/"), rules(&[1]));
        let listed = self::router(&[("/jobs", 0), ("/jobs/", 0), ("/*", 1)]);
        let unnamed = Aliases::new(None, &[], &[]);
        let ask_listed = |target: &[u8]| choose_with(&listed, &unnamed, target);
        assert_eq!(ask_listed(b"/jobs/"), rules(&[0]));
        assert_eq!(ask(None, b"/a/b/"), rules(&[1]));
        assert_eq!(ask(None, b"/"), Choice::Nothing);
        // An empty segment counts anywhere, also with a slash behind it that the origin may drop.
        for target in [&b"/a//z"[..], b"/A//z/", b"/a/%2fz?x"] {
            assert!(matches!(ask(None, target), Choice::Ambiguous { .. }), "{target:?}");
        }
        assert_eq!(ask(Some(Stack::Flask), b"/a//z?x"), rules(&[1]));
        let root = self::router(&[("/{x}", 0)]);
        let ask_root = |target: &[u8]| choose_with(&root, &unnamed, target);
        assert!(matches!(ask_root(b"/"), Choice::Ambiguous { .. }));
    }

    #[test]
    fn aliases_add_their_rules() {
        let router = router(&[("/internal/*", 0), ("/api/*", 1)]);
        let aliases = Aliases::new(Some(Stack::Fastapi), &["/api"], &[]);
        let ask = |target: &[u8]| choose_with(&router, &aliases, target);
        assert_eq!(ask(b"/api/internal/x"), rules(&[0, 1]));
        assert_eq!(ask(b"/api/x"), rules(&[1]));
        assert_eq!(ask(b"/x"), Choice::Nothing);
    }

    #[test]
    fn a_path_that_is_named_is_told_apart_from_what_is_around_it() {
        let router = router(&[("/internal/*", 0), ("/internal/export.csv", 1), ("/admin", 2)]);
        let aliases = Aliases::new(Some(Stack::Django), &["/internal/v1"], &[]);
        let ask = |target: &[u8]| choose_with(&router, &aliases, target);
        // The wider rule alone covers its alias `/internal/export`, and the path itself too.
        assert_eq!(ask(b"/internal/export.csv"), rules(&[1]));
        assert_eq!(ask(b"/internal/export.json"), rules(&[0]));
        assert_eq!(ask(b"/internal/other.csv"), rules(&[0]));
        // An open segment does not name a path, and neither does the path of another rule.
        let open = self::router(&[("/*", 0), ("/_next/*", 1), ("/x.csv", 2), ("/x", 3)]);
        let next = Aliases::new(Some(Stack::Nextjs), &[], &[]);
        assert_eq!(choose_with(&open, &next, b"/_next/data/b/balance/4.json"), rules(&[0, 1]));
        assert_eq!(choose_with(&open, &Aliases::new(None, &[], &[]), b"/x.csv"), rules(&[2, 3]));
    }

    #[test]
    fn what_an_origin_asks_itself_for_is_asked_for() {
        let router = router(&[("/balance/{id}", 0), ("/_next/*", 1)]);
        let next = Aliases::new(Some(Stack::Nextjs), &[], &[]);
        let ask = |target: &[u8]| choose_with(&router, &next, target);
        assert_eq!(ask(b"/_next/image?url=/logo.png"), rules(&[1]));
        assert_eq!(ask(b"/_next/image?w=64&url=%2Fbalance%2F42"), rules(&[0, 1]));
        assert_eq!(ask(b"/_next/data/b1/_next/image.json?url=/balance/42"), rules(&[0, 1]));
        assert!(matches!(ask(b"/_next/image?url=/x/../balance/42"), Choice::Ambiguous { .. }));
        assert_eq!(ask(b"/_next/image?url=/_next/image%3Furl=/balance/42"), Choice::TooComplex);
        assert_eq!(ask(b"/image?url=/balance/42"), Choice::Nothing);
        let unnamed = choose_with(&router, &Aliases::default(), b"/_next/image?url=/balance/42");
        assert_eq!(unnamed, rules(&[1]));
    }
}
