//! Every reading of a target, with its aliases and what the origin takes from its query.

use super::choice::{Choice, Rules, Tally};
use super::router::{Form, Matches, Router};
use super::{Asked, Authority};
use crate::path::{
    Budget, MAX_LEN, TooComplex, actions, before_query, fold, fold_end, fold_plain, fold_wide,
    inner_targets, is_folded, is_plain, readings,
};
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// Inner targets that are read from one query. Next.js itself refuses a second `url`.
pub(super) const MAX_INNER: usize = 8;

pub(super) struct Search<'s, const N: usize> {
    pub(super) routers: [&'s Router; N],
    pub(super) asked: Asked<'s>,
    /// It becomes strange with the first reading that names another host.
    pub(super) authority: Authority,
    budget: Budget,
    /// There was a reading for which the origin asks itself for another path.
    pub(super) asks_itself: bool,
}

impl<'s, const N: usize> Search<'s, N> {
    pub(super) fn new(routers: [&'s Router; N], asked: Asked<'s>) -> Self {
        let authority = asked.authority;
        Self { routers, asked, authority, budget: Budget::new(), asks_itself: false }
    }

    pub(super) fn all(mut self) -> Result<[Choice; N], TooComplex> {
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
    pub(super) fn readings(&mut self, path: &[u8]) -> Result<Vec<Vec<u8>>, TooComplex> {
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
    pub(super) fn paths<'p>(&mut self, path: &'p [u8]) -> Result<Paths<'p>, TooComplex> {
        let aliases = self.asked.aliases;
        let found = aliases.of(path, self.budget.bytes()).map_err(|_| TooComplex)?;
        let paths = Paths { path, aliases: found };
        self.asks_itself |= paths.iter().any(|path| aliases.asks_itself(path));
        Ok(paths)
    }

    /// The rules of one reading: its own, and those of the other paths of the same handler.
    pub(super) fn look(&self, router: &Router, paths: &Paths<'_>, form: Form) -> Rules {
        let mut rules = Rules::new();
        let named = match paths.aliases.as_slice() {
            [] => Matches::new(),
            _ if form == Form::Filled => Matches::new(),
            _ => router.named(paths.path, self.authority, form),
        };
        for (place, (path, made)) in paths.each().enumerate() {
            if self.asked.aliases.names_any(path) {
                let every = router.every_rule(self.authority);
                every.iter().for_each(|rule| rules.insert_sorted(*rule));
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
            own.iter().for_each(|rule| rules.insert_sorted(*rule));
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
    pub(super) fn filled(&self, router: &Router, paths: &Paths<'_>, as_is: Rules) -> Rules {
        let mut rules = self.look(router, paths, Form::Filled);
        as_is.iter().for_each(|rule| rules.insert_sorted(*rule));
        rules
    }
}

/// A path with its aliases.
pub(super) struct Paths<'p> {
    path: &'p [u8],
    pub(super) aliases: Vec<Cow<'p, [u8]>>,
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
