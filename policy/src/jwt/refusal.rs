//! Why a token is refused.

use crate::reason::Reason;
use core::fmt;

/// Why a token is refused, in the order in which it is looked at. Finer than [`Reason`]: for tests
/// and tools, never for a client.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// It is longer than [`MAX_LEN`](super::MAX_LEN).
    TooLong,
    /// It does not have exactly three parts with something in each.
    Parts,
    /// A part is not strict base64url.
    Base64,
    /// The header is not a strict JSON object.
    HeaderJson,
    /// A header parameter is missing or has the wrong type: which.
    HeaderType(&'static str),
    /// A header parameter asks for something that is not done here: which.
    HeaderRefused(&'static str),
    /// The algorithm is none of ours.
    AlgorithmUnknown,
    /// The algorithm is not the one that the key is for.
    AlgorithmNotOfKey,
    /// No key of the set has this id, or there is no id where it takes one to choose.
    KeyUnknown,
    /// Nobody checks signatures of this algorithm here.
    SignatureUnchecked,
    /// The signature is not that of the key.
    SignatureInvalid,
    /// The clock of the host can't be believed.
    ClockUnset,
    /// The payload is not a strict JSON object.
    PayloadJson,
    /// A claim that must be there is not: which.
    ClaimMissing(&'static str),
    /// A claim has the wrong type: which.
    ClaimType(&'static str),
    /// Another issuer.
    Issuer,
    /// Another audience.
    Audience,
    /// `exp` has passed.
    Expired,
    /// `nbf` or `iat` is in the future.
    NotYetValid,
    /// Longer or shorter between `iat` and `exp` than is allowed, or nothing.
    Lifetime,
    /// Another subject.
    Subject,
    /// Not every scope that is needed.
    Scope,
    /// Another claim is missing or has another value.
    Claim,
}

impl Refusal {
    /// The reason code of audit lines and metrics.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::TooLong => Reason::CredentialTooLong,
            Self::Parts | Self::Base64 | Self::HeaderJson | Self::HeaderType(_) => {
                Reason::JwtMalformed
            }
            Self::HeaderRefused(_) => Reason::JwtHeaderRefused,
            Self::AlgorithmUnknown | Self::AlgorithmNotOfKey => Reason::JwtAlgorithmNotAllowed,
            Self::KeyUnknown => Reason::JwtKeyUnknown,
            Self::SignatureUnchecked | Self::SignatureInvalid => Reason::JwtSignatureInvalid,
            Self::ClockUnset => Reason::ClockUnset,
            Self::PayloadJson | Self::ClaimMissing(_) | Self::ClaimType(_) => {
                Reason::JwtClaimsMalformed
            }
            Self::Issuer => Reason::JwtIssuerWrong,
            Self::Audience => Reason::JwtAudienceWrong,
            Self::Expired => Reason::JwtExpired,
            Self::NotYetValid => Reason::JwtNotYetValid,
            Self::Lifetime => Reason::JwtLifetimeWrong,
            Self::Subject => Reason::JwtSubjectNotAllowed,
            Self::Scope => Reason::JwtScopeMissing,
            Self::Claim => Reason::JwtClaimWrong,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason().text())?;
        match self {
            Self::HeaderType(name)
            | Self::HeaderRefused(name)
            | Self::ClaimMissing(name)
            | Self::ClaimType(name) => write!(f, ": `{name}`"),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for Refusal {}
