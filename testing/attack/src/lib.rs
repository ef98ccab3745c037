//! Tries to walk round the gate.
//!
//! Real origins run behind real hosts, each with the gate and a policy under which nobody may reach
//! a guarded handler. A [grammar] spells guarded targets in every way that is known and many that
//! are not. An origin's handlers [write down](ledger) which request they ran for, so a bypass is
//! what the origin itself saw, not what an answer looks like.
//!
//! For each origin the [campaign] sends all targets to the origin without a gate, which shows which
//! are live; asks the decision core natively for [its judgement](judge) of every one; and sends them
//! through the gates.

pub mod ablation;
pub mod campaign;
pub mod finding;
pub mod grammar;
pub mod judge;
pub mod lawful;
pub mod ledger;
pub mod origins;
pub mod probe;
pub mod rng;
mod sweep;
mod wire;
mod wire2;
