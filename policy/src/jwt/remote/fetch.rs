//! The result of asking an address for keys.

use crate::jwt::key::{KeyFault, found};
use crate::jwt::{KeySet, KeySource};
use crate::reason::Reason;
use core::fmt;

/// The largest answer that is read, in bytes. A host need not hand over more than one byte more.
pub const MAX_FETCHED: usize = 65_536;

/// The result of asking an address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fetched<'f> {
    /// It answered. Redirects are answers: they are not followed.
    Answer {
        /// The status code.
        status: u16,
        /// The body, up to [`MAX_FETCHED`] bytes and one.
        body: &'f [u8],
    },
    /// It did not answer in time.
    TimedOut,
    /// It could not be asked: no such host or cluster, a connection refused or cut, a certificate
    /// that is not its own.
    Unreachable,
}

/// The reason why an address brought no keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FetchFault {
    /// It could not be asked.
    Unreachable,
    /// It did not answer in time.
    Timeout,
    /// It answered with a status other than 200.
    Status,
    /// It answered with more than [`MAX_FETCHED`] bytes.
    TooLarge,
    /// Its answer is no set of keys.
    Malformed,
    /// Every key of the set has the id of another key for its algorithm.
    DuplicateKey,
    /// The set has a private key or a secret in it, so everybody who reads it can sign.
    PrivateKey,
    /// No key of the set can be used.
    NoKey,
}

impl FetchFault {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Unreachable,
        Self::Timeout,
        Self::Status,
        Self::TooLarge,
        Self::Malformed,
        Self::DuplicateKey,
        Self::PrivateKey,
        Self::NoKey,
    ];

    /// The reason of a request that needed the keys.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::Unreachable => Reason::JwksUnreachable,
            Self::Timeout => Reason::JwksTimeout,
            Self::Status => Reason::JwksStatus,
            Self::TooLarge => Reason::JwksTooLarge,
            Self::Malformed => Reason::JwksMalformed,
            Self::DuplicateKey => Reason::JwksDuplicateKey,
            Self::PrivateKey => Reason::JwksPrivateKey,
            Self::NoKey => Reason::JwksNoKey,
        }
    }

    /// A number for the data that threads share, from 1.
    pub(super) fn number(self) -> u8 {
        (1..).zip(Self::ALL).find(|(_, fault)| *fault == self).map_or(0, |(number, _)| number)
    }

    /// The fault with this number.
    pub(super) fn numbered(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    fn of(faults: &[KeyFault]) -> Self {
        let any = |texts: &[&str]| faults.iter().any(|fault| texts.contains(&fault.found));
        // Report a leaked secret first, whatever else is wrong.
        if any(&[found::PRIVATE, found::SECRET]) {
            Self::PrivateKey
        } else if any(&[found::REPEATED_ID]) {
            Self::DuplicateKey
        } else if any(&[found::NO_KEY]) {
            Self::NoKey
        } else {
            Self::Malformed
        }
    }
}

impl fmt::Display for FetchFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason().text())
    }
}

impl core::error::Error for FetchFault {}

/// The keys in a fetched answer.
pub(super) fn keys(fetched: &Fetched<'_>) -> Result<KeySet, FetchFault> {
    match *fetched {
        Fetched::Unreachable => Err(FetchFault::Unreachable),
        Fetched::TimedOut => Err(FetchFault::Timeout),
        Fetched::Answer { status: 200, body } if body.len() > MAX_FETCHED => {
            Err(FetchFault::TooLarge)
        }
        Fetched::Answer { status: 200, body } => {
            KeySet::parse(body, KeySource::Address).map_err(|faults| FetchFault::of(&faults))
        }
        Fetched::Answer { .. } => Err(FetchFault::Status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    const KEY: &str =
        r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    /// RFC 8032, section 7.1, test 2.
    const OTHER: &str =
        r#""kty":"OKP","crv":"Ed25519","x":"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw""#;

    fn set(keys: &[&str]) -> String {
        format!(r#"{{"keys":[{}]}}"#, keys.join(","))
    }

    #[test]
    fn each_way_to_bring_no_keys_has_its_fault() {
        let one = format!(r#"{{"kid":"a",{KEY}}}"#);
        let other = format!(r#"{{"kid":"a",{OTHER}}}"#);
        let private = format!(r#"{{"kid":"a",{KEY},"d":"AA"}}"#);
        let secret = r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#;
        let large = format!("{}{}", set(&[&one]), " ".repeat(MAX_FETCHED));
        for (body, fault) in [
            (set(&[&one]), None),
            ("<!doctype html><title>Sign in</title>".into(), Some(FetchFault::Malformed)),
            (String::new(), Some(FetchFault::Malformed)),
            (one.clone(), Some(FetchFault::Malformed)),
            (set(&[]), Some(FetchFault::NoKey)),
            (set(&[r#"{"kty":"RSA","use":"enc"}"#]), Some(FetchFault::NoKey)),
            (set(&[&one, &one]), None),
            (set(&[&one, &other]), Some(FetchFault::DuplicateKey)),
            (set(&[&one, &private]), Some(FetchFault::PrivateKey)),
            (set(&[&one, secret]), Some(FetchFault::PrivateKey)),
            (large, Some(FetchFault::TooLarge)),
        ] {
            let answer = Fetched::Answer { status: 200, body: body.as_bytes() };
            assert_eq!(keys(&answer).err(), fault, "{body:.80}");
        }
        for status in [0, 204, 301, 404, 500, 503] {
            let body = set(&[&one]);
            let answer = Fetched::Answer { status, body: body.as_bytes() };
            assert_eq!(keys(&answer).err(), Some(FetchFault::Status), "{status}");
        }
        assert_eq!(keys(&Fetched::TimedOut).err(), Some(FetchFault::Timeout));
        assert_eq!(keys(&Fetched::Unreachable).err(), Some(FetchFault::Unreachable));
    }

    #[test]
    fn numbers_come_back() {
        for fault in FetchFault::ALL {
            assert_eq!(FetchFault::numbered(fault.number()), Some(fault));
        }
        assert_eq!((FetchFault::numbered(0), FetchFault::numbered(9)), (None, None));
    }
}
