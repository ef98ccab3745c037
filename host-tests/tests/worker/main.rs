//! The built Worker on real workerd: what the tables of the examples don't show.

mod certificates;
mod common;
mod cost;
mod faults;
mod identity;
mod keys;
mod responses;
mod streaming;
mod waiting;
mod wrangler;
