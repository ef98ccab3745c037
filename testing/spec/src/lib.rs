//! The path rule, written a second time: which rules guard a target, over everything that any
//! origin could take it for.
//!
//! This is an executable specification. It shares no code with `policy`, knows no index, no tree
//! and no short cut, and is as slow as it likes: sets of strings, and each sentence of the rule in
//! a function of its own. If the two differ, one of them is wrong.
//!
//! Texts are Latin-1: each `char` up to U+00FF is one byte of the target.
//!
//! - [`readings`]: what an origin could take a target for, as all orders of the steps that origins
//!   take;
//! - [`listed`]: the same as a plain list of combinations, which the former has to contain;
//! - [`compare`]: patterns, their containment, and paths compared as lax origins do;
//! - [`alias`]: further paths under which an origin serves a handler;
//! - [`verdict`]: what all of this comes to.

pub mod alias;
pub mod compare;
pub mod listed;
pub mod readings;
mod steps;
pub mod verdict;

pub use verdict::{Gate, Rule, Verdict};

/// The text of a target, one `char` a byte.
#[must_use]
pub fn text(target: &[u8]) -> String {
    target.iter().map(|byte| char::from(*byte)).collect()
}
