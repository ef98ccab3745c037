//! What all checks of a document's members need: the host's part, the faults and notices so far, and
//! the checks of names and lists that many members share.

mod reserved;

pub(crate) use reserved::not_reserved;

use crate::environment::Environment;
use crate::form::read::{List, Map, join};
use crate::form::{Faults, Text, is_id};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The values that all checks need.
pub(crate) struct Context<'c> {
    pub(crate) environment: &'c Environment,
    pub(crate) faults: &'c mut Faults,
    pub(crate) notices: Vec<String>,
    pub(crate) development: bool,
    /// A secret that is absent denies its caller instead of refusing the policy.
    pub(crate) absent_denies: bool,
}

/// The members of a map whose names are identifiers; the others are faults.
pub(crate) fn named<T>(map: Map<T>, at: &str, context: &mut Context<'_>) -> Map<T> {
    map.into_iter()
        .filter(|(name, _)| {
            let good = is_id(name);
            if !good {
                context.faults.add(
                    join(at, name),
                    "this name",
                    "1 to 64 of `a`-`z`, `0`-`9` and `-`",
                );
            }
            good
        })
        .collect()
}

/// Adds a fault for each repeated item of a list.
pub(crate) fn repeated<T: PartialEq>(
    list: &List<T>,
    at: &str,
    what: &str,
    context: &mut Context<'_>,
) {
    for (place, (index, item)) in list.iter().enumerate() {
        if list.iter().take(place).any(|(_, other)| other == item) {
            context.faults.add(
                format!("{at}[{index}]"),
                format!("{what} that was there before"),
                "each once",
            );
        }
    }
}

/// The texts of a list that must have some, each once.
pub(crate) fn texts(
    list: List<Text>,
    at: &str,
    what: &str,
    context: &mut Context<'_>,
) -> Vec<Box<str>> {
    if list.is_empty() && !context.faults.any_below(at) {
        context.faults.add(at, "nothing", format!("{what}, or more"));
    }
    repeated(&list, at, what, context);
    list.into_iter().map(|(_, Text(text))| text.into()).collect()
}
