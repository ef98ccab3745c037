//! HTTP Basic: a user and a password in base64 (RFC 7617).

use super::{Alphabet, MAX_SECRET, Sent};
use crate::reason::Reason;
use alloc::vec::Vec;
use base64ct::{Base64Unpadded, Encoding};

/// The longest user of a policy, in bytes.
pub(super) const MAX_USER: usize = 256;

/// The longest text in base64 that is read: that of the longest user, a colon, and the longest
/// password.
pub(super) const MAX_TEXT: usize = (MAX_USER + 1 + MAX_SECRET).div_ceil(3) * 4;

/// Reads the text behind the scheme. The user ends at the first colon, so the password can have
/// one.
pub(super) fn read(text: &[u8]) -> Result<Sent<'static>, Reason> {
    let decoded = decode(text).ok_or(Reason::CredentialMalformed)?;
    let mut parts = decoded.splitn(2, |&byte| byte == b':');
    let (Some(user), Some(password)) = (parts.next(), parts.next()) else {
        return Err(Reason::CredentialMalformed);
    };
    if !Alphabet::Text.holds(&decoded) {
        return Err(Reason::CredentialMalformed);
    }
    if password.is_empty() {
        return Err(Reason::CredentialEmpty);
    }
    if password.len() > MAX_SECRET {
        return Err(Reason::CredentialTooLong);
    }
    Ok(Sent { secret: password.to_vec().into(), user: user.to_vec() })
}

/// Decodes base64 (RFC 4648, section 4) with its padding or, as some clients send it, without.
/// Nothing else is left to a client: not half of the padding, nor another alphabet, nor unused bits
/// that are not zero.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let bare = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    if bare.len() != text.len() && !text.len().is_multiple_of(4) {
        return None;
    }
    Base64Unpadded::decode_vec(core::str::from_utf8(bare).ok()?).ok()
}

/// The text for a user, a colon and a password.
#[cfg(feature = "explain")]
pub(crate) fn write(pair: &[u8]) -> alloc::string::String {
    base64ct::Base64::encode_string(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(text: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Reason> {
        read(text).map(|sent| (sent.user, sent.secret.into_owned()))
    }

    #[test]
    fn a_user_and_a_password() {
        // RFC 7617, sections 2 and 2.1.
        for (text, user, password) in [
            ("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"),
            ("dGVzdDoxMjPCow==", "test", "123£"),
            // Without padding.
            ("QWxhZGRpbjpvcGVuIHNlc2FtZQ", "Aladdin", "open sesame"),
            ("dGVzdDoxMjPCow", "test", "123£"),
            // No padding is needed.
            ("YTpi", "a", "b"),
            // One character of padding, and none.
            ("YTpiYw==", "a", "bc"),
            ("YTpiY2Q=", "a", "bcd"),
            ("YTpiY2Q", "a", "bcd"),
            // The password has colons, or is one.
            ("YTpiOmM6", "a", "b:c:"),
            ("YTo6", "a", ":"),
            // No user.
            ("OnBhc3M=", "", "pass"),
            ("OjphOg==", "", ":a:"),
        ] {
            let expected = (user.as_bytes().to_vec(), password.as_bytes().to_vec());
            assert_eq!(pair(text.as_bytes()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn one_spelling_only() {
        for (text, reason) in [
            ("", Reason::CredentialMalformed),
            ("=", Reason::CredentialMalformed),
            ("====", Reason::CredentialMalformed),
            // No colon: `user`, and a token as it is.
            ("dXNlcg==", Reason::CredentialMalformed),
            ("4f8a1c0d9e2b7365af01d2c4b6e8f790", Reason::CredentialMalformed),
            // In clear.
            ("user:pass", Reason::CredentialMalformed),
            // Half of the padding, too much, and some in the middle.
            ("YTpiYw=", Reason::CredentialMalformed),
            ("YTpi=", Reason::CredentialMalformed),
            ("YTpi==", Reason::CredentialMalformed),
            ("YTpi====", Reason::CredentialMalformed),
            ("YTpiYw==YTpi", Reason::CredentialMalformed),
            // Unused bits that are not zero.
            ("YTpiYx==", Reason::CredentialMalformed),
            ("YTpiYx", Reason::CredentialMalformed),
            ("YTpiY2R=", Reason::CredentialMalformed),
            // The other alphabet: `a:???` has a slash.
            ("YTo_Pz8", Reason::CredentialMalformed),
            ("YTpi\n", Reason::CredentialMalformed),
            ("YT pi", Reason::CredentialMalformed),
            // `a:b` and a line break, a NUL, a DEL.
            ("YTpiCg==", Reason::CredentialMalformed),
            ("YTpiAA==", Reason::CredentialMalformed),
            ("YTpifw==", Reason::CredentialMalformed),
            ("CmE6Yg==", Reason::CredentialMalformed),
            // Latin-1: `test:123£` in one byte.
            ("dGVzdDoxMjOj", Reason::CredentialMalformed),
            // Overlong UTF-8.
            ("YTrAgA==", Reason::CredentialMalformed),
            // No password: `a:` and `:`.
            ("YTo=", Reason::CredentialEmpty),
            ("Og==", Reason::CredentialEmpty),
        ] {
            assert_eq!(pair(text.as_bytes()), Err(reason), "{text}");
        }
        assert_eq!(pair(b"YTpi\xff"), Err(Reason::CredentialMalformed));
        assert_eq!(pair("YTo_Pz8".replace('_', "/").as_bytes()).unwrap().1, b"???");
    }

    #[test]
    fn a_password_is_as_long_as_a_token() {
        let text = |length: usize| {
            let pair = ["a:".into(), "x".repeat(length)].concat();
            base64ct::Base64::encode_string(pair.as_bytes())
        };
        assert_eq!(pair(text(MAX_SECRET).as_bytes()).unwrap().1.len(), MAX_SECRET);
        assert_eq!(pair(text(MAX_SECRET + 1).as_bytes()), Err(Reason::CredentialTooLong));
    }
}
