//! The names in a caller's certificate in a policy document.

use crate::form::Faults;
use crate::form::Text;
use crate::form::kinds::object;
use crate::form::node::Node;
use crate::form::read::{List, Members, Read};

object! {
    /// The names by which a caller's certificate is known; any is enough.
    Mtls {
        /// URIs, such as SPIFFE ids. The first URI of the certificate must be one of them. One of
        /// these three lists is required, and one matching name is enough.
        optional uri_sans: List<Text>,
        /// DNS names, compared without regard to case. The first DNS name of the certificate must
        /// be one of them.
        optional dns_sans: List<Text>,
        /// Subjects as the host writes them. Cloudflare tells no other names.
        optional subjects: List<Text>,
    }
}
