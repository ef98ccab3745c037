//! Finds out where a client put its credential if not where the rule reads it. This is for the
//! audit line only: such a credential is never compared with anything.

use crate::header::HeaderName;
use crate::reason::Reason;
use crate::request::Header;

/// The reason for a request without the headers that `read` names: missing, or in the query, or
/// in another header.
pub(crate) fn misplaced<'n>(
    headers: &[Header<'_>],
    target: &[u8],
    read: impl Iterator<Item = &'n HeaderName> + Clone,
    known: impl Iterator<Item = &'n HeaderName> + Clone,
) -> Reason {
    let elsewhere = |header: &Header<'_>| {
        known.clone().any(|name| name.is_alias(header.name))
            || USUAL_HEADERS.iter().any(|name| header.name.eq_ignore_ascii_case(name.as_bytes()))
    };
    if headers.iter().any(elsewhere) {
        return Reason::CredentialWrongHeader;
    }
    let query = target.splitn(2, |&byte| byte == b'?').nth(1).unwrap_or_default();
    let in_query = query.split(|&byte| byte == b'&').any(|pair| {
        let name = pair.split(|&byte| byte == b'=').next().unwrap_or_default();
        let usual =
            USUAL_PARAMETERS.iter().any(|usual| name.eq_ignore_ascii_case(usual.as_bytes()));
        usual || read.clone().any(|header| header.is_alias(name))
    });
    if in_query { Reason::CredentialInQuery } else { Reason::CredentialMissing }
}

/// Headers in which clients send credentials by habit.
const USUAL_HEADERS: [&str; 7] = [
    "api-key",
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "x-auth-token",
    "x-internal-token",
    "x-token",
];

/// Query parameters in which clients send credentials by habit (RFC 6750, section 2.3, among them).
const USUAL_PARAMETERS: [&str; 7] =
    ["access_token", "api_key", "apikey", "auth", "key", "secret", "token"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_credential_went() {
        let read = [HeaderName::parse("x-internal-api-key").unwrap()];
        let known = [read[0].clone(), HeaderName::parse("x-callback-secret").unwrap()];
        for (name, target, reason) in [
            ("accept", "/x", Reason::CredentialMissing),
            ("accept", "/x?a=b&q=token", Reason::CredentialMissing),
            ("accept", "/x?a=b&token=abc", Reason::CredentialInQuery),
            ("accept", "/x?X_Internal_Api_Key=abc", Reason::CredentialInQuery),
            ("Authorization", "/x", Reason::CredentialWrongHeader),
            ("X-Callback-Secret", "/x?token=abc", Reason::CredentialWrongHeader),
            ("X_Internal_Api_Key", "/x", Reason::CredentialWrongHeader),
        ] {
            let headers = [Header { name: name.as_bytes(), value: b"v" }];
            assert_eq!(
                misplaced(&headers, target.as_bytes(), read.iter(), known.iter()),
                reason,
                "{name} {target}"
            );
        }
    }
}
