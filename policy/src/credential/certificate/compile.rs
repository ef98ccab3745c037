//! Checks the names in a caller's certificate in a policy.

use super::{CertificateRules, Mtls};
use crate::compiling::{Context, texts};
use crate::credential::Callers;
use crate::form::Text;
use crate::form::read::{List, join};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// The names in the certificates of the next caller.
pub(crate) fn rules(
    callers: &mut Callers,
    mtls: Mtls,
    at: &str,
    context: &mut Context<'_>,
) -> CertificateRules {
    let Mtls { uri_sans, dns_sans, subjects } = mtls;
    let none = uri_sans.is_none() && dns_sans.is_none() && subjects.is_none();
    if none && !context.faults.any_below(at) {
        context.faults.add(at, "no name", "`uri_sans`, `dns_sans`, `subjects` or several");
    }
    let uri_sans = names(callers, uri_sans, at, "uri_sans", |known| &known.uri_sans, context);
    let dns_sans = names(callers, dns_sans, at, "dns_sans", |known| &known.dns_sans, context);
    let subjects = names(callers, subjects, at, "subjects", |known| &known.subjects, context);
    let caller = callers.callers.next_id();
    let rules = CertificateRules { caller, uri_sans, dns_sans, subjects };
    callers.certificates.push(rules.clone());
    rules
}

/// Names of one kind. Two callers can't have the same name, or it would not tell who calls.
fn names(
    callers: &Callers,
    list: Option<List<Text>>,
    at: &str,
    member: &str,
    of: impl Fn(&CertificateRules) -> &Vec<Box<str>>,
    context: &mut Context<'_>,
) -> Vec<Box<str>> {
    let Some(list) = list else { return Vec::new() };
    let at = join(at, member);
    for (index, Text(name)) in &list {
        let taken = |known: &CertificateRules| of(known).iter().any(|other| **other == **name);
        if callers.certificates.iter().any(taken) {
            context.faults.add(
                format!("{at}[{index}]"),
                "a name of another caller",
                "a name that is used once: it could not say who calls",
            );
        }
    }
    texts(list, &at, "a name", context)
}
