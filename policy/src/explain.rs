//! What a policy holds, and how a decision came about: for people, behind the feature `explain`.
//!
//! Nothing here decides. Each part asks the very functions that decide, and tells what they said.

mod standing;

pub use crate::credential::KeyState;
pub use crate::decide::kinds::{CredentialSteps, Shown};
pub use crate::decide::steps::{AlternativeSteps, Chosen, Explanation, Reading, RuleSteps, events};
pub use crate::jwt::WrongClaim;
pub use standing::{KeyStanding, NetworkView};

/// What is wrong with a secret, in words that don't say what it is; `None` when it will do.
#[must_use]
pub fn weakness(secret: &[u8]) -> Option<alloc::string::String> {
    crate::credential::weakness(secret).map(|weakness| alloc::format!("{weakness}"))
}

/// The key id of a token of the form `wg_<id>_<secret>`.
#[must_use]
pub fn key_id(token: &[u8]) -> Option<&str> {
    crate::credential::key_id(token)
}
