//! The credentials of a caller in a document.

use super::certificate::Mtls;
use super::signed::Jwt;
use super::token::Token;
use crate::form::Faults;
use crate::form::kinds::object;
use crate::form::node::Node;
use crate::form::read::{Members, Read};

object! {
    /// A caller has one kind of credential or several, and each is enough.
    Caller {
        /// A secret that the caller sends in a header.
        optional token: Token,
        /// A signed token of an issuer.
        optional jwt: Jwt,
        /// A name in the certificate that the host has checked.
        optional mtls: Mtls,
    }
}
