//! JSON Web Tokens (RFC 7519) in the compact form of RFC 7515, under the rules of RFC 8725.
//!
//! The type of a token tells which checks it has passed: an [`Untrusted`] has the right shape, a
//! [`Signed`] was signed by a key of the set, and a [`Verified`] has the claims that the policy
//! asks for. Each is made from the one before by a check, and in no other way.
//!
//! ```
//! use wicketgate_policy::jwt::{Audience, ClaimRules, KeySet, KeySource, Untrusted};
//! # use wicketgate_policy::Time;
//! # // RFC 7515, appendix A.1.
//! # let jwk = br#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
//! # let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
//! let keys = KeySet::parse(jwk, KeySource::Environment).unwrap();
//! let rules = ClaimRules::new("joe", Audience::Unchecked);
//!
//! let token = Untrusted::parse(token.as_bytes())?;
//! let check = token.check(&keys)?;
//! let answer = check.verify().unwrap(); // or `check.answered(…)` with what a host found
//! let signed = token.signed(&check, &answer)?;
//! let refusal = signed.claims(&rules, Time::BUILD).unwrap_err();
//! assert_eq!(refusal.reason().code(), "jwt_expired"); // in 2011
//! # Ok::<(), wicketgate_policy::jwt::Refusal>(())
//! ```

mod algorithm;
mod base64url;
mod cache;
mod claims;
mod compact;
mod der;
mod header;
mod json;
mod jwk;
mod key;
mod key_set;
mod material;
mod number;
mod pem;
mod refusal;
pub(crate) mod remote;
mod rules;
mod signature;
pub(crate) mod spiffe;
mod spki;
#[cfg(feature = "explain")]
mod wrong_claim;

pub use algorithm::{Algorithm, Hash, Scheme};
pub(crate) use cache::TokenCache;
pub use claims::Verified;
pub use compact::{MAX_LEN, Signed, Untrusted};
pub use key::{Key, KeyFault};
pub use key_set::{KeySet, KeySource, MAX_KEYS};
pub use refusal::Refusal;
#[cfg(feature = "explain")]
pub(crate) use refusal::{CHECKS, failed_at};
pub use remote::{
    Ask, Claim, FetchFault, Fetched, KeyAddress, KeyDemand, KeyStore, Ledger, MAX_FETCHED, Turn,
};
pub use rules::{Audience, ClaimRule, ClaimRules, ClaimTest, ClaimValue, Issuer, Profile};
pub use signature::{SignatureAnswer, SignatureCheck};
#[cfg(feature = "explain")]
pub use wrong_claim::WrongClaim;
