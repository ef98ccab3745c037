//! Reasons for refusing a token.

use crate::reason::Reason;
use core::fmt;

macro_rules! refusals {
    (
        $($(#[doc = $early_doc:literal])+ $early:ident => $early_reason:ident,)+
        $($check:literal {
            $($(#[doc = $doc:literal])+ $variant:ident $(($of:ty))? => $reason:ident,)+
        })+
    ) => {
        /// The reason for refusing a token, in the order of the checks. It is finer than [`Reason`],
        /// for tests and tools, and never for a client.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum Refusal {
            $($(#[doc = $early_doc])+ $early,)+
            $($($(#[doc = $doc])+ $variant $(($of))?,)+)+
        }

        impl Refusal {
            /// The reason code of audit lines and metrics.
            #[must_use]
            pub const fn reason(self) -> Reason {
                match self {
                    $(Self::$early => Reason::$early_reason,)+
                    $($(Self::$variant { .. } => Reason::$reason,)+)+
                }
            }
        }

        /// The checks of a token, in their order.
        #[cfg(feature = "explain")]
        pub(crate) const CHECKS: &[&str] = &[$($check),+];

        /// The place in [`CHECKS`] of the check that gives a reason.
        #[cfg(feature = "explain")]
        pub(crate) fn failed_at(reason: Reason) -> Option<usize> {
            let reasons: &[&[Reason]] = &[$(&[$(Reason::$reason),+]),+];
            reasons.iter().position(|reasons| reasons.contains(&reason))
        }
    };
}

refusals! {
    /// It is longer than [`MAX_LEN`](super::MAX_LEN), so no check is made.
    TooLong => CredentialTooLong,
    "form" {
        /// It does not have exactly three parts with something in each.
        Parts => JwtMalformed,
        /// A part is not strict base64url.
        Base64 => JwtMalformed,
        /// The header is not a strict JSON object.
        HeaderJson => JwtMalformed,
        /// This header parameter is missing or has the wrong type.
        HeaderType(&'static str) => JwtMalformed,
        /// This header parameter asks for something that the gate refuses.
        HeaderRefused(&'static str) => JwtHeaderRefused,
    }
    "key" {
        /// The gate does not know the algorithm.
        AlgorithmUnknown => JwtAlgorithmNotAllowed,
        /// The algorithm is not the one that the key is for.
        AlgorithmNotOfKey => JwtAlgorithmNotAllowed,
        /// Several keys for its algorithm have its id.
        KeyAmbiguous => JwksDuplicateKey,
        /// No key of the set has this id, or the token has no id and several keys are possible.
        KeyUnknown => JwtKeyUnknown,
    }
    "signature" {
        /// Neither the core nor the host checks signatures of this algorithm.
        SignatureUnchecked => JwtSignatureInvalid,
        /// The signature is not that of the key.
        SignatureInvalid => JwtSignatureInvalid,
    }
    "clock" {
        /// The clock of the host can't be believed.
        ClockUnset => ClockUnset,
    }
    "claims present" {
        /// The payload is not a strict JSON object.
        PayloadJson => JwtClaimsMalformed,
        /// This required claim is missing.
        ClaimMissing(&'static str) => JwtClaimsMalformed,
        /// This claim has the wrong type.
        ClaimType(&'static str) => JwtClaimsMalformed,
    }
    "issuer" {
        /// Another issuer.
        Issuer => JwtIssuerWrong,
    }
    "audience" {
        /// Another audience.
        Audience => JwtAudienceWrong,
    }
    "expiry" {
        /// `exp` has passed.
        Expired => JwtExpired,
    }
    "start" {
        /// `nbf` or `iat` is in the future.
        NotYetValid => JwtNotYetValid,
    }
    "lifetime" {
        /// The time between `iat` and `exp` is longer or shorter than is allowed, or not positive.
        Lifetime => JwtLifetimeWrong,
    }
    "subject" {
        /// Another subject.
        Subject => JwtSubjectNotAllowed,
    }
    "scopes" {
        /// A required scope is missing.
        Scope => JwtScopeMissing,
    }
    "claims" {
        /// Another claim is missing or has another value.
        Claim => JwtClaimWrong,
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
