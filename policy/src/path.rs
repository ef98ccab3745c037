//! The readings of a target by any origin. The promise hangs on this module.

mod alias;
mod budget;
mod case;
mod plain;
mod query;
mod readings;
mod steps;

pub use alias::Aliases;
pub(crate) use budget::{Budget, TooComplex};
pub(crate) use case::fold_wide;
pub(crate) use plain::{PATH_BYTE, before_query, fold, fold_end, fold_plain, is_folded, is_plain};
pub(crate) use query::{actions, inner_targets};
pub(crate) use readings::{MAX_LEN, readings};
