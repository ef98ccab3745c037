//! Headers that a policy must not use.

use super::Context;
use crate::form::read::quote;
use crate::header::{HeaderName, is_rewriter};

/// A policy must not use headers of the connection, the message's framing, or its routing.
pub(crate) fn not_reserved(name: &HeaderName, at: &str, context: &mut Context<'_>) {
    if name.as_str() == "cookie" {
        context.faults.add(
            at,
            quote(name.as_str()),
            "a header with a name of its own: browsers send cookies with requests of any page",
        );
    } else if RESERVED.contains(&name.as_str()) || is_rewriter(name) {
        context.faults.add(
            at,
            quote(name.as_str()),
            "a header that does not frame or route the message",
        );
    }
}

const RESERVED: [&str; 15] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-forwarded-for",
    "x-request-id",
];
