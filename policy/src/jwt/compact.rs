//! The compact form: header, payload and signature, each in base64url (RFC 7515, section 3.1).

use super::algorithm::Algorithm;
use super::base64url;
use super::header::Header;
use super::key_set::KeySet;
use super::refusal::Refusal;
use super::rules::Profile;
use super::signature::{SignatureAnswer, SignatureCheck};
use alloc::string::String;
use alloc::vec::Vec;

/// The longest token that is read, in bytes. Entra lists up to 200 groups in a token, and most
/// origins take no more than this in all their headers.
pub const MAX_LEN: usize = 16_384;

/// A token of the right shape. Nothing in it was checked, so it offers only the parts that are
/// needed to check it.
#[derive(Debug)]
pub struct Untrusted<'t> {
    profile: Profile,
    header: Header,
    /// The signed bytes: header and payload as they are in the token.
    message: &'t [u8],
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Untrusted<'t> {
    /// Reads a JSON Web Token: exactly three parts, none of them empty.
    ///
    /// # Errors
    /// The fault of its shape or its header.
    pub fn parse(token: &'t [u8]) -> Result<Self, Refusal> {
        Self::parse_as(Profile::Jwt, token)
    }

    /// Reads a token of this profile.
    ///
    /// # Errors
    /// The fault of its shape or its header.
    pub fn parse_as(profile: Profile, token: &'t [u8]) -> Result<Self, Refusal> {
        if token.len() > MAX_LEN {
            return Err(Refusal::TooLong);
        }
        let mut parts = token.split(|&byte| byte == b'.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::Parts);
        };
        if header.is_empty() || payload.is_empty() || signature.is_empty() {
            return Err(Refusal::Parts);
        }
        let end = header.len().saturating_add(1).saturating_add(payload.len());
        let message = token.get(..end).ok_or(Refusal::Parts)?;
        let decode = |part| base64url::decode(part).ok_or(Refusal::Base64);
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        let header = Header::parse(&header, profile)?;
        Ok(Self { profile, header, message, payload, signature })
    }

    /// The algorithm that it names. It is used only if the key is for it.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.header.algorithm
    }

    /// The key that it names.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.header.key_id.as_deref()
    }

    /// Chooses the key, and returns the check to make.
    ///
    /// # Errors
    /// There is no such key, or it is for another algorithm.
    pub fn check<'a>(&self, keys: &'a KeySet) -> Result<SignatureCheck<'a>, Refusal>
    where
        't: 'a,
    {
        let key = keys.choose(self.key_id(), self.algorithm(), self.profile)?;
        Ok(key.check(self.message, &self.signature))
    }

    /// Takes the answer to a check of this token.
    ///
    /// # Errors
    /// The signature is not good, or the answer belongs to another check.
    pub fn signed(
        self,
        check: &SignatureCheck<'_>,
        answer: &SignatureAnswer,
    ) -> Result<Signed, Refusal> {
        let good = check.is_of(self.message, &self.signature) && answer.is_good(check);
        let key_id = check.key().id().map(String::from);
        if good {
            Ok(Signed { payload: self.payload, key_id })
        } else {
            Err(Refusal::SignatureInvalid)
        }
    }
}

/// A payload that a key of the set has signed. Its content was not checked.
#[derive(Debug)]
pub struct Signed {
    payload: Vec<u8>,
    key_id: Option<String>,
}

impl Signed {
    /// The bytes that were signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The id of the key that signed it.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }
}
