//! Public keys as `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7) in DER.

use super::algorithm::Algorithm;
use super::der::{BIT_STRING, SEQUENCE, element, whole};
use super::material::{Material, Wrong};
use alloc::vec::Vec;

/// Writes a public key. `None` for a secret.
pub(super) fn write(algorithm: Algorithm, key: &Material) -> Option<Vec<u8>> {
    let (identifier, bits) = algorithm.spki(key)?;
    // No unused bits.
    let bits = element(BIT_STRING, &[&[0], bits.as_slice()].concat());
    Some(element(SEQUENCE, &[identifier, &bits].concat()))
}

/// Reads a public key, which must be exactly the bytes that [`write`] makes. `None` if no algorithm
/// has such keys.
pub(super) fn read(der: &[u8]) -> Result<Option<(Algorithm, Material)>, Wrong> {
    const MALFORMED: Wrong = ("malformed der", "a public key (`SubjectPublicKeyInfo`)");
    let content = whole(SEQUENCE, der).ok_or(MALFORMED)?;
    for algorithm in Algorithm::ALL {
        let Some((identifier, read)) = algorithm.spki_reader() else { continue };
        let Some(rest) = content.strip_prefix(identifier) else { continue };
        let bits = whole(BIT_STRING, rest).and_then(|bits| bits.strip_prefix(&[0]));
        return read(bits.ok_or(MALFORMED)?).map(|key| Some((algorithm, key)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8410, section 10.1.
    const ED: [u8; 44] = *b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00\
        \x19\xbf\x44\x09\x69\x84\xcd\xfe\x85\x41\xba\xc1\x67\xdc\x3b\x96\
        \xc8\x50\x86\xaa\x30\xb6\xb6\xcb\x0c\x5c\x38\xad\x70\x31\x66\xe1";

    #[test]
    fn a_public_key_comes_back_as_it_was() {
        let (algorithm, key) = read(&ED).unwrap().unwrap();
        assert_eq!(write(algorithm, &key).as_deref(), Some(&ED[..]));
        // It must not be cut anywhere, nor have anything behind it.
        for end in 0..ED.len() {
            assert!(read(&ED[..end]).is_err(), "{end}");
        }
        assert!(read(&[&ED[..], &[0]].concat()).is_err());
        // This length has more bytes than it needs.
        assert!(read(&[&[0x30, 0x81, 0x2a], &ED[2..]].concat()).is_err());
    }
}
