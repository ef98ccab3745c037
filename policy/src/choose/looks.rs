//! What each reading of a target chooses, for people: the same look-ups as [`choose`](super::choose),
//! told one by one.

use super::{Authority, Router};
use super::{Form, RuleId, Search, Tally};
use crate::path::{
    Aliases, MAX_BYTES, actions, before_query, fold, inner_targets, is_plain, readings,
};
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// One reading of a target.
#[derive(Debug)]
pub(crate) struct Look {
    /// The path as an origin could take it.
    pub(crate) path: Vec<u8>,
    /// It comes from the query, which the origin asks itself for.
    pub(crate) from_query: bool,
    /// Further paths of the same handler.
    pub(crate) aliases: Vec<Vec<u8>>,
    /// The rules of the path as it stands.
    pub(crate) as_is: Vec<RuleId>,
    /// Its rules where case and a trailing slash don't matter.
    pub(crate) folded: Vec<RuleId>,
    /// Its rules where an empty last segment is a parameter, if it has one and that is possible.
    pub(crate) filled: Option<Vec<RuleId>>,
}

/// Every reading with what it chooses; none of a target that is beyond what is read.
pub(crate) fn looks(
    router: &Router,
    aliases: &Aliases,
    target: &[u8],
    authority: Authority,
) -> Vec<Look> {
    let mut search = Search::new(router, aliases, authority);
    let mut looks = look(&mut search, target, false);
    if search.asks_itself {
        for inner in inner_targets(target, aliases.inner_names(), super::MAX_INNER) {
            looks.extend(look(&mut search, &inner, true));
        }
    }
    if aliases.has_actions_in_query() {
        for action in actions(target, super::MAX_INNER) {
            looks.extend(look(&mut search, &action, true));
        }
    }
    looks
}

fn look(search: &mut Search<'_>, target: &[u8], from_query: bool) -> Vec<Look> {
    let path = before_query(target);
    let paths = if is_plain(path) {
        [path.to_vec()].into()
    } else {
        if path.first() != Some(&b'/') {
            search.authority = Authority::Strange;
        }
        readings(path).unwrap_or_default()
    };
    let one = |path: Vec<u8>| {
        let as_is = search.look(&path, Form::AsIs);
        let folded = search.look(&fold(&path), Form::Folded);
        let mut tally = Tally::default();
        search.count_filled(&path, as_is.clone(), &mut tally);
        // Too many of them: the choice itself says so.
        let aliases = search.aliases.of(&path, MAX_BYTES).unwrap_or_default();
        let aliases = aliases.into_iter().map(Cow::into_owned).collect();
        Look { from_query, aliases, as_is, folded, filled: tally.agreed, path }
    };
    paths.into_iter().map(one).collect()
}
