//! Reads the credential in the one header that a key table reads.

use super::carrier::Carrier;
use crate::reason::Reason;
use crate::request::Header;

/// The content of the credential header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Offered<'r> {
    /// The header is not there.
    Absent,
    /// It is there, but has no token to compare, for this reason.
    Unusable(Reason),
    /// A token of bounded length in visible ASCII.
    Token(&'r [u8]),
}

/// Reads a credential: exactly one header, no list, with the scheme if the carrier has one, and of
/// at most `max` bytes.
pub(crate) fn offered<'r>(headers: &'r [Header<'r>], carrier: &Carrier, max: usize) -> Offered<'r> {
    let mut values = headers.iter().filter(|h| carrier.header().is(h.name)).map(|h| h.value);
    let Some(value) = values.next() else { return Offered::Absent };
    if values.next().is_some() {
        return Offered::Unusable(Reason::CredentialDuplicate);
    }
    // Envoy trims white space around a value. workerd may not, nor may a vector.
    let value = trim(value);
    // Nearly all credentials end here, looked through once.
    let token = carrier.scheme().map_or(Ok(value), |scheme| without_scheme(value, scheme));
    if let Ok(token) = token
        && is_clean(token)
        && !token.is_empty()
        && token.len() <= max
    {
        return Offered::Token(token);
    }
    if value.is_empty() {
        return Offered::Unusable(Reason::CredentialEmpty);
    }
    if value.contains(&b',') {
        return Offered::Unusable(Reason::CredentialList);
    }
    match token {
        Err(reason) => Offered::Unusable(reason),
        Ok(token) if !is_visible(token) => Offered::Unusable(Reason::CredentialMalformed),
        Ok(token) if token.len() > max => Offered::Unusable(Reason::CredentialTooLong),
        Ok(token) => Offered::Token(token),
    }
}

/// Returns `true` if all bytes are visible ASCII (`!` to `~`).
pub(crate) fn is_visible(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'!'..=b'~'))
}

/// Returns `true` if all bytes are visible ASCII and no comma, looking at eight at a time: byte by
/// byte this was a tenth of an allowed request.
fn is_clean(text: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const fn all(byte: u8) -> u64 {
        byte as u64 * ONES
    }
    let (words, rest) = text.as_chunks::<8>();
    // Whatever is wrong with a byte sets its highest bit, or that of one above it. So some bit is set
    // if and only if a byte is wrong.
    let wrong = words.iter().fold(0, |wrong, word| {
        let word = u64::from_ne_bytes(*word);
        let comma = word ^ all(b',');
        let delete = word ^ all(0x7F);
        let zeros = (comma.wrapping_sub(ONES) & !comma) | (delete.wrapping_sub(ONES) & !delete);
        let below = word.wrapping_sub(all(b'!')) & !word;
        wrong | (word | zeros | below) & HIGH
    });
    wrong == 0 && rest.iter().all(|byte| matches!(byte, b'!'..=b'~') && *byte != b',')
}

/// Removes the optional white space around a value (RFC 9110, section 5.6.3). A line break is not
/// such white space.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The scheme in any case, then spaces, then the token (RFC 9110, section 11.4).
fn without_scheme<'v>(value: &'v [u8], expected: &str) -> Result<&'v [u8], Reason> {
    let is_usual = value.get(expected.len()) == Some(&b' ')
        && value
            .get(..expected.len())
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(expected.as_bytes()));
    let space =
        if is_usual { Some(expected.len()) } else { value.iter().position(|byte| *byte == b' ') };
    let (scheme, rest) = match space {
        Some(at) => value.split_at_checked(at).unwrap_or((value, b"")),
        None => (value, &b""[..]),
    };
    if !scheme.eq_ignore_ascii_case(expected.as_bytes()) {
        return Err(if is_visible(scheme) {
            Reason::CredentialWrongScheme
        } else {
            Reason::CredentialMalformed
        });
    }
    let token = trim(rest);
    if token.is_empty() { Err(Reason::CredentialEmpty) } else { Ok(token) }
}

#[cfg(test)]
mod tests {
    use super::super::carrier::Scheme;
    use super::*;
    use crate::header::HeaderName;
    use alloc::vec::Vec;

    fn read(values: &[&[u8]], bearer: bool) -> Result<Vec<u8>, Option<Reason>> {
        let headers: Vec<_> =
            values.iter().map(|value| Header { name: b"X-Token", value }).collect();
        let header = HeaderName::parse("x-token").unwrap();
        let carrier = Carrier::new(header, bearer.then(Scheme::bearer));
        match offered(&headers, &carrier, 1_024) {
            Offered::Absent => Err(None),
            Offered::Unusable(reason) => Err(Some(reason)),
            Offered::Token(token) => Ok(token.to_vec()),
        }
    }

    #[test]
    fn a_clean_token_is_visible_and_no_list() {
        for len in 0..20 {
            let mut text: Vec<u8> = (0..len).map(|n| b'a' + n).collect();
            assert!(is_clean(&text));
            for at in 0..text.len() {
                let before = text[at];
                for byte in 0..=u8::MAX {
                    text[at] = byte;
                    assert_eq!(is_clean(&text), is_visible(&text) && byte != b',', "{text:?}");
                }
                text[at] = before;
            }
        }
    }

    #[test]
    fn one_header_without_a_scheme() {
        for (values, expected) in [
            (&[][..], Err(None)),
            (&[&b"abc"[..]], Ok(b"abc".to_vec())),
            (&[b" abc\t"], Ok(b"abc".to_vec())),
            (&[b""], Err(Some(Reason::CredentialEmpty))),
            (&[b"  "], Err(Some(Reason::CredentialEmpty))),
            (&[b"a", b"a"], Err(Some(Reason::CredentialDuplicate))),
            (&[b"a", b""], Err(Some(Reason::CredentialDuplicate))),
            (&[b"a, b"], Err(Some(Reason::CredentialList))),
            (&[b"a b"], Err(Some(Reason::CredentialMalformed))),
            (&[b"\xff\xfe"], Err(Some(Reason::CredentialMalformed))),
            (&[b"a\0"], Err(Some(Reason::CredentialMalformed))),
            (&[b"abc\n"], Err(Some(Reason::CredentialMalformed))),
            (&[&b"a,b".repeat(1_000)], Err(Some(Reason::CredentialList))),
            (&[&[b'x'; 1_024]], Ok([b'x'; 1_024].to_vec())),
            (&[&[b'x'; 1_025]], Err(Some(Reason::CredentialTooLong))),
            (&[&[b'x'; 65_536]], Err(Some(Reason::CredentialTooLong))),
        ] {
            assert_eq!(read(values, false), expected);
        }
    }

    #[test]
    fn the_bearer_scheme() {
        for (value, expected) in [
            ("Bearer abc", Ok(b"abc".to_vec())),
            ("bEARER   abc", Ok(b"abc".to_vec())),
            ("Bearer", Err(Some(Reason::CredentialEmpty))),
            ("Bearer ", Err(Some(Reason::CredentialEmpty))),
            ("abc", Err(Some(Reason::CredentialWrongScheme))),
            ("Basic abc", Err(Some(Reason::CredentialWrongScheme))),
            ("Bearer\tabc", Err(Some(Reason::CredentialMalformed))),
            ("Bearer a b", Err(Some(Reason::CredentialMalformed))),
            ("Bearerabc", Err(Some(Reason::CredentialWrongScheme))),
            ("Bearer a,Bearer b", Err(Some(Reason::CredentialList))),
        ] {
            assert_eq!(read(&[value.as_bytes()], true), expected, "{value}");
        }
    }
}
