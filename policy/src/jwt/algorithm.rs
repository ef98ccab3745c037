//! The signature algorithms: one table, with a file for each.
//!
//! A new algorithm is a file here, a variant of [`Algorithm`], its row in [`Algorithm::definition`],
//! and a cargo feature of its name. Everything else that the core and its hosts know of an algorithm
//! is asked of the table.

mod ecdsa;
mod eddsa;
mod es256;
mod es384;
mod hs256;
mod ps256;
mod rs256;
mod rsa_key;

use super::json::Fault;
use super::material::{Material, Wrong};
use crate::form::node::Node;
use alloc::string::String;
use alloc::vec::Vec;

/// A signature algorithm (RFC 7518, section 3.1; RFC 8037, section 3.1). A key is for one of them
/// only (RFC 8725, section 3.1). `none` is not among them, nor is any that signs with SHA-1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// HMAC with SHA-256.
    Hs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

/// The way to sign that an algorithm uses. With the [`Hash`] and the curve, it is all that a host
/// needs to check a signature by its own library.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    /// ECDSA (FIPS 186-5, section 6), on the algorithm's curve.
    Ecdsa,
    /// EdDSA (RFC 8032), on the algorithm's curve.
    EdDsa,
    /// HMAC (RFC 2104), with a shared secret.
    Hmac,
    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
    RsaPkcs1,
    /// RSASSA-PSS (RFC 8017, section 8.1). MGF1 uses the same hash, and the salt is as long as it.
    RsaPss,
}

/// The hash of a message that is then signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl Hash {
    /// Its name in FIPS 180-4, which is also that of WebCrypto.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
        }
    }

    /// Its name for OpenSSL and BoringSSL, and so for Envoy's `verify_signature`.
    #[must_use]
    pub const fn openssl_name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
        }
    }

    /// Its length in bytes.
    #[must_use]
    pub const fn size(self) -> u8 {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}

/// All that is known of an algorithm: what one file of this folder says.
struct Definition {
    /// The values of `alg` that mean it. The first is its registered name.
    names: &'static [&'static str],
    /// The type of its keys as JWK (`kty`).
    key_type: &'static str,
    /// The curve of its keys (`crv`), if they have one.
    curve: Option<&'static str>,
    scheme: Scheme,
    /// `None` if the scheme hashes in its own way.
    hash: Option<Hash>,
    /// The shortest key, in words.
    shortest_key: &'static str,
    /// `true` if a key of this type and curve that does not say its `alg` is for this algorithm.
    has_keys_without_alg: bool,
    /// Reads the members of a JWK.
    read_jwk: fn(&Node) -> Result<Material, Fault>,
    /// The form of its keys in DER. `None` for a secret.
    spki: Option<Spki>,
    /// A signature in the form that most libraries take. `None` if its length is wrong.
    signature_der: fn(&[u8]) -> Option<Vec<u8>>,
    /// Checks signatures in the core. `None` if this build leaves them to the host.
    check: Option<Check>,
}

/// Reads the bits of a `subjectPublicKey`.
type ReadBits = fn(&[u8]) -> Result<Material, Wrong>;

/// A key in a `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7).
struct Spki {
    /// The `AlgorithmIdentifier`, whole.
    identifier: &'static [u8],
    /// The bits of `subjectPublicKey`.
    write: fn(&Material) -> Option<Vec<u8>>,
    /// Reads these bits. `None` if keys with this identifier are for another algorithm.
    read: Option<ReadBits>,
}

/// The code of an algorithm. Only this comes from RustCrypto, and only this is behind a feature.
struct Check {
    /// Checks a signature (second) of a message (first).
    verify: fn(&Material, &[u8], &[u8]) -> Option<()>,
    /// Returns `true` if a public key is valid: a point of its curve, and not of small order.
    is_key: fn(&Material) -> bool,
}

/// Stands in for the code of an algorithm that this build does not have.
#[cfg(not(all(
    feature = "eddsa",
    feature = "es256",
    feature = "es384",
    feature = "hs256",
    feature = "ps256",
    feature = "rs256",
)))]
const LEFT_OUT: Option<Check> = None;

/// Most signatures have one form only.
fn signature_as_it_is(signature: &[u8]) -> Option<Vec<u8>> {
    Some(signature.into())
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::EdDsa, Self::Es256, Self::Es384, Self::Hs256, Self::Ps256, Self::Rs256];

    const fn definition(self) -> &'static Definition {
        match self {
            Self::EdDsa => &eddsa::EDDSA,
            Self::Es256 => &es256::ES256,
            Self::Es384 => &es384::ES384,
            Self::Hs256 => &hs256::HS256,
            Self::Ps256 => &ps256::PS256,
            Self::Rs256 => &rs256::RS256,
        }
    }

    /// Its registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.definition().names {
            [name, ..] => name,
            [] => "",
        }
    }

    /// The algorithm of an `alg` member, compared exactly (RFC 7515, section 4.1.1: names are
    /// case-sensitive).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.definition().names.contains(&name))
    }

    /// The names of some of them, as a sentence has them.
    pub(crate) fn names(of: impl Fn(Self) -> bool) -> String {
        let names: Vec<&str> =
            Self::ALL.into_iter().filter(|one| of(*one)).map(Self::name).collect();
        match names.split_last() {
            Some((last, [])) => (*last).into(),
            Some((last, others)) => [&others.join(", "), " or ", last].concat(),
            None => String::new(),
        }
    }

    /// The type of its keys as JWK (`kty`; RFC 7518, section 6.1).
    #[must_use]
    pub const fn key_type(self) -> &'static str {
        self.definition().key_type
    }

    /// The curve of its keys (`crv`), if they have one. WebCrypto has the same names.
    #[must_use]
    pub const fn curve(self) -> Option<&'static str> {
        self.definition().curve
    }

    /// Its way to sign.
    #[must_use]
    pub const fn scheme(self) -> Scheme {
        self.definition().scheme
    }

    /// The hash of the message that is then signed. `None` if the scheme hashes in its own way.
    #[must_use]
    pub const fn hash(self) -> Option<Hash> {
        self.definition().hash
    }

    /// The shortest key, such as `2048 bits`.
    #[must_use]
    pub const fn shortest_key(self) -> &'static str {
        self.definition().shortest_key
    }

    /// Returns `true` if its keys can be read from PEM (`BEGIN PUBLIC KEY`).
    #[must_use]
    pub fn reads_pem(self) -> bool {
        self.definition().spki.as_ref().is_some_and(|spki| spki.read.is_some())
    }

    /// Returns `true` if a key that does not say its `alg` can be for it.
    #[must_use]
    pub const fn has_keys_without_alg(self) -> bool {
        self.definition().has_keys_without_alg
    }

    /// Returns `true` if its key is a secret that the issuer and the gate share.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        self.definition().spki.is_none()
    }

    /// Returns `true` if this build of the core checks its signatures itself.
    #[must_use]
    pub const fn is_built_in(self) -> bool {
        self.definition().check.is_some()
    }

    /// The algorithm that a JWK is for, by its type, its curve, and its `alg` if it has one.
    pub(super) fn of_jwk(kty: &str, crv: Option<&str>, alg: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| {
            let Definition { names, key_type, curve, has_keys_without_alg, .. } =
                algorithm.definition();
            let is_for_it = alg.map_or(*has_keys_without_alg, |alg| names.contains(&alg));
            *key_type == kty && *curve == crv && is_for_it
        })
    }

    /// Reads the key in a JWK for this algorithm.
    pub(super) fn read_jwk(self, jwk: &Node) -> Result<Material, Fault> {
        (self.definition().read_jwk)(jwk)
    }

    /// A key's `AlgorithmIdentifier` and the bits of its `subjectPublicKey`. `None` for a secret.
    pub(super) fn spki(self, material: &Material) -> Option<(&'static [u8], Vec<u8>)> {
        let spki = self.definition().spki.as_ref()?;
        Some((spki.identifier, (spki.write)(material)?))
    }

    /// Reads a key in PEM: the `AlgorithmIdentifier` of this algorithm, and the reader of the bits
    /// after it.
    pub(super) fn spki_reader(self) -> Option<(&'static [u8], ReadBits)> {
        let spki = self.definition().spki.as_ref()?;
        Some((spki.identifier, spki.read?))
    }

    /// A signature in the form that most libraries take. `None` if it has the wrong length.
    pub(super) fn signature_der(self, signature: &[u8]) -> Option<Vec<u8>> {
        (self.definition().signature_der)(signature)
    }

    /// Checks a signature. `None` if this build does not have the algorithm.
    pub(super) fn verify(self, key: &Material, message: &[u8], signature: &[u8]) -> Option<bool> {
        let check = self.definition().check.as_ref()?;
        Some((check.verify)(key, message, signature).is_some())
    }

    /// Returns the key if it is valid, or if this build can't tell, because then the host that
    /// checks its signatures does. `found` says what is wrong with another.
    fn checked(self, key: Material, found: &'static str) -> Result<Material, Wrong> {
        let is_key = self.definition().check.as_ref().is_none_or(|check| (check.is_key)(&key));
        if is_key { Ok(key) } else { Err((found, "a public key")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
        assert_eq!(Algorithm::from_name("Ed25519"), Some(Algorithm::EdDsa));
        for name in [
            "none", "None", "NONE", "nOnE", "", " none", "hs256", "HS256 ", "HS384", "RS1",
            "ES512", "PS384", "Ed448",
        ] {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
        }
    }

    /// A name or an `AlgorithmIdentifier` of two algorithms would let one key serve both.
    #[test]
    fn no_two_algorithms_read_the_same_key() {
        for (at, one) in Algorithm::ALL.into_iter().enumerate() {
            for other in Algorithm::ALL.into_iter().skip(at + 1) {
                let (one, other) = (one.definition(), other.definition());
                assert!(one.names.iter().all(|name| !other.names.contains(name)));
                let same_keys = one.key_type == other.key_type && one.curve == other.curve;
                assert!(!(same_keys && one.has_keys_without_alg && other.has_keys_without_alg));
                let identifier = |of: &Definition| {
                    of.spki.as_ref().filter(|s| s.read.is_some()).map(|s| s.identifier)
                };
                assert!(identifier(one).is_none() || identifier(one) != identifier(other));
            }
        }
    }
}
