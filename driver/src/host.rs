//! What a proxy offers to a worker.

use std::time::Duration;
use wicketgate_policy::jwt::{Ask, SignatureCheck};
use wicketgate_policy::{Answer, Edit, Header, Names, Time};

/// A header map of the current stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Map {
    /// The request's headers.
    Request,
    /// The request's trailers.
    RequestTrailers,
    /// The response's headers.
    Response,
}

/// The names in a valid certificate that the client showed.
#[derive(Clone, Debug, Default)]
pub struct CertificateNames {
    /// Its first URI.
    pub uri_san: Option<Vec<u8>>,
    /// Its first DNS name.
    pub dns_san: Option<Vec<u8>>,
    /// Its subject.
    pub subject: Option<Vec<u8>>,
}

impl CertificateNames {
    /// The names in the form that the policy takes.
    pub(crate) fn names(&self) -> Names<'_> {
        Names {
            uri_san: self.uri_san.as_deref(),
            dns_san: self.dns_san.as_deref(),
            subject: self.subject.as_deref(),
        }
    }
}

/// One worker of a proxy. Calls concern its current context: that of a stream within a callback of
/// the stream, or the one that was entered last.
pub trait Host: Clone {
    /// Hands over a header map of the current stream, whole, duplicates and pseudo-headers
    /// included; `None` if it can't be read.
    fn headers<T>(&self, map: Map, then: impl FnOnce(Option<&[Header<'_>]>) -> T) -> T;

    /// Applies changes to a map. It must not fail silently.
    fn edit(&self, map: Map, edits: &[Edit<'_>]);

    /// Answers the current stream in place of the origin.
    fn reply(&self, answer: &Answer);

    /// Makes a value of the current stream readable for access logs.
    fn expose(&self, name: &str, value: &str);

    /// The other end of the connection, from a source that the client can't write.
    fn peer(&self) -> Option<Vec<u8>>;

    /// The time; if the clock can't be read, 1970, which no decision believes.
    fn now(&self) -> Time;

    /// The names in the client's certificate, if it showed a valid one.
    fn certificate(&self) -> Option<CertificateNames>;

    /// Has the proxy check a signature; `None` if it checks none.
    fn verify_signature(&self, check: &SignatureCheck<'_>) -> Option<bool>;

    /// The id of the counter with this name.
    fn counter(&self, name: &str) -> Option<u32>;

    /// Adds one to a counter.
    fn increment(&self, counter: u32);

    /// Sets the gauge with this name.
    fn gauge(&self, name: &str, value: u64);

    /// A value in the data that all workers share, with its version.
    fn shared(&self, key: &str) -> (Option<Vec<u8>>, Option<u32>);

    /// Shares a value with all workers. `false` if `version` is no longer the current one.
    fn share(&self, key: &str, value: &[u8], version: Option<u32>) -> bool;

    /// Stores a value under a key of this policy's place in the configuration, and returns the old
    /// one.
    fn swap_shared(&self, key: &str, value: &str) -> Option<String>;

    /// Asks an address for keys, or for what leads to them. The answer comes by
    /// [`Worker::fetched`](crate::Worker::fetched), with this number; `None` if it can't be asked.
    fn fetch(&self, ask: &Ask) -> Option<u32>;

    /// Asks for calls of [`Worker::tick`](crate::Worker::tick) at this interval, from now on.
    fn tick(&self, every: Duration);

    /// Makes the following calls in another context. `false` if it is gone.
    fn enter(&self, context: u32) -> bool;

    /// Resumes the request of the current context.
    fn resume(&self);
}
