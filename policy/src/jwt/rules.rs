//! A policy's rules for the claims of a token.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// The audience of a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Audience {
    /// One of these must be among its audiences (RFC 7519, section 4.1.3).
    AnyOf(Vec<Box<str>>),
    /// The policy says explicitly that the audience is not checked.
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

/// A policy's rules for the claims of a token. `iss` and `exp` are always required.
#[derive(Clone, Debug)]
pub struct ClaimRules {
    /// The issuer, compared exactly.
    pub issuer: Box<str>,
    /// The audience.
    pub audience: Audience,
    /// The subjects that are admitted. If it is empty, every subject is admitted, and a token
    /// without one too.
    pub subjects: Vec<Box<str>>,
    /// The required scopes, all of them.
    pub scopes: Vec<Box<str>>,
    /// The required claims by name, each with the values of which it must have one.
    pub claims: Vec<(Box<str>, Vec<ClaimValue>)>,
    /// The least milliseconds from `iat` to `exp`. With either bound `iat` is required.
    pub min_lifetime: Option<i64>,
    /// The most milliseconds from `iat` to `exp`.
    pub max_lifetime: Option<i64>,
    /// The allowed difference of the issuer's clock, in milliseconds.
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
