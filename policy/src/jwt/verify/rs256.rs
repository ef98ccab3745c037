//! `RS256`, by `rsa`.

use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::signature::Verifier;
use rsa::{BoxedUint, PublicKey};
use sha2::Sha256;

/// This build checks its signatures.
pub(super) const BUILT_IN: bool = true;

/// RFC 8017, section 8.2.2: as long as the modulus, below it, and exactly the one padding.
pub(super) fn verify((n, e): (&[u8], &[u8]), message: &[u8], signature: &[u8]) -> Option<()> {
    if signature.len() != n.len() {
        return None;
    }
    let key = VerifyingKey::<Sha256>::new(public_key(n, e)?);
    let signature = Signature::try_from(signature).ok()?;
    key.verify(message, &signature).ok()
}

/// Returns `true` for a modulus with an exponent that the library takes.
pub(super) fn is_key((n, e): (&[u8], &[u8])) -> bool {
    public_key(n, e).is_some()
}

fn public_key(n: &[u8], e: &[u8]) -> Option<PublicKey> {
    let number = BoxedUint::from_be_slice_vartime;
    PublicKey::new(number(n), number(e)).ok()
}
