//! Public keys in PEM: `SubjectPublicKeyInfo` (RFC 5280, section 4.1), as issuers publish them.

/// `AlgorithmIdentifier`s, whole: with `NULL` for RSA, with the curve for P-256.
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const P256: &[u8] =
    b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const P384: &[u8] = b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// A point on Ed25519 (RFC 8410).
pub fn ed25519(point: &[u8]) -> String {
    public_key(ED25519, point)
}

/// An uncompressed point on P-256 (RFC 5480).
pub fn p256(point: &[u8]) -> String {
    public_key(P256, point)
}

/// An uncompressed point on P-384 (RFC 5480).
pub fn p384(point: &[u8]) -> String {
    public_key(P384, point)
}

/// A modulus and an exponent (RFC 3279, section 2.3.1).
pub fn rsa(n: &[u8], e: &[u8]) -> String {
    public_key(RSA, &element(SEQUENCE, &[unsigned(n), unsigned(e)].concat()))
}

fn public_key(algorithm: &[u8], key: &[u8]) -> String {
    // The first byte says that no bit of the last one is unused.
    let bits = element(BIT_STRING, &[&[0], key].concat());
    let der = element(SEQUENCE, &[algorithm, &bits].concat());
    pem_rfc7468::encode_string("PUBLIC KEY", pem_rfc7468::LineEnding::LF, &der)
        .expect("a key of a few hundred bytes fits into pem")
}

/// A number that is not negative.
fn unsigned(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let sign: &[u8] = if number.get(zeros).is_none_or(|byte| *byte >= 0x80) { &[0] } else { &[] };
    element(INTEGER, &[sign, &number[zeros..]].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("keys have a few hundred bytes");
    let length: &[u8] = match length.to_be_bytes() {
        [0, short] if short < 0x80 => &[short],
        [0, long] => &[0x81, long],
        [high, low] => &[0x82, high, low],
    };
    [&[tag], length, content].concat()
}
