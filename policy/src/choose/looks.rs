//! Explains which rules each reading of a target chooses. The look-ups are those of
//! [`choose`](super::choose), one by one.

use super::choice::Rules;
use super::router::{Form, Router};
use super::search::{MAX_INNER, Search};
use super::{Asked, Authority};
use crate::path::{actions, before_query, fold, inner_targets, is_plain};
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// One reading of a target.
#[derive(Debug)]
pub(crate) struct Look {
    /// The path as an origin could take it.
    pub(crate) path: Vec<u8>,
    /// The path comes from the query, and the origin asks itself for it.
    pub(crate) from_query: bool,
    /// Further paths of the same handler.
    pub(crate) aliases: Vec<Vec<u8>>,
    /// The rules of the path as it stands.
    pub(crate) as_is: Rules,
    /// Its rules at origins that ignore case and a trailing slash.
    pub(crate) folded: Rules,
    /// Its rules at origins that take an empty segment for a parameter, if it has one.
    pub(crate) filled: Option<Rules>,
}

/// Every reading with the rules that it chooses, and the authority that was used. The list is empty
/// for a target that is too long or has too many readings.
pub(crate) fn looks(router: &Router, asked: Asked<'_>) -> (Vec<Look>, Authority) {
    let mut search = Search::new([router], asked);
    let mut looks = look(&mut search, asked.target, false);
    if search.asks_itself {
        let names = asked.aliases.inner_names();
        for inner in inner_targets(asked.target, names, MAX_INNER) {
            looks.extend(look(&mut search, &inner, true));
        }
    }
    for action in actions(asked.target, asked.aliases.names_in_query(), MAX_INNER) {
        looks.extend(look(&mut search, &action, true));
    }
    (looks, search.authority)
}

fn look(search: &mut Search<'_, 1>, target: &[u8], from_query: bool) -> Vec<Look> {
    let path = before_query(target);
    let paths = if is_plain(path) {
        [path.to_vec()].into()
    } else {
        search.readings(path).unwrap_or_default()
    };
    // With too many aliases there is no list, and the choice itself says why.
    paths.into_iter().filter_map(|path| one(search, path, from_query)).collect()
}

fn one(search: &mut Search<'_, 1>, path: Vec<u8>, from_query: bool) -> Option<Look> {
    let [router] = search.routers;
    let paths = search.paths(&path).ok()?;
    let folded = fold(&path);
    let folded_paths = search.paths(&folded).ok()?;
    let folded = search.look(router, &folded_paths, Form::Folded);
    let as_is = search.look(router, &paths, Form::AsIs);
    let may_fill = search.asked.aliases.has_empty_segments();
    let filled = may_fill.then(|| search.filled(router, &paths, as_is.clone()));
    let aliases = paths.aliases.into_iter().map(Cow::into_owned).collect();
    Some(Look { from_query, aliases, as_is, folded, filled, path })
}
