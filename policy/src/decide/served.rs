//! What a host has brought for a request so far.

use crate::clock::Clock;
use crate::time::Time;
use crate::{
    certificate::Certificate,
    jwt::{Algorithm, KeyStore, SignatureAnswer, SignatureCheck, TokenCache},
};

/// What a host has brought for a request, beside what is in the request itself. The default: it
/// brings nothing, and the core does everything itself that it can.
#[derive(Clone, Copy, Debug, Default)]
pub struct Served<'s> {
    clock: Option<&'s Clock>,
    by_host: &'s [Algorithm],
    signatures: &'s [SignatureAnswer],
    pub(super) keys: Option<&'s KeyStore>,
    waited: &'s [usize],
    pub(super) cache: Option<&'s TokenCache>,
    pub(super) certificate: Certificate<'s>,
}

impl<'s> Served<'s> {
    /// With a watch on the host's clock.
    #[must_use]
    pub fn with_clock(mut self, clock: &'s Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The time as it may be believed.
    pub(super) fn believed(&self, now: Time) -> Time {
        self.clock.map_or(now, |clock| clock.check(now))
    }
}

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

    /// With the keys that the host has fetched, and the places of those addresses that this request
    /// has waited for, each as often as it has: it waits for a fetch that was under way when it came
    /// and for one of its own, and for no more. Without, no key of an address is known, and
    /// [`Demand::Keys`](crate::Demand::Keys) is never asked.
    #[must_use]
    pub fn with_keys(self, keys: &'s KeyStore, waited: &'s [usize]) -> Self {
        Self { keys: Some(keys), waited, ..self }
    }

    /// With the tokens that were verified before.
    #[must_use]
    pub fn with_cache(self, cache: &'s TokenCache) -> Self {
        Self { cache: Some(cache), ..self }
    }

    /// With what the host knows of the client's certificate.
    #[must_use]
    pub fn with_certificate(self, certificate: Certificate<'s>) -> Self {
        Self { certificate, ..self }
    }

    /// Whether the host checks signatures like this one.
    pub(super) fn checks(&self, check: &SignatureCheck<'_>) -> bool {
        self.by_host.contains(&check.algorithm())
    }

    /// The host's answer to a check.
    pub(super) fn answer(&self, check: &SignatureCheck<'_>) -> Option<&'s SignatureAnswer> {
        self.signatures.iter().find(|answer| answer.is_to(check))
    }

    /// How often the request has waited for the keys of this address.
    pub(super) fn waits(&self, source: usize) -> usize {
        self.waited.iter().filter(|other| **other == source).count()
    }
}
