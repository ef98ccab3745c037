//! Escapes: well-formed ones, and those that only some decoders take.

use alloc::vec::Vec;

/// Percent-decoding, once, of every well-formed escape; the others stay as they are.
pub(in crate::path) fn decode(path: &[u8]) -> Option<Vec<u8>> {
    decode_but(path, |_| false)
}

/// Percent-decoding of everything but `/` and `%`, as routers do that decode before they match and
/// leave slashes to the parameters (Fastify's find-my-way), and as RFC 3986 normalisation does.
pub(in crate::path) fn decode_but_slashes(path: &[u8]) -> Option<Vec<u8>> {
    decode_but(path, |byte| matches!(byte, b'/' | b'%'))
}

fn decode_but(path: &[u8], keep: impl Fn(u8) -> bool) -> Option<Vec<u8>> {
    decode_by(path, |escape| match *escape {
        [high, low, ..] => match byte(high, low, nibble) {
            Some(byte) if !keep(byte) => Escape::Byte(byte, 2),
            _ => Escape::Kept,
        },
        _ => Escape::Kept,
    })
}

/// Percent-decoding by a state machine that drops faulty escapes, as nginx unescapes the value of a
/// header or a variable (`ngx_unescape_uri`): `%n` is `n`, and `%6n` is nothing.
pub(in crate::path) fn decode_dropping(path: &[u8]) -> Option<Vec<u8>> {
    has_bad_escape(path).then_some(())?;
    decode_by(path, |escape| match *escape {
        [high, low, ..] if nibble(high).is_some() => {
            byte(high, low, nibble).map_or(Escape::Nothing(2), |byte| Escape::Byte(byte, 2))
        }
        [other, ..] if nibble(other).is_none() => Escape::Byte(other, 1),
        _ => Escape::Nothing(1),
    })
}

/// Percent-decoding as uWSGI's HTTP router does it (`http_url_decode4`, 2.0): `%%` is `%`, two bytes
/// that are no digits are a NUL, and what has no second byte is nothing.
pub(in crate::path) fn decode_by_two(path: &[u8]) -> Option<Vec<u8>> {
    has_bad_escape(path).then_some(())?;
    decode_by(path, |escape| match *escape {
        [b'%', ..] => Escape::Byte(b'%', 1),
        [high, low, ..] => Escape::Byte(byte(high, low, nibble).unwrap_or_default(), 2),
        _ => Escape::Nothing(1),
    })
}

/// Percent-decoding where `%u` and four digits are a character: Jetty 9.4 (`URIUtil.decodePath`),
/// IIS (`PercentUAllowed` of http.sys), JavaScript's `unescape`. Jetty takes `:` to `?`, `@` and
/// `` ` `` for digits too (`TypeUtil.convertHexDigit`).
pub(in crate::path) fn decode_wide(path: &[u8]) -> Option<Vec<u8>> {
    has_bad_escape(path).then_some(())?;
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&first, tail)) = rest.split_first() {
        match (first, tail) {
            (b'%', [b'u' | b'U', a, b, c, d, after @ ..]) => {
                if let (Some(high), Some(low)) =
                    (byte(*a, *b, lax_nibble), byte(*c, *d, lax_nibble))
                {
                    let number = u32::from(high) << 8 | u32::from(low);
                    let character = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                    decoded.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = after;
                    continue;
                }
            }
            (b'%', [a, b, after @ ..]) => {
                if let Some(byte) = byte(*a, *b, lax_nibble) {
                    decoded.push(byte);
                    rest = after;
                    continue;
                }
            }
            _ => {}
        }
        decoded.push(first);
        rest = tail;
    }
    (decoded != path).then_some(decoded)
}

/// The result of decoding a `%`, and the number of bytes after it that belong to it.
enum Escape {
    Kept,
    Byte(u8, usize),
    Nothing(usize),
}

fn decode_by(path: &[u8], read: impl Fn(&[u8]) -> Escape) -> Option<Vec<u8>> {
    let mut at = path.iter().position(|&byte| byte == b'%')?;
    let mut decoded = Vec::new();
    let mut rest = path;
    loop {
        let (before, from) = rest.split_at_checked(at)?;
        let escape = from.get(1..).unwrap_or_default();
        let (byte, len) = match read(escape) {
            Escape::Kept => (Some(b'%'), 0),
            Escape::Byte(byte, len) => (Some(byte), len),
            Escape::Nothing(len) => (None, len),
        };
        if decoded.capacity() == 0 {
            decoded.reserve_exact(path.len());
        }
        decoded.extend_from_slice(before);
        decoded.extend(byte);
        rest = escape.get(len..).unwrap_or_default();
        match rest.iter().position(|&byte| byte == b'%') {
            Some(next) => at = next,
            None => break,
        }
    }
    decoded.extend_from_slice(rest);
    (decoded != path).then_some(decoded)
}

/// Returns `true` if some `%` is no escape of two digits.
fn has_bad_escape(path: &[u8]) -> bool {
    let mut parts = path.split(|&byte| byte == b'%');
    parts.next();
    parts.any(|part| match *part {
        [high, low, ..] => byte(high, low, nibble).is_none(),
        _ => true,
    })
}

/// Without an unfinished escape at the end (`/account%2`), which uWSGI drops.
pub(in crate::path) fn finished(path: &[u8]) -> Option<Vec<u8>> {
    match path {
        [rest @ .., b'%'] | [rest @ .., b'%', _] => Some(rest.to_vec()),
        _ => None,
    }
}

const fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The value of two digits.
fn byte(high: u8, low: u8, digit: impl Fn(u8) -> Option<u8>) -> Option<u8> {
    Some(digit(high)? << 4 | digit(low)?)
}

/// A digit as Jetty 9.4 computes it, without a look at which character it is.
fn lax_nibble(byte: u8) -> Option<u8> {
    let value = u32::from(byte & 0x1F) + u32::from(byte >> 6) * 25;
    u8::try_from(value.checked_sub(16)?).ok().filter(|value| *value < 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(step: impl Fn(&[u8]) -> Option<Vec<u8>>, cases: &[(&str, Option<&str>)]) {
        for (path, expected) in cases {
            let found = step(path.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{path}");
        }
    }

    #[test]
    fn decoding_keeps_what_is_no_escape() {
        check(
            decode,
            &[
                ("/%69", Some("/i")),
                ("/%2569", Some("/%69")),
                ("/%", None),
                ("/%6", None),
                ("/%zz%41", Some("/%zzA")),
                ("/a", None),
                ("/%%41", Some("/%A")),
            ],
        );
    }

    #[test]
    fn escapes_that_are_none() {
        check(
            decode_dropping,
            &[
                ("/inter%nal%6", Some("/internal")),
                ("/a%6zb%%41", Some("/ab%41")),
                ("/a%4", Some("/a")),
                ("/%41", None),
            ],
        );
        check(
            decode_by_two,
            &[
                ("/a%", Some("/a")),
                ("/a%2", Some("/a")),
                ("/a%%41%62", Some("/a%41b")),
                ("/a%zzb%4z", Some("/a\0b\0")),
                ("/%41", None),
            ],
        );
        check(
            decode_wide,
            &[
                ("/%u0069nternal%41", Some("/internalA")),
                ("/%U212a%uD800", Some("/\u{212a}\u{fffd}")),
                // Digits as Jetty computes them.
                ("/%6@nternal", Some("/internal")),
                ("/%u006", None),
                ("/%zz%41", Some("/%zzA")),
                ("/%41", None),
            ],
        );
        check(finished, &[("/a%", Some("/a")), ("/a%z", Some("/a")), ("/a%41", None)]);
    }
}
