//! What a policy asks of the claims of a token.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// Whom a token must be for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Audience {
    /// One of these must be among its audiences (RFC 7519, section 4.1.3).
    AnyOf(Vec<Box<str>>),
    /// The policy says in so many words that nobody looks.
    Unchecked,
}

/// A value that a claim must have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ClaimValue {
    /// `true` or `false`.
    Bool(bool),
    /// An integer, as it is written.
    Number(Box<str>),
    /// A string.
    String(Box<str>),
}

/// What a policy asks of the claims of a token. `iss` and `exp` are always asked for.
#[derive(Clone, Debug)]
pub struct ClaimRules {
    /// The issuer, compared exactly.
    pub issuer: Box<str>,
    /// Whom the token must be for.
    pub audience: Audience,
    /// The subjects that are admitted; empty for any, and for none at all.
    pub subjects: Vec<Box<str>>,
    /// Scopes, every one of which must be there.
    pub scopes: Vec<Box<str>>,
    /// Claims by name, each of which must have one of the values.
    pub claims: Vec<(Box<str>, Vec<ClaimValue>)>,
    /// The least milliseconds from `iat` to `exp`. With either bound `iat` must be there.
    pub min_lifetime: Option<i64>,
    /// The most milliseconds from `iat` to `exp`.
    pub max_lifetime: Option<i64>,
    /// By how many milliseconds the issuer's clock may differ.
    pub leeway: i64,
}

impl ClaimRules {
    /// Rules that ask for an issuer and an audience.
    #[must_use]
    pub fn new(issuer: &str, audience: Audience) -> Self {
        Self {
            issuer: issuer.into(),
            audience,
            subjects: Vec::new(),
            scopes: Vec::new(),
            claims: Vec::new(),
            min_lifetime: None,
            max_lifetime: None,
            leeway: 0,
        }
    }
}
