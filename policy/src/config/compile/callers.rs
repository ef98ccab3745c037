//! Callers, their keys, and the secrets behind them.

use super::{Context, named};
use crate::config::read::{Map, join, quote};
use crate::config::wire;
use crate::credential::certificate::CertificateRules;
use crate::credential::signed::SignedKeys;
use crate::credential::token::{Digest, Key, KeyTable, MAX_UNNAMED, key_id, weakness};
use crate::header::{HeaderName, HeaderValue};
use crate::ids::{Arena, CallerId, KeySourceId, KeyTableId};
use crate::jwt::KeyAddress;
use crate::policy::Caller;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use subtle::ConstantTimeEq;

/// Callers, and the key tables in which their credentials are looked up.
#[derive(Default)]
pub(super) struct Callers {
    pub(super) callers: Arena<CallerId, Caller>,
    pub(super) tables: Arena<KeyTableId, KeyTable>,
    pub(super) key_addresses: Arena<KeySourceId, KeyAddress>,
    /// The certificates of all callers so far, also of callers with faults.
    pub(super) certificates: Vec<CertificateRules>,
    /// Every name that the document declares, also of callers with faults.
    pub(super) declared: Vec<String>,
}

impl Callers {
    pub(super) fn find(&self, name: &str) -> Option<CallerId> {
        self.callers.find(|caller| &*caller.name == name)
    }

    /// Returns `true` if a caller sends a credential with the bearer scheme.
    pub(super) fn is_bearer(&self, caller: CallerId) -> bool {
        let is_bearer = |table| self.tables.get(table).is_some_and(|table| table.bearer);
        self.callers.get(caller).is_some_and(|caller| caller.tables().any(is_bearer))
    }
}

pub(super) fn callers(map: Map<wire::Caller>, context: &mut Context<'_>) -> Callers {
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
    let tokens = token.map(|token| tokens(callers, token, &join(&at, "token"), context));
    let signed = jwt.map(|jwt| super::jwt::jwt(callers, jwt, &join(&at, "jwt"), context));
    let certificate =
        mtls.map(|mtls| super::mtls::mtls(callers, mtls, &join(&at, "mtls"), context));
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

/// The table in which a caller's tokens are looked up, and `true` if the caller has a key there.
/// The caller's own id is the next one.
fn tokens(
    callers: &mut Callers,
    token: wire::Token,
    at: &str,
    context: &mut Context<'_>,
) -> Option<(KeyTableId, bool)> {
    let wire::Token { header, scheme, keys } = token;
    let header = header?;
    super::headers::not_reserved(&header, &join(at, "header"), context);
    let id = table(callers, &header, scheme == Some(wire::Scheme::Bearer));
    let caller = callers.callers.next_id();
    let keys = keys.unwrap_or_default();
    if keys.is_empty() && !context.faults.any_below(&join(at, "keys")) {
        context.faults.add(join(at, "keys"), "no key", "at least one");
    }
    let mut configured = false;
    let mut ids: Vec<String> = Vec::new();
    for (index, key) in keys {
        let at = format!("{at}.keys[{index}]");
        if let Some(wire::KeyId(id)) = &key.id {
            if ids.contains(id) {
                context.faults.add(
                    join(&at, "id"),
                    quote(id),
                    "an id that no other key of this caller has",
                );
            }
            ids.push(id.clone());
        }
        let Some(table) = callers.tables.get_mut(id) else { continue };
        if let Some(key) = make_key(key, caller, &at, context) {
            configured = true;
            insert(table, key, &at, context);
        }
    }
    Some((id, configured))
}

/// The table for a header and scheme.
pub(super) fn table(callers: &mut Callers, header: &HeaderName, bearer: bool) -> KeyTableId {
    let known = callers.tables.find(|table| table.header == *header && table.bearer == bearer);
    known.unwrap_or_else(|| callers.tables.push(KeyTable::new(header.clone(), bearer)))
}

fn insert(table: &mut KeyTable, key: Key, at: &str, context: &mut Context<'_>) {
    if table.keys().any(|other| other.digest.ct_eq(&key.digest).into()) {
        context.faults.add(
            at,
            "the token of another key for this header",
            "a token that is used once: it could not say who calls",
        );
        return;
    }
    if key.named && table.keys().any(|other| other.named && other.id == key.id) {
        context.faults.add(
            join(at, "id"),
            quote(&key.id),
            "an id that no other named key for this header has",
        );
        return;
    }
    if !key.named && table.unnamed_len() >= MAX_UNNAMED {
        context.faults.add(
            at,
            format!("more than {MAX_UNNAMED} keys for this header whose tokens have no id"),
            "tokens of the form `wg_<id>_<secret>`, which name their key",
        );
        return;
    }
    table.add(key);
}

fn make_key(key: wire::Key, caller: CallerId, at: &str, context: &mut Context<'_>) -> Option<Key> {
    let wire::Key { id, env, sha256, named, created, not_before, not_after, revoked } = key;
    if let (Some(from), Some(until)) = (not_before, not_after)
        && from >= until
    {
        context.faults.add(
            join(at, "not_after"),
            "a time that is not after `not_before`",
            "a later one",
        );
    }
    let (digest, digest_only, named) = match (env, sha256) {
        (Some(variable), None) => {
            let secret = secret(&variable, &join(at, "env"), context)?;
            let digest = Digest::of(secret);
            let in_token = key_id(secret);
            if let (Some(in_token), Some(wire::KeyId(id))) = (in_token, &id)
                && in_token != id
            {
                context.faults.add(
                    join(at, "id"),
                    quote(id),
                    "the id that the secret itself names",
                );
                return None;
            }
            if named.is_some_and(|named| named != in_token.is_some()) {
                context.faults.add(
                    join(at, "named"),
                    "what the secret itself does not say",
                    "no `named`: the secret says it",
                );
                return None;
            }
            (digest, false, in_token.is_some())
        }
        (None, Some(wire::HexDigest(digest))) => {
            if digest.is_of_nothing() {
                context.faults.add(
                    join(at, "sha256"),
                    "the digest of an empty text",
                    "the digest of a token",
                );
                return None;
            }
            (digest, true, named == Some(true))
        }
        // A refused credential is not missing.
        (None, None)
            if context.faults.any_below(&join(at, "env"))
                || context.faults.any_below(&join(at, "sha256")) =>
        {
            return None;
        }
        (None, None) => {
            context.faults.add(
                at,
                "no secret",
                "`env` or `sha256`: a secret in clear does not belong in a policy",
            );
            return None;
        }
        (Some(_), Some(_)) => {
            context.faults.add(at, "both `env` and `sha256`", "one of them");
            return None;
        }
    };
    let wire::KeyId(id) = id?;
    Some(Key {
        id: id.into(),
        caller,
        digest,
        digest_only,
        named,
        created,
        not_before,
        not_after,
        revoked: revoked == Some(true),
    })
}

/// The secret in a variable. `None` if it is absent or refused.
pub(super) fn secret<'c>(
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
    if let Some(weakness) = weakness(value) {
        context.faults.add(
            at,
            format!("{weakness} in `{name}`"),
            "32 to 1024 characters of visible ascii without comma that hold 128 bits, as `openssl rand -hex 32` makes them",
        );
        return None;
    }
    Some(value)
}
