//! What a host has brought for a request so far.

#[cfg(feature = "jwt-core")]
use crate::jwt::{Algorithm, SignatureAnswer, SignatureCheck};
use core::marker::PhantomData;

/// What a host has brought for a request, beside what is in the request itself. The default: it
/// brings nothing, and the core does everything itself that it can.
#[derive(Clone, Copy, Debug, Default)]
pub struct Served<'s> {
    #[cfg(feature = "jwt-core")]
    by_host: &'s [Algorithm],
    #[cfg(feature = "jwt-core")]
    signatures: &'s [SignatureAnswer],
    host: PhantomData<&'s ()>,
}

#[cfg(feature = "jwt-core")]
impl<'s> Served<'s> {
    /// With signatures of these algorithms checked by the host, and the answers that it has given
    /// so far. For each other one there is a [`Demand::Signature`](crate::Demand::Signature).
    #[must_use]
    pub fn with_signatures(
        mut self,
        by_host: &'s [Algorithm],
        signatures: &'s [SignatureAnswer],
    ) -> Self {
        (self.by_host, self.signatures) = (by_host, signatures);
        self
    }

    /// Whether the host checks signatures like this one.
    pub(super) fn checks(&self, check: &SignatureCheck<'_>) -> bool {
        self.by_host.contains(&check.algorithm())
    }

    /// The host's answer to a check.
    pub(super) fn answer(&self, check: &SignatureCheck<'_>) -> Option<&'s SignatureAnswer> {
        self.signatures.iter().find(|answer| answer.is_to(check))
    }
}
