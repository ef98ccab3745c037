//! A policy's rules for the claims of a token.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// The issuer of a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Issuer {
    /// Its `iss` is this very text.
    Named(Box<str>),
    /// It is a JWT-SVID of this SPIFFE trust domain: its `sub` is a SPIFFE ID of the domain, and
    /// `iss` is not asked for (the SPIFFE project's "JWT-SVID", section 3).
    TrustDomain(Box<str>),
}

impl Issuer {
    /// The profile of its tokens.
    #[must_use]
    pub fn profile(&self) -> Profile {
        match self {
            Self::Named(_) => Profile::Jwt,
            Self::TrustDomain(_) => Profile::JwtSvid,
        }
    }
}

/// The rules for the header of a token, and for the use of its key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Profile {
    /// A JSON Web Token or an access token (RFC 9068): `typ` is `JWT`, `at+jwt` or absent.
    Jwt,
    /// A JWT-SVID ("JWT-SVID", section 2): `typ` is `JWT`, `JOSE` or absent, and its key may be for
    /// JWT-SVIDs alone (`use` is `jwt-svid`).
    JwtSvid,
}

/// The audience of a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Audience {
    /// One of these must be among its audiences (RFC 7519, section 4.1.3).
    AnyOf(Vec<Box<str>>),
    /// The policy says explicitly that the audience is not checked.
    Unchecked,
}

/// A value that a claim may have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ClaimValue {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Number(i64),
    /// Any string that begins with this one, compared byte for byte.
    StartsWith(Box<str>),
    /// This very string.
    String(Box<str>),
}

/// A claim that a token must have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClaimRule {
    /// The names on the way to it, from the outside in. A name is compared whole, dots and slashes
    /// included: one name is a claim of the token itself.
    pub path: Vec<Box<str>>,
    /// The test that it must pass.
    pub test: ClaimTest,
}

/// A test of a claim. Where a claim's items are tested, a claim that is no array is its only item,
/// because some issuers write a list of one without the brackets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ClaimTest {
    /// Each of these is among its items.
    ContainsAll(Vec<ClaimValue>),
    /// One of these is among its items.
    ContainsAny(Vec<ClaimValue>),
    /// It is one of these.
    Is(Vec<ClaimValue>),
}

/// A policy's rules for the claims of a token. `exp` is always required, and so is `iss`, or for
/// JWT-SVIDs `sub`.
#[derive(Clone, Debug)]
pub struct ClaimRules {
    /// The issuer.
    pub issuer: Issuer,
    /// The audience.
    pub audience: Audience,
    /// The subjects that are admitted. If it is empty, every subject is admitted, and a token
    /// without one too.
    pub subjects: Vec<ClaimValue>,
    /// The names on the way to the claim with the scopes.
    pub scope_claim: Vec<Box<str>>,
    /// The required scopes, all of them.
    pub scopes: Vec<Box<str>>,
    /// The other required claims, all of them.
    pub claims: Vec<ClaimRule>,
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
            issuer: Issuer::Named(issuer.into()),
            audience,
            subjects: Vec::new(),
            scope_claim: ["scope".into()].into(),
            scopes: Vec::new(),
            claims: Vec::new(),
            min_lifetime: None,
            max_lifetime: None,
            leeway: 0,
        }
    }
}
