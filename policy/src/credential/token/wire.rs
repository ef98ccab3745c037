//! Tokens of a caller in a policy document.

use super::digest::Digest;
use crate::credential::carrier::{Place, Scheme, User};
use crate::form::Faults;
use crate::form::kinds::{object, text};
use crate::form::node::Node;
use crate::form::read::{List, Members, Read, wrong};
use crate::form::{SecretVariable, is_id, unquoted};
use crate::header::HeaderName;
use crate::time::Time;
use alloc::string::String;

object! {
    Token {
        /// The header in which the token comes.
        required header: HeaderName,
        /// The scheme before the token, as in `Authorization: Bearer TOKEN`, compared without
        /// regard to case: `bearer`, `ApiKey`, `Token` or any other. `basic` is HTTP Basic: the
        /// client sends a user and a password, and the secret of the keys is the password.
        /// Default: none.
        optional scheme: Scheme,
        /// The user of HTTP Basic, compared exactly; `""` for none. Only with `basic`. Default: any.
        optional user: User,
        /// Further places in which the caller may send the token instead, such as `x-api-key`
        /// beside `authorization`. A request with more than one of these headers is refused.
        /// Default: none.
        optional or: List<Place>,
        /// The valid keys, in whichever place they come. There can be several, so that a rotation
        /// never refuses the caller; at most 32 for one header whose tokens have no id.
        required keys: List<Key>,
    }
}

impl Token {
    /// The place in which the token comes, and the further ones.
    pub(super) fn places(&mut self) -> (Place, Option<List<Place>>) {
        let Self { header, scheme, user, or, keys: _ } = self;
        let first = Place { header: header.take(), scheme: scheme.take(), user: user.take() };
        (first, or.take())
    }
}

object! {
    /// A key of a caller.
    Key {
        /// The name of the key in audit lines. Each key of a caller has another. It is no secret.
        required id: KeyId,
        /// The variable of the host's environment with the token. Use one of `env` and `sha256`.
        optional env: SecretVariable,
        /// The token's digest, as `wicketgate token digest` prints it. It is safe to commit.
        optional sha256: HexDigest,
        /// Allowed with `sha256`: the token has the form `wg_<id>_<secret>`, and names this key.
        /// Default: `false`.
        optional named: bool,
        /// The time at which the key was made. `wicketgate check` warns when it is over 90 days
        /// old.
        optional created: Time,
        /// The time from which on the key is valid.
        optional not_before: Time,
        /// The time until which the key is valid.
        optional not_after: Time,
        /// The key is not valid any more, and requests with it are denied with a reason of their
        /// own (`key_revoked`). Default: `false`.
        optional revoked: bool,
    }
}

/// The id of a key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct KeyId(pub(crate) String);
text!(KeyId, "1 to 64 of `a`-`z`, `0`-`9` and `-`", |text: &str| {
    // Don't quote it: somebody may have pasted a secret into the wrong member.
    if is_id(text) { Ok(Self(text.into())) } else { Err(unquoted(text)) }
});

/// A SHA-256 digest in hexadecimal.
#[derive(Debug)]
pub(crate) struct HexDigest(pub(crate) Digest);
text!(
    HexDigest,
    "the sha-256 digest of a token in 64 hexadecimal digits, never the token itself",
    |text: &str| { Digest::from_hex(text).map(Self).ok_or_else(|| unquoted(text)) }
);
