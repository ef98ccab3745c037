//! What any origin could take a target for. The promise hangs on this module.

mod alias;
mod plain;
mod query;
mod readings;
mod steps;

pub use alias::Aliases;
pub(crate) use plain::{PATH_BYTE, before_query, fold, fold_end, fold_plain, is_folded, is_plain};
pub(crate) use query::{actions, inner_targets};
pub(crate) use readings::{MAX_BYTES, MAX_LEN, readings};
