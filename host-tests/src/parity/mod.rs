//! The vector corpus on every host: who runs what, which differences are known, and the table.

mod divergences;
mod hosts;
mod reasons;
mod report;

pub use divergences::{Divergences, Verdict};
pub use hosts::{Real, Runs, Subject};
pub use report::{Cell, Table};
