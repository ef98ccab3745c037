//! The built Worker on real workerd: what the tables of the examples don't show.

mod common;
mod cost;
mod faults;
mod responses;
mod streaming;
mod wrangler;
