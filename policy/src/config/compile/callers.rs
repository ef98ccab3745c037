//! Callers, their keys, and the secrets behind them.

use super::{Context, named};
use crate::credential;
use crate::credential::carrier::{Alphabet, Carrier};
use crate::credential::certificate::CertificateRules;
use crate::credential::token::{KeyTable, weakness};
use crate::form::SecretVariable;
use crate::form::read::{Map, join};
use crate::header::HeaderValue;
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

pub(crate) fn callers(map: Map<credential::Caller>, context: &mut Context<'_>) -> Callers {
    let mut callers = Callers::default();
    for (name, caller) in named(map, "callers", context) {
        callers.declared.push(name.clone());
        add(&mut callers, &name, caller, context);
    }
    callers
}

fn add(callers: &mut Callers, name: &str, caller: credential::Caller, context: &mut Context<'_>) {
    let at = join("callers", name);
    // A refused credential leaves no complete caller.
    let Some(credentials) = credential::rules(callers, caller, &at, context) else { return };
    let Some(value) = HeaderValue::parse(name) else { return };
    callers.callers.push(Caller { name: name.into(), value, credentials });
}

/// The table for a carrier.
pub(crate) fn table(callers: &mut Callers, carrier: Carrier) -> KeyTableId {
    let known = callers.tables.find(|table| table.carrier == carrier);
    known.unwrap_or_else(|| callers.tables.push(KeyTable::new(carrier)))
}

/// The secret in a variable, which is sent in this alphabet. `None` if it is absent or refused.
pub(crate) fn secret<'c>(
    variable: &SecretVariable,
    alphabet: Alphabet,
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
    if let Some(weakness) = weakness(value, alphabet) {
        context.faults.add(at, format!("{weakness} in `{name}`"), weakness.expected(alphabet));
        return None;
    }
    Some(value)
}
