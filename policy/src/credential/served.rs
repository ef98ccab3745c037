//! The host's answers for a request so far.

use super::certificate::Certificate;
use crate::clock::Clock;
use crate::ids::{KeySourceId, number};
use crate::jwt::{KeyStore, Scheme, SignatureAnswer, SignatureCheck, TokenCache};
use crate::time::Time;

/// The host's answers for a request, beside the request itself, and what the worker remembers. By
/// default there are none, and the core does itself all that it can. A
/// [`Session`](crate::Session) gathers them; `explain_with` takes them as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Served<'s> {
    clock: Option<&'s Clock>,
    by_host: &'s [Scheme],
    signatures: &'s [SignatureAnswer],
    pub(crate) keys: Option<&'s KeyStore>,
    waited: &'s [usize],
    pub(crate) cache: Option<&'s TokenCache>,
    pub(crate) certificate: Certificate<'s>,
}

impl<'s> Served<'s> {
    /// Adds a watch on the host's clock.
    #[must_use]
    pub fn with_clock(mut self, clock: &'s Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The time, if it can be believed.
    pub(crate) fn believed(&self, now: Time) -> Time {
        self.clock.map_or(now, |clock| clock.check(now))
    }
}

impl<'s> Served<'s> {
    /// Says that the host checks signatures of these schemes, and adds its answers so far. Each
    /// other signature is demanded by a [`Demand::Signature`](crate::Demand::Signature).
    #[must_use]
    pub fn with_signatures(
        mut self,
        by_host: &'s [Scheme],
        signatures: &'s [SignatureAnswer],
    ) -> Self {
        (self.by_host, self.signatures) = (by_host, signatures);
        self
    }

    /// Adds the keys that the host has fetched, and the places of the addresses that this request
    /// has waited for, once for each wait. A request waits for a fetch that was under way when it
    /// came, and for one of its own. Without keys, no key of an address is known, and there is no
    /// [`Demand::Keys`](crate::Demand::Keys).
    #[must_use]
    pub fn with_keys(self, keys: &'s KeyStore, waited: &'s [usize]) -> Self {
        Self { keys: Some(keys), waited, ..self }
    }

    /// Adds the tokens that were verified before.
    #[must_use]
    pub fn with_cache(self, cache: &'s TokenCache) -> Self {
        Self { cache: Some(cache), ..self }
    }

    /// Adds the host's knowledge of the client's certificate.
    #[must_use]
    pub fn with_certificate(self, certificate: Certificate<'s>) -> Self {
        Self { certificate, ..self }
    }

    /// Returns `true` if the host checks signatures like this one.
    pub(crate) fn checks(&self, check: &SignatureCheck<'_>) -> bool {
        self.by_host.contains(&check.algorithm().scheme())
    }

    /// The host's answer to a check.
    pub(crate) fn answer(&self, check: &SignatureCheck<'_>) -> Option<&'s SignatureAnswer> {
        self.signatures.iter().find(|answer| answer.is_to(check))
    }

    /// The number of times that the request has waited for the keys of this address.
    pub(crate) fn waits(&self, source: KeySourceId) -> usize {
        let source = number(source);
        self.waited.iter().filter(|other| **other == source).count()
    }
}
