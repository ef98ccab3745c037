//! Makes signed tokens, good ones and broken ones, and asks who accepts them and what that costs.
//!
//! - `maker` makes them from a seed;
//! - [`decisions`] makes the core decide so often, for callgrind to count;
//! - [`compare`] has each read by us and by `jsonwebtoken`, and counts who refuses what;
//! - [`listed`] says where we may accept what `jsonwebtoken` refuses, and why;
//! - [`signed`] makes many good ones, for who measures a host;
//! - [`timing`] makes the requests that measure what a signature costs, wherever the core runs.

pub mod compare;
pub mod decisions;
#[path = "../../../policy/tests/jwt/issuer.rs"]
#[expect(dead_code, reason = "shared with the core's own tests, which use all of it")]
mod issuer;
pub mod listed;
mod maker;
pub mod signed;
pub mod timing;
