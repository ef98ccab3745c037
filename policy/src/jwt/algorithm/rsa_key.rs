//! RSA keys, for every way to sign with them.

use super::Algorithm;
use crate::form::node::Node;
use crate::jwt::der::{SEQUENCE, element, number, unsigned, whole};
use crate::jwt::json::{Fault, bytes};
use crate::jwt::material::{Material, Wrong};
use alloc::vec::Vec;

/// The shortest modulus, in words.
pub(super) const SHORTEST: &str = "2048 bits";

/// rsaEncryption with `NULL` (RFC 3279, section 2.3.1).
pub(super) const IDENTIFIER: &[u8] =
    b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/// Reads `n` and `e` (RFC 7518, section 6.3.1).
pub(super) fn read_jwk(algorithm: Algorithm, jwk: &Node) -> Result<Material, Fault> {
    let (n, e) = (bytes(jwk, "n")?, bytes(jwk, "e")?);
    key(algorithm, &n, &e).map_err(|wrong| ("n", wrong))
}

/// Reads an `RSAPublicKey` (RFC 3279, section 2.3.1).
pub(super) fn read_spki(algorithm: Algorithm, bits: &[u8]) -> Result<Material, Wrong> {
    let numbers = || {
        let (n, rest) = number(whole(SEQUENCE, bits)?)?;
        let (e, []) = number(rest)? else { return None };
        Some((n, e))
    };
    let (n, e) = numbers().ok_or(("malformed der", "a public key (`SubjectPublicKeyInfo`)"))?;
    key(algorithm, n, e)
}

pub(super) fn write_spki(key: &Material) -> Option<Vec<u8>> {
    let (n, e) = key.rsa()?;
    Some(element(SEQUENCE, &[unsigned(n).as_slice(), &unsigned(e)].concat()))
}

/// A modulus of 2048 to 8192 bits and an odd exponent from 3 (RFC 7518, section 3.3; NIST SP
/// 800-131A). Larger exponents than 33 bits are refused: they only cost time.
fn key(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<Material, Wrong> {
    let minimal = |number: &[u8]| number.first().is_some_and(|&byte| byte != 0);
    if !minimal(n) || !minimal(e) {
        return Err(("a number with leading zeros", "the least number of bytes"));
    }
    let bits = n.len().saturating_mul(8).saturating_sub(
        usize::try_from(n.first().map_or(0, |byte| byte.leading_zeros())).unwrap_or(0),
    );
    if bits < 2_048 {
        return Err(("a modulus of fewer than 2048 bits", "at least 2048 bits"));
    }
    if bits > 8_192 {
        return Err(("a modulus of more than 8192 bits", "at most 8192 bits"));
    }
    if is_roca(n) {
        return Err(("a modulus that can be factored (CVE-2017-15361)", "another key"));
    }
    if n.last().is_none_or(|byte| byte % 2 == 0) {
        return Err(("an even modulus", "an odd one"));
    }
    let exponent = e.iter().try_fold(0_u64, |sum, &byte| {
        sum.checked_mul(256).and_then(|sum| sum.checked_add(byte.into()))
    });
    if !exponent.is_some_and(|e| (3..1 << 33).contains(&e) && e % 2 == 1) {
        return Err((
            "an exponent that is even, below 3 or too large",
            "an odd number such as 65537",
        ));
    }
    algorithm.checked(Material::Rsa { n: n.into(), e: e.into() }, "no rsa key")
}

/// Returns `true` if a modulus comes from the library whose primes are powers of 65537 modulo many
/// small primes (Nemec and others, "The Return of Coppersmith's Attack", 2017). By chance this
/// holds for one other modulus in 2^27.
fn is_roca(n: &[u8]) -> bool {
    const SMALL: [u32; 17] =
        [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
    let is_power = |prime: u32| {
        let digit = |rest: u32, &byte: &u8| (rest * 256 + u32::from(byte)) % prime;
        let rest = n.iter().fold(0, digit);
        let next = |power: &u32| Some(power * (65_537 % prime) % prime);
        let order = usize::try_from(prime).unwrap_or(0);
        core::iter::successors(Some(1), next).take(order).any(|power| power == rest)
    };
    SMALL.into_iter().all(is_power)
}

/// The key as RustCrypto has it, with an exponent that it takes.
#[cfg(any(feature = "ps256", feature = "rs256"))]
pub(super) fn public_key(key: &Material) -> Option<rsa::PublicKey> {
    let (n, e) = key.rsa()?;
    let number = rsa::BoxedUint::from_be_slice_vartime;
    rsa::PublicKey::new(number(n), number(e)).ok()
}
