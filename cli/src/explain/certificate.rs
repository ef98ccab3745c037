//! The certificate that a client shows.

use wicketgate_policy::{Certificate, Names, Reason};

use super::Arguments;
use super::line::Line;
use crate::document::Tree;

/// The names in a certificate.
#[derive(Clone, Debug, Default)]
pub(super) struct CertificateNames {
    uri: Option<String>,
    dns: Option<String>,
    subject: Option<String>,
}

impl CertificateNames {
    /// The names that flags give; `None` if the client shows no certificate.
    pub(super) fn of(arguments: &Arguments) -> Option<Self> {
        let names = Self {
            uri: arguments.certificate_uri.clone(),
            dns: arguments.certificate_dns.clone(),
            subject: arguments.certificate_subject.clone(),
        };
        let any = names.uri.is_some() || names.dns.is_some() || names.subject.is_some();
        any.then_some(names)
    }
}

/// The host's knowledge of it: a certificate that is shown counts as valid.
pub(super) fn known(names: Option<&CertificateNames>) -> Certificate<'_> {
    fn bytes(name: &Option<String>) -> Option<&[u8]> {
        name.as_deref().map(str::as_bytes)
    }
    match names {
        None => Certificate::Absent,
        Some(CertificateNames { uri, dns, subject }) => Certificate::Valid(Names {
            uri_san: bytes(uri),
            dns_san: bytes(dns),
            subject: bytes(subject),
        }),
    }
}

/// For an audit line about a certificate: one with which the decision is the same, and a note on
/// what that assumes.
pub(super) fn of_line(line: &Line, tree: &Tree) -> Option<(Option<CertificateNames>, String)> {
    match line.reason() {
        Some(Reason::CertificateMissing) => return Some((None, "no certificate".into())),
        Some(Reason::CertificateUnknown) => {
            let nameless = Some(CertificateNames::default());
            return Some((nameless, "a certificate without any name".into()));
        }
        _ => {}
    }
    if line.text("wicketgate.credential.kind") != Some("mtls") {
        return None;
    }
    // The line has the name that was found, cut if it was long. The caller's lists tell its kind.
    let name = line.text("user.id")?;
    let callers = tree.get("callers").map(Tree::members).unwrap_or_default();
    let listed = |kind: &str| {
        let lists = callers.iter().filter_map(|caller| caller.value.get("mtls")?.get(kind));
        let is_it = |known: &&str| *known == name || name.len() >= 60 && known.starts_with(name);
        lists.flat_map(Tree::items).filter_map(Tree::text).find(is_it).map(str::to_owned)
    };
    let (uri, dns, subject) = (listed("uri_sans"), listed("dns_sans"), listed("subjects"));
    let assumed = format!("a certificate of `{}`", name.escape_debug());
    Some((Some(CertificateNames { uri, dns, subject }), assumed))
}
