//! Which rules cover a request: patterns, their containment, authorities.

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

use crate::index::insert_sorted;
use crate::path::{
    Aliases, MAX_BYTES, MAX_LEN, actions, before_query, fold, fold_end, fold_plain, inner_targets,
    is_folded, is_plain, readings,
};
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// What covers a request.
#[derive(Clone, Debug, Eq, PartialEq)]
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

/// Chooses the rules for a target, over all its readings and their aliases, and for the paths that
/// the origin takes from its query.
pub(crate) fn choose(
    router: &Router,
    aliases: &Aliases,
    target: &[u8],
    authority: Authority,
) -> Choice {
    if router.is_empty() {
        return Choice::Nothing;
    }
    let mut search = Search::new(router, aliases, authority);
    let outer = search.choose(target);
    if search.too_complex {
        return Choice::TooComplex;
    }
    let actions =
        if aliases.has_actions_in_query() { actions(target, MAX_INNER + 1) } else { Vec::new() };
    if !search.asks_itself && actions.is_empty() {
        return outer;
    }
    // Without bounds the query of one request would be the work of many.
    if target.len() > MAX_LEN {
        return Choice::TooComplex;
    }
    // What the origin asks itself for is as good as asked for: both must be allowed. An inner
    // target that is one of this kind again is taken for a riddle.
    let mut choice = outer;
    let mut inner_targets = if search.asks_itself {
        inner_targets(target, aliases.inner_names(), MAX_INNER + 1)
    } else {
        Vec::new()
    };
    inner_targets.extend(actions);
    if inner_targets.len() > MAX_INNER {
        return Choice::TooComplex;
    }
    for inner in inner_targets {
        search.asks_itself = false;
        let inner = search.choose(&inner);
        choice = if search.asks_itself || search.too_complex {
            Choice::TooComplex
        } else {
            choice.and(inner)
        };
    }
    choice
}

/// Inner targets that are read of one query. Next.js itself refuses a second `url`.
const MAX_INNER: usize = 8;

struct Search<'s> {
    router: &'s Router,
    aliases: &'s Aliases,
    authority: Authority,
    /// A reading came up for which the origin asks itself for another path.
    asks_itself: bool,
    /// Some path has more aliases than were looked at.
    too_complex: bool,
    /// Some path or alias that was looked at does.
    ends_in_slash: bool,
    /// Of the aliases of all readings, each as it stands or folded, whichever has more: what they
    /// cost to look at.
    alias_bytes: usize,
    /// Those of the last reading.
    last_bytes: usize,
}

impl<'s> Search<'s> {
    fn new(router: &'s Router, aliases: &'s Aliases, authority: Authority) -> Self {
        Self {
            router,
            aliases,
            authority,
            asks_itself: false,
            too_complex: false,
            ends_in_slash: false,
            alias_bytes: 0,
            last_bytes: 0,
        }
    }

    fn choose(&mut self, target: &[u8]) -> Choice {
        let path = before_query(target);
        if is_plain(path) {
            let as_is = self.look(path, Form::AsIs);
            if is_folded(path) && self.router.is_folded() && !self.ends_in_slash {
                return Choice::agreed(as_is);
            }
            let mut tally = Tally::default();
            tally.count(as_is.clone());
            let mut buffer = [0_u8; 256];
            match fold_plain(path, &mut buffer) {
                Some(folded) => tally.count(self.look(folded, Form::Folded)),
                None => tally.count(self.look(&fold(path), Form::Folded)),
            }
            self.count_filled(path, as_is, &mut tally);
            return tally.verdict();
        }
        // What is in the path says nothing about which authority an absolute form names.
        if path.first() != Some(&b'/') {
            self.authority = Authority::Strange;
        }
        let Ok(readings) = readings(path) else { return Choice::TooComplex };
        let mut tally = Tally::default();
        for reading in &readings {
            // Nothing that follows would change the verdict, and it may be much.
            if self.too_complex {
                return Choice::TooComplex;
            }
            let as_is = self.look(reading, Form::AsIs);
            tally.count(as_is.clone());
            tally.count(self.look(&fold(reading), Form::Folded));
            self.count_filled(reading, as_is, &mut tally);
        }
        tally.verdict()
    }

    /// Where the origin may take an empty segment for a parameter, counts the reading in which it is
    /// one: the rules of the path as it stands, and of every pattern with an open segment there.
    fn count_filled(&mut self, path: &[u8], as_is: Vec<RuleId>, tally: &mut Tally) {
        if !self.aliases.has_empty_segments() {
            return;
        }
        let mut rules = self.look(path, Form::Filled);
        as_is.into_iter().for_each(|rule| insert_sorted(&mut rules, rule));
        tally.count(rules);
    }

    /// The aliases of a reading, counted where they are more than those of its other forms.
    fn aliases_of<'p>(&mut self, path: &'p [u8]) -> Vec<Cow<'p, [u8]>> {
        let spare = (MAX_BYTES + self.last_bytes).saturating_sub(self.alias_bytes);
        let Ok(aliases) = self.aliases.of(path, spare) else {
            self.too_complex = true;
            return Vec::new();
        };
        let bytes: usize = aliases.iter().map(|alias| alias.len()).sum();
        let more = bytes.saturating_sub(self.last_bytes);
        self.alias_bytes += more;
        self.last_bytes += more;
        aliases
    }

    /// The rules of one reading: its own and those of the paths that are the same handler.
    fn look(&mut self, path: &[u8], form: Form) -> Vec<RuleId> {
        if form == Form::AsIs {
            self.last_bytes = 0;
        }
        let mut rules = self.rules_of(path, false, form);
        for alias in self.aliases_of(path) {
            for rule in self.rules_of(&alias, matches!(alias, Cow::Owned(_)), form) {
                insert_sorted(&mut rules, rule);
            }
        }
        rules
    }

    /// The rules of a path or of an alias. Keeps in mind what its shape calls for.
    fn rules_of(&mut self, path: &[u8], made: bool, form: Form) -> Vec<RuleId> {
        self.asks_itself |= self.aliases.asks_itself(path);
        if self.aliases.names_any(path) {
            return self.router.every_rule(self.authority);
        }
        self.ends_in_slash |= path.last() == Some(&b'/');
        let lower;
        let path = match form {
            Form::AsIs => path,
            // One that was put together may have blanks and empty segments where its parts meet.
            Form::Folded if made => {
                lower = fold(path);
                &lower
            }
            Form::Folded => fold_end(path),
            Form::Filled => {
                if !path.split(|&byte| byte == b'/').skip(1).any(<[u8]>::is_empty) {
                    return Vec::new();
                }
                if path.iter().any(u8::is_ascii_uppercase) {
                    lower = path.to_ascii_lowercase();
                    &lower
                } else {
                    path
                }
            }
        };
        self.router.rules(path, self.authority, form)
    }
}

impl Choice {
    pub(crate) fn agreed(rules: Vec<RuleId>) -> Self {
        if rules.is_empty() { Self::Nothing } else { Self::Rules(rules) }
    }

    /// Both, the stricter of their kinds.
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
    fn an_empty_segment_may_be_a_parameter() {
        let router = router(&[("/balance/{id}", 0), ("/a/*", 1), ("/a/{x}/z", 2)]);
        let ask = |stack, target: &[u8]| {
            choose(&router, &Aliases::new(stack, &[], &[]), target, Authority::Strange)
        };
        for target in [&b"/balance/"[..], b"/BALANCE/?x", b"/%62alance/", b"//balance/"] {
            for stack in [None, Some(Stack::Fastify)] {
                assert!(matches!(ask(stack, target), Choice::Ambiguous { .. }), "{target:?}");
            }
            assert_eq!(ask(Some(Stack::Flask), target), Choice::Nothing, "{target:?}");
        }
        assert_eq!(ask(None, b"/a/"), rules(&[1]));
        let listed = self::router(&[("/jobs", 0), ("/jobs/", 0), ("/*", 1)]);
        let unnamed = Aliases::new(None, &[], &[]);
        let ask_listed = |target: &[u8]| choose(&listed, &unnamed, target, Authority::Strange);
        assert_eq!(ask_listed(b"/jobs/"), rules(&[0]));
        assert_eq!(ask(None, b"/a/b/"), rules(&[1]));
        assert_eq!(ask(None, b"/"), Choice::Nothing);
        // Anywhere, and with a slash behind it that the origin may drop.
        for target in [&b"/a//z"[..], b"/A//z/", b"/a/%2fz?x"] {
            assert!(matches!(ask(None, target), Choice::Ambiguous { .. }), "{target:?}");
        }
        assert_eq!(ask(Some(Stack::Flask), b"/a//z?x"), rules(&[1]));
        let root = self::router(&[("/{x}", 0)]);
        let ask_root = |target: &[u8]| choose(&root, &unnamed, target, Authority::Strange);
        assert!(matches!(ask_root(b"/"), Choice::Ambiguous { .. }));
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

    #[test]
    fn what_an_origin_asks_itself_for_is_asked_for() {
        let router = router(&[("/balance/{id}", 0), ("/_next/*", 1)]);
        let next = Aliases::new(Some(Stack::Nextjs), &[], &[]);
        let ask = |target: &[u8]| choose(&router, &next, target, Authority::Strange);
        assert_eq!(ask(b"/_next/image?url=/logo.png"), rules(&[1]));
        assert_eq!(ask(b"/_next/image?w=64&url=%2Fbalance%2F42"), rules(&[0, 1]));
        assert_eq!(ask(b"/_next/data/b1/_next/image.json?url=/balance/42"), rules(&[0, 1]));
        assert!(matches!(ask(b"/_next/image?url=/x/../balance/42"), Choice::Ambiguous { .. }));
        assert_eq!(ask(b"/_next/image?url=/_next/image%3Furl=/balance/42"), Choice::TooComplex);
        assert_eq!(ask(b"/image?url=/balance/42"), Choice::Nothing);
        let plain = choose(
            &router,
            &Aliases::default(),
            b"/_next/image?url=/balance/42",
            Authority::Strange,
        );
        assert_eq!(plain, rules(&[1]));
    }
}
