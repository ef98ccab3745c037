//! What the host must bring before a request can be judged.

use crate::jwt::{KeyDemand, SignatureCheck};

/// Something that the host must bring before it asks again. A host that can't serve a demand
/// denies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Demand<'a> {
    /// The other end of the connection, from a source that the client can't write. It costs a host
    /// call, so it is asked for only if it matters.
    Peer,
    /// The certificate that the client showed. It is asked for only if a caller is known by its
    /// certificate.
    Certificate,
    /// Keys at an address. Only a host that fetches is asked. The request waits for the fetch, at
    /// most for the address's timeout.
    Keys(KeyDemand),
    /// A signature to check, of an algorithm that the host says it checks.
    Signature(SignatureCheck<'a>),
}
