//! The callers of a policy, and the tables in which their keys are looked up.

use super::carrier::Carrier;
use super::certificate::CertificateRules;
use super::token::KeyTable;
use super::{CredentialRules, wire};
use crate::compiling::{Context, named};
use crate::form::read::{Map, join};
use crate::header::HeaderValue;
use crate::ids::{Arena, CallerId, KeySourceId, KeyTableId};
use crate::jwt::KeyAddress;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Somebody who may be let in.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) name: Box<str>,
    /// The name as a header value.
    pub(crate) value: HeaderValue,
    /// The rules for its credentials, a kind each, in the order in which they are checked.
    pub(crate) credentials: Vec<CredentialRules>,
}

impl Caller {
    /// The key tables of its credentials.
    pub(crate) fn tables(&self) -> impl Iterator<Item = KeyTableId> + Clone {
        self.credentials.iter().flat_map(CredentialRules::tables).copied()
    }

    /// Returns `true` if this host has a key, or another way to know the caller.
    pub(crate) fn is_configured(&self) -> bool {
        self.credentials.iter().any(CredentialRules::is_configured)
    }
}

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

    /// The carriers of a caller's credentials.
    pub(crate) fn carriers(&self, caller: CallerId) -> impl Iterator<Item = &Carrier> {
        let tables = self.callers.get(caller).into_iter().flat_map(Caller::tables);
        tables.filter_map(|table| self.tables.get(table)).map(|table| &table.carrier)
    }

    /// Returns `true` if every credential is good or bad at all times alike.
    pub(crate) fn are_timeless(&self) -> bool {
        let mut all = self.callers.items().iter().flat_map(|caller| &caller.credentials);
        all.all(|rules| rules.is_timeless(&self.tables))
    }
}

/// The callers of a document.
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
    // A refused credential leaves no complete caller.
    let Some(credentials) = super::rules(callers, caller, &at, context) else { return };
    let Some(value) = HeaderValue::parse(name) else { return };
    callers.callers.push(Caller { name: name.into(), value, credentials });
}

/// The table for a carrier.
pub(crate) fn table(callers: &mut Callers, carrier: Carrier) -> KeyTableId {
    let known = callers.tables.find(|table| table.carrier == carrier);
    known.unwrap_or_else(|| callers.tables.push(KeyTable::new(carrier)))
}
