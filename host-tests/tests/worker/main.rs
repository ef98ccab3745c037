//! The built Worker on real workerd: what the tables of the examples don't show.

mod abuse;
mod certificates;
mod changes;
mod common;
mod cost;
mod faults;
mod identity;
#[path = "../../../policy/tests/jwt/issuer.rs"]
#[expect(dead_code, reason = "shared with the core's own tests, which use all of it")]
mod issuer;
mod keys;
mod responses;
mod streaming;
mod waiting;
mod wrangler;
