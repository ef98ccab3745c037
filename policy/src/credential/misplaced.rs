//! Finds out where a client put its credential if not where the rule reads it. This is for the
//! audit line only: such a credential is never compared with anything.

use super::carrier::Carrier;
use crate::reason::Reason;
use crate::request::Header;

/// The reason for a request without a credential in the carriers that are `read`: missing, or in the
/// query, or in another header.
pub(crate) fn misplaced<'n>(
    headers: &[Header<'_>],
    target: &[u8],
    read: impl Iterator<Item = &'n Carrier> + Clone,
    known: impl Iterator<Item = &'n Carrier> + Clone,
) -> Reason {
    let elsewhere = |header: &Header<'_>| {
        known.clone().any(|carrier| carrier.is_alias(header))
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
        usual || read.clone().any(|carrier| carrier.is_named(name))
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
    use crate::header::HeaderName;

    #[test]
    fn where_the_credential_went() {
        let all = ["x-internal-api-key", "x-callback-secret"];
        let all = all.map(|name| Carrier::new(HeaderName::parse(name).unwrap(), None));
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
                misplaced(&headers, target.as_bytes(), all.iter().take(1), all.iter()),
                reason,
                "{name} {target}"
            );
        }
    }
}
