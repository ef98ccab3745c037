//! Explains a policy and its decisions to people, behind the feature `explain`.
//!
//! Nothing here decides. Each part calls the functions that decide, and reports their results.

mod standing;

pub use crate::credential::KeyState;
pub use crate::credential::Served;
pub use crate::credential::explain::{CredentialSteps, Shown};
pub use crate::decide::chosen::Choosing;
pub use crate::decide::steps::{AlternativeSteps, Chosen, Explanation, Reading, RuleSteps, events};
pub use crate::jwt::WrongClaim;
pub use standing::{KeyStanding, NetworkView};

use crate::credential::carrier::Alphabet;

/// The weakness of a secret and what to do about it, in words that don't reveal it, or `None` if it
/// is good enough.
#[must_use]
pub fn weakness(secret: &[u8]) -> Option<alloc::string::String> {
    weak(secret, Alphabet::Ascii)
}

/// The weakness of a password of HTTP Basic, which may have characters that no token has.
#[must_use]
pub fn password_weakness(secret: &[u8]) -> Option<alloc::string::String> {
    weak(secret, Alphabet::Text)
}

fn weak(secret: &[u8], alphabet: Alphabet) -> Option<alloc::string::String> {
    let weakness = crate::credential::token::weakness(secret, alphabet)?;
    Some(alloc::format!("{weakness}, expected {}", weakness.expected(alphabet)))
}

/// The value of `Authorization` in HTTP Basic, for a user, a colon and a password.
#[must_use]
pub fn basic(pair: &[u8]) -> alloc::string::String {
    crate::credential::carrier::basic(pair)
}

/// The key id of a token of the form `wg_<id>_<secret>`.
#[must_use]
pub fn key_id(token: &[u8]) -> Option<&str> {
    crate::credential::token::key_id(token)
}
