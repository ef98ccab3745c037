//! The part of DER (X.690) that keys and signatures need: three shapes of `SubjectPublicKeyInfo`
//! (RFC 5280, section 4.1; RFC 3279, section 2.3; RFC 5480; RFC 8410) and one of signatures.

use super::key::{Material, Wrong};
use alloc::vec::Vec;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// `AlgorithmIdentifier`s, whole: with `NULL` for RSA, with the curve for P-256.
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const P256: &[u8] =
    b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";

/// A public key as a `SubjectPublicKeyInfo`. `None` for a secret.
pub(super) fn spki(material: &Material) -> Option<Vec<u8>> {
    let (algorithm, key) = match material {
        Material::Ed25519(point) => (ED25519, point.to_vec()),
        Material::Hmac(_) => return None,
        Material::P256(point) => (P256, point.to_vec()),
        Material::Rsa { n, e } => {
            (RSA, element(SEQUENCE, &[unsigned(n).as_slice(), &unsigned(e)].concat()))
        }
    };
    // No unused bits.
    let key = element(BIT_STRING, &[&[0], key.as_slice()].concat());
    Some(element(SEQUENCE, &[algorithm, &key].concat()))
}

/// The public key in a `SubjectPublicKeyInfo`, which must be exactly the bytes that [`spki`] makes.
pub(super) fn public_key(der: &[u8]) -> Result<Material, Wrong> {
    const MALFORMED: Wrong = ("malformed der", "a public key (`SubjectPublicKeyInfo`)");
    let content = whole(SEQUENCE, der).ok_or(MALFORMED)?;
    let read = |algorithm: &[u8]| {
        let bits = whole(BIT_STRING, content.strip_prefix(algorithm)?)?;
        bits.strip_prefix(&[0])
    };
    if let Some(key) = read(RSA) {
        let numbers = whole(SEQUENCE, key).ok_or(MALFORMED)?;
        let (n, rest) = number(numbers).ok_or(MALFORMED)?;
        let (e, []) = number(rest).ok_or(MALFORMED)? else { return Err(MALFORMED) };
        return Material::rsa(n, e);
    }
    if let Some(key) = read(P256) {
        let [4, point @ ..] = key else {
            return Err(("a point that is not uncompressed", "an uncompressed one"));
        };
        let (x, y) = point.split_at_checked(32).ok_or(MALFORMED)?;
        return Material::p256(x, y);
    }
    match read(ED25519) {
        Some(key) => Material::ed25519(key),
        None => Err(("a key of another kind", "a public key of RSA, P-256 or Ed25519")),
    }
}

/// r and s as `ECDSA-Sig-Value` (RFC 3279, section 2.2.3). `None` if they are not 32 bytes each.
pub(super) fn ecdsa_signature(signature: &[u8]) -> Option<Vec<u8>> {
    if signature.len() != 64 {
        return None;
    }
    let (r, s) = signature.split_at_checked(32)?;
    Some(element(SEQUENCE, &[unsigned(r).as_slice(), &unsigned(s)].concat()))
}

/// An element with its tag and length.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
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
fn unsigned(mut number: &[u8]) -> Vec<u8> {
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

fn whole(tag: u8, der: &[u8]) -> Option<&[u8]> {
    match first(tag, der)? {
        (content, []) => Some(content),
        _ => None,
    }
}

/// A positive number in the fewest bytes, without its sign byte, and the bytes after it.
fn number(der: &[u8]) -> Option<(&[u8], &[u8])> {
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

    /// RFC 8410, section 10.1.
    const ED: &str =
        "302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

    #[test]
    fn a_public_key_comes_back_as_it_was() {
        let der = hex(ED);
        let key = public_key(&der).unwrap_or_else(|_| panic!());
        assert_eq!(spki(&key), Some(der.clone()));
        // It must not be cut anywhere, nor have anything behind it.
        for end in 0..der.len() {
            assert!(public_key(&der[..end]).is_err(), "{end}");
        }
        assert!(public_key(&[&der[..], &[0]].concat()).is_err());
        // This length has more bytes than it needs.
        let mut long = hex("30812a");
        long.extend_from_slice(&der[2..]);
        assert!(public_key(&long).is_err());
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

    #[test]
    fn ecdsa_signatures() {
        let mut signature = [0_u8; 64];
        (signature[31], signature[32]) = (1, 0x80);
        let der = ecdsa_signature(&signature).unwrap();
        assert_eq!(der[..6], hex("302602010102")[..]);
        assert_eq!((der[6], der[7], der[8], der.len()), (0x21, 0, 0x80, 40));
        assert_eq!(ecdsa_signature(&[0; 64]).unwrap(), hex("3006020100020100"));
        assert_eq!(ecdsa_signature(&[1; 63]), None);
        assert_eq!(ecdsa_signature(&[1; 65]), None);
    }
}
