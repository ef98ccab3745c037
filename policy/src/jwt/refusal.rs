//! Reasons for refusing a token.

use crate::reason::Reason;
use core::fmt;

/// The reason for refusing a token, in the order of the checks. It is finer than [`Reason`], for
/// tests and tools, and never for a client.
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
    /// This header parameter is missing or has the wrong type.
    HeaderType(&'static str),
    /// This header parameter asks for something that the gate refuses.
    HeaderRefused(&'static str),
    /// The gate does not know the algorithm.
    AlgorithmUnknown,
    /// The algorithm is not the one that the key is for.
    AlgorithmNotOfKey,
    /// Several keys for its algorithm have its id.
    KeyAmbiguous,
    /// No key of the set has this id, or the token has no id and several keys are possible.
    KeyUnknown,
    /// Neither the core nor the host checks signatures of this algorithm.
    SignatureUnchecked,
    /// The signature is not that of the key.
    SignatureInvalid,
    /// The clock of the host can't be believed.
    ClockUnset,
    /// The payload is not a strict JSON object.
    PayloadJson,
    /// This required claim is missing.
    ClaimMissing(&'static str),
    /// This claim has the wrong type.
    ClaimType(&'static str),
    /// Another issuer.
    Issuer,
    /// Another audience.
    Audience,
    /// `exp` has passed.
    Expired,
    /// `nbf` or `iat` is in the future.
    NotYetValid,
    /// The time between `iat` and `exp` is longer or shorter than is allowed, or not positive.
    Lifetime,
    /// Another subject.
    Subject,
    /// A required scope is missing.
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
            Self::KeyAmbiguous => Reason::JwksDuplicateKey,
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
