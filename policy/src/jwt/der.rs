//! The part of DER (X.690) that keys and signatures need: lengths, numbers and what they are in.

use alloc::vec::Vec;

const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const SEQUENCE: u8 = 0x30;

/// An element with its tag and length.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = [tag].to_vec();
    match u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes() {
        [0, short] if short < 0x80 => der.push(short),
        [0, long] => der.extend_from_slice(&[0x81, long]),
        [high, low] => der.extend_from_slice(&[0x82, high, low]),
    }
    der.extend_from_slice(content);
    der
}

/// A number that is not negative.
pub(super) fn unsigned(mut number: &[u8]) -> Vec<u8> {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    let sign: &[u8] = if number.first().is_none_or(|byte| *byte >= 0x80) { &[0] } else { &[] };
    element(INTEGER, &[sign, number].concat())
}

/// An element's content, and the bytes after it. A length must be in the shortest form (X.690,
/// section 10.1), of two bytes at most.
fn first(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (length, rest) = match *rest {
        [short, ..] if short < 0x80 => (u16::from(short), rest.get(1..)?),
        [0x81, long, ..] if long >= 0x80 => (u16::from(long), rest.get(2..)?),
        [0x82, high, low, ..] if high > 0 => (u16::from_be_bytes([high, low]), rest.get(3..)?),
        _ => return None,
    };
    rest.split_at_checked(length.into())
}

/// The content of an element that is all there is.
pub(super) fn whole(tag: u8, der: &[u8]) -> Option<&[u8]> {
    match first(tag, der)? {
        (content, []) => Some(content),
        _ => None,
    }
}

/// A positive number in the fewest bytes, without its sign byte, and the bytes after it.
pub(super) fn number(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (content, rest) = first(INTEGER, der)?;
    let number = match content {
        [0, high, ..] if *high >= 0x80 => content.get(1..)?,
        [high, ..] if (1..0x80).contains(high) => content,
        _ => return None,
    };
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
    }

    #[test]
    fn lengths() {
        for len in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 1_100] {
            let content = alloc::vec![7; len];
            assert_eq!(whole(SEQUENCE, &element(SEQUENCE, &content)), Some(&content[..]), "{len}");
        }
        for bad in ["3080", "30810100", "3082000100", "30ff00", "3001", "3084000000010000"] {
            assert_eq!(whole(SEQUENCE, &hex(bad)), None, "{bad}");
        }
    }

    #[test]
    fn numbers_are_positive_and_short() {
        assert_eq!(number(&hex("020101")), Some((&[1][..], &[][..])));
        assert_eq!(number(&hex("0202008001")), Some((&[0x80][..], &[1][..])));
        for bad in ["0200", "020100", "020180", "02020001", "0202ff01"] {
            assert_eq!(number(&hex(bad)), None, "{bad}");
        }
    }
}
