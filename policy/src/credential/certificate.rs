//! The certificate that a client showed when it connected (mutual TLS), and the names that make it
//! a caller.

mod compile;
mod wire;

pub(crate) use compile::rules;
pub(crate) use wire::Mtls;

use super::{Checked, Credentials, Proof, Refusal};
use crate::ids::CallerId;
use crate::reason::Reason;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The host's knowledge of the client's certificate. The host checks whether it is valid, since the
/// host ends the TLS connection and has the trusted authorities.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Certificate<'r> {
    /// The host has not asked yet: the answer may be
    /// [`Demand::Certificate`](crate::Demand::Certificate).
    #[default]
    NotAsked,
    /// There is none.
    Absent,
    /// There is one, and the host did not find it to be valid.
    Invalid,
    /// There is one, and it was revoked.
    Revoked,
    /// There is one, and the host found it to be valid.
    Valid(Names<'r>),
}

/// The names in a certificate, each in the form that the host has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Names<'r> {
    /// The first URI of its subject alternative names (RFC 5280, section 4.2.1.6): the SPIFFE id
    /// of a workload, of which there is one.
    pub uri_san: Option<&'r [u8]>,
    /// The first DNS name of its subject alternative names.
    pub dns_san: Option<&'r [u8]>,
    /// Its subject in the form of RFC 2253.
    pub subject: Option<&'r [u8]>,
}

impl Certificate<'_> {
    /// Returns `true` if the client showed a certificate, good or not.
    pub(crate) fn is_shown(&self) -> bool {
        !matches!(self, Self::NotAsked | Self::Absent)
    }
}

/// The names by which a caller is known, any of which is enough. They are compared exactly, but
/// for the case of DNS names.
#[derive(Clone, Debug)]
pub(crate) struct CertificateRules {
    pub(crate) caller: CallerId,
    pub(crate) uri_sans: Vec<Box<str>>,
    pub(crate) dns_sans: Vec<Box<str>>,
    pub(crate) subjects: Vec<Box<str>>,
}

impl CertificateRules {
    /// Checks whether the client's certificate is the caller's. The host is asked for it when it
    /// first matters.
    pub(crate) fn check<'a>(&'a self, credentials: &mut Credentials<'a>) -> Checked<'a> {
        credentials.asks_certificate |= credentials.certificate == Certificate::NotAsked;
        let certificate = &credentials.certificate;
        let reason = match certificate {
            Certificate::NotAsked | Certificate::Absent => Reason::CertificateMissing,
            Certificate::Invalid => Reason::CertificateInvalid,
            Certificate::Revoked => Reason::CertificateRevoked,
            Certificate::Valid(names) => match self.find(names) {
                Some(name) => {
                    let verified = Verified { caller: self.caller, name };
                    return Ok(Proof::Certificate(verified));
                }
                None => Reason::CertificateUnknown,
            },
        };
        Err(Refusal { sent: certificate.is_shown(), ..Refusal::from(reason) })
    }

    /// The result, which tells all there is.
    #[cfg(feature = "explain")]
    pub(crate) fn steps<'a>(
        &'a self,
        credentials: &mut Credentials<'a>,
    ) -> super::explain::CredentialSteps<'a> {
        super::explain::CredentialSteps::new(super::Kind::Mtls, "", self.check(credentials))
    }

    /// The name of the caller that the certificate has.
    fn find(&self, names: &Names<'_>) -> Option<&str> {
        let exact = |known: &[u8], name: &[u8]| known == name;
        let folded = |known: &[u8], name: &[u8]| known.eq_ignore_ascii_case(name);
        first(&self.uri_sans, names.uri_san, exact)
            .or_else(|| first(&self.dns_sans, names.dns_san, folded))
            .or_else(|| first(&self.subjects, names.subject, exact))
    }
}

/// A caller whose valid certificate has one of its names. Only [`CertificateRules::check`] makes
/// one, and the caller is the one whose names it compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verified<'a> {
    caller: CallerId,
    name: &'a str,
}

impl<'a> Verified<'a> {
    /// The caller whose name it is.
    pub(crate) fn caller(&self) -> CallerId {
        self.caller
    }

    /// The name.
    pub(crate) fn name(&self) -> &'a str {
        self.name
    }
}

fn first<'k>(
    known: &'k [Box<str>],
    name: Option<&[u8]>,
    same: impl Fn(&[u8], &[u8]) -> bool,
) -> Option<&'k str> {
    let name = name.filter(|name| !name.is_empty())?;
    known.iter().find(|known| same(known.as_bytes(), name)).map(|known| &**known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_of_the_caller_is_enough_and_no_other() {
        let rules = CertificateRules {
            caller: CallerId(0),
            uri_sans: ["spiffe://prod/ns/jobs/sa/cron".into()].into(),
            dns_sans: ["cron.jobs.example".into()].into(),
            subjects: ["CN=cron,O=Example".into()].into(),
        };
        let uri = |uri: &'static [u8]| Names { uri_san: Some(uri), ..Names::default() };
        let dns = |dns: &'static [u8]| Names { dns_san: Some(dns), ..Names::default() };
        let subject = |name: &'static [u8]| Names { subject: Some(name), ..Names::default() };
        for (names, found) in [
            (uri(b"spiffe://prod/ns/jobs/sa/cron"), true),
            (uri(b"spiffe://prod/ns/jobs/sa/cron/"), false),
            (uri(b"spiffe://PROD/ns/jobs/sa/cron"), false),
            (uri(b"spiffe://prod/ns/jobs/sa/cro"), false),
            (uri(b""), false),
            // A name of one kind is no name of another.
            (uri(b"cron.jobs.example"), false),
            (dns(b"CRON.jobs.example"), true),
            (dns(b"cron.jobs.example."), false),
            (dns(b"*.jobs.example"), false),
            (subject(b"CN=cron,O=Example"), true),
            (subject(b"O=Example,CN=cron"), false),
            (Names::default(), false),
        ] {
            assert_eq!(rules.find(&names).is_some(), found, "{names:?}");
        }
        let (uri_sans, dns_sans, subjects) = (Vec::new(), Vec::new(), Vec::new());
        let none = CertificateRules { caller: CallerId(0), uri_sans, dns_sans, subjects };
        assert_eq!(none.find(&uri(b"")), None);
    }
}
