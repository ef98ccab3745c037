//! Carriers in a policy document, and their checks.

use super::basic::MAX_USER;
use super::{Carrier, Scheme};
use crate::compiling::Context;
use crate::compiling::not_reserved;
use crate::form::Faults;
use crate::form::kinds::{object, text};
use crate::form::node::Node;
use crate::form::read::{Members, Read, join, quote, wrong};
use crate::form::unquoted;
use crate::header::HeaderName;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

object! {
    /// Another place in which the token may come.
    Place {
        /// The header.
        required header: HeaderName,
        /// The scheme before the token. Default: none.
        optional scheme: Scheme,
        /// The user, with the scheme `basic`. Default: any.
        optional user: User,
    }
}

/// The user of HTTP Basic.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct User(String);
text!(
    User,
    "the user alone, at most 256 bytes without colons and control characters; the password is the secret of the keys",
    |text: &str| {
        // Don't quote what may have the password behind the colon.
        if text.contains(':') {
            return Err(format!("{} with a colon", unquoted(text)));
        }
        let good = text.len() <= MAX_USER && !text.chars().any(char::is_control);
        if good { Ok(Self(text.into())) } else { Err(quote(text)) }
    }
);

/// The carrier that a place of the document describes, and the user that it asks for.
pub(crate) fn carrier(
    place: Place,
    at: &str,
    context: &mut Context<'_>,
) -> Option<(Carrier, Option<Box<str>>)> {
    let Place { header, scheme, user } = place;
    let refused = context.faults.any_below(&join(at, "scheme"));
    let header = header?;
    if header.as_str() == "cookie" {
        context.faults.add(
            join(at, "header"),
            "`cookie`, which browsers send for every page that asks them to",
            "a header that a caller sets itself, such as `authorization` or `x-api-key`",
        );
    } else {
        not_reserved(&header, &join(at, "header"), context);
    }
    let carrier = Carrier::new(header, scheme);
    if user.is_some() && !carrier.has_user() && !refused {
        context.faults.add(
            join(at, "user"),
            "a user, and another scheme than `basic` or none",
            "`\"scheme\": \"basic\"` beside it: no other scheme has a user",
        );
    }
    Some((carrier, user.map(|User(user)| user.into())))
}
