//! Callers, their keys, and the secrets behind them.

use super::{Context, named};
use crate::config::read::{Map, join};
use crate::config::wire;
use crate::credential::certificate::CertificateRules;
use crate::credential::signed::SignedKeys;
use crate::credential::token::{KeyTable, weakness};
use crate::credential::{certificate, signed, token};
use crate::header::{HeaderName, HeaderValue};
use crate::ids::{Arena, CallerId, KeySourceId, KeyTableId};
use crate::jwt::KeyAddress;
use crate::policy::Caller;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Callers, and the key tables in which their credentials are looked up.
#[derive(Default)]
pub(crate) struct Callers {
    pub(crate) callers: Arena<CallerId, Caller>,
    pub(crate) tables: Arena<KeyTableId, KeyTable>,
    pub(crate) key_addresses: Arena<KeySourceId, KeyAddress>,
    /// The certificates of all callers so far, also of callers with faults.
    pub(crate) certificates: Vec<CertificateRules>,
    /// Every name that the document declares, also of callers with faults.
    pub(crate) declared: Vec<String>,
}

impl Callers {
    pub(crate) fn find(&self, name: &str) -> Option<CallerId> {
        self.callers.find(|caller| &*caller.name == name)
    }

    /// Returns `true` if a caller sends a credential with the bearer scheme.
    pub(crate) fn is_bearer(&self, caller: CallerId) -> bool {
        let is_bearer = |table| self.tables.get(table).is_some_and(|table| table.bearer);
        self.callers.get(caller).is_some_and(|caller| caller.tables().any(is_bearer))
    }
}

pub(crate) fn callers(map: Map<wire::Caller>, context: &mut Context<'_>) -> Callers {
    let mut callers = Callers::default();
    for (name, caller) in named(map, "callers", context) {
        callers.declared.push(name.clone());
        add(&mut callers, &name, caller, context);
    }
    callers
}

fn add(callers: &mut Callers, name: &str, caller: wire::Caller, context: &mut Context<'_>) {
    let at = join("callers", name);
    let wire::Caller { token, jwt, mtls } = caller;
    let none = token.is_none() && jwt.is_none() && mtls.is_none();
    if none && !context.faults.any_below(&at) {
        context.faults.add(at.as_str(), "no credential", "`token`, `jwt`, `mtls` or several");
    }
    let tokens = token.map(|read| token::tokens(callers, read, &join(&at, "token"), context));
    let signed = jwt.map(|jwt| signed::rules(callers, jwt, &join(&at, "jwt"), context));
    let certificate =
        mtls.map(|mtls| certificate::rules(callers, mtls, &join(&at, "mtls"), context));
    // A refused credential leaves no complete caller.
    let (Some(tokens), Some(signed)) = (optional(tokens), optional(signed)) else { return };
    let has_keys = signed.as_ref().is_some_and(|rules| !matches!(rules.keys, SignedKeys::Absent));
    let (table, configured) = match tokens {
        Some((table, configured)) => (Some(table), configured),
        None => (None, false),
    };
    let Some(value) = HeaderValue::parse(name) else { return };
    let configured = configured || has_keys || certificate.is_some();
    let name = name.into();
    callers.callers.push(Caller { name, value, table, signed, certificate, configured });
}

/// Turns a reading inside out: `None` if the value was refused, and `Some(None)` if it is absent.
fn optional<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}

/// The table for a header and scheme.
pub(crate) fn table(callers: &mut Callers, header: &HeaderName, bearer: bool) -> KeyTableId {
    let known = callers.tables.find(|table| table.header == *header && table.bearer == bearer);
    known.unwrap_or_else(|| callers.tables.push(KeyTable::new(header.clone(), bearer)))
}

/// The secret in a variable. `None` if it is absent or refused.
pub(crate) fn secret<'c>(
    variable: &wire::Variable,
    at: &str,
    context: &mut Context<'c>,
) -> Option<&'c [u8]> {
    let name = &variable.0;
    let environment = context.environment;
    let value = environment.get(name).filter(|value| !value.is_empty() || !context.absent_denies);
    let Some(value) = value else {
        if context.absent_denies {
            context.notices.push(format!("`{name}` is absent: its caller is denied"));
        } else {
            context.faults.add(
                at,
                format!("no `{name}` on the host"),
                "a variable that the host hands over, with a secret in it",
            );
        }
        return None;
    };
    // Docker and some unit files hand over the whole line.
    let is_line = value.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"="));
    if is_line {
        context.faults.add(at, format!("`{name}=` in front of the secret"), "the secret alone");
        return None;
    }
    if let Some(weakness) = weakness(value) {
        context.faults.add(at, format!("{weakness} in `{name}`"), weakness.expected());
        return None;
    }
    Some(value)
}
