//! Envoy's `verify_signature`, for tests of a host that checks signatures.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};

/// Checks a signature as Envoy does. The arguments are protobuf: hash, key (`SubjectPublicKeyInfo`),
/// signature and text. So is the answer: `result` (field 1), which is left out if it is false.
pub(super) fn verify(arguments: &[u8]) -> Vec<u8> {
    let Some([hash, key, signature, text]) = fields(arguments) else { return Vec::new() };
    // What comes before the key itself is as long in all keys of an algorithm.
    let (algorithm, before): (&dyn VerificationAlgorithm, usize) = match (hash, key.len()) {
        (b"sha256", 91) => (&ECDSA_P256_SHA256_ASN1, 26),
        (b"sha384", 120) => (&ECDSA_P384_SHA384_ASN1, 23),
        (b"sha256", 292..) => (&RSA_PKCS1_2048_8192_SHA256, 24),
        _ => return Vec::new(),
    };
    let is_good = UnparsedPublicKey::new(algorithm, &key[before..]).verify(text, signature).is_ok();
    if is_good { vec![8, 1] } else { Vec::new() }
}

/// The fields 1 to 4, each bytes, in their order.
fn fields(mut rest: &[u8]) -> Option<[&[u8]; 4]> {
    let mut fields = [&b""[..]; 4];
    for (number, field) in (1_u8..).zip(&mut fields) {
        rest = rest.strip_prefix(&[number << 3 | 2])?;
        let mut length = 0;
        for shift in (0..).step_by(7) {
            let (&byte, after) = rest.split_first()?;
            rest = after;
            length |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        (*field, rest) = rest.split_at_checked(length)?;
    }
    rest.is_empty().then_some(fields)
}
