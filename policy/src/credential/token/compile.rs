//! Checks the tokens of a caller in a policy, and makes its keys.

use super::digest::Digest;
use super::strength::key_id;
use super::table::{Key, KeyTable, MAX_UNNAMED};
use super::wire::{self, HexDigest, KeyId, Token};
use crate::config::compile::Context;
use crate::config::compile::callers::{Callers, secret, table};
use crate::config::compile::headers::not_reserved;
use crate::config::read::{join, quote};
use crate::config::wire::Scheme;
use crate::ids::{CallerId, KeyTableId};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use subtle::ConstantTimeEq;

/// The table in which a caller's tokens are looked up, and `true` if the caller has a key there.
/// The caller's own id is the next one.
pub(crate) fn tokens(
    callers: &mut Callers,
    token: Token,
    at: &str,
    context: &mut Context<'_>,
) -> Option<(KeyTableId, bool)> {
    let Token { header, scheme, keys } = token;
    let header = header?;
    not_reserved(&header, &join(at, "header"), context);
    let id = table(callers, &header, scheme == Some(Scheme::Bearer));
    let caller = callers.callers.next_id();
    let keys = keys.unwrap_or_default();
    if keys.is_empty() && !context.faults.any_below(&join(at, "keys")) {
        context.faults.add(join(at, "keys"), "no key", "at least one");
    }
    let mut configured = false;
    let mut ids: Vec<String> = Vec::new();
    for (index, key) in keys {
        let at = format!("{at}.keys[{index}]");
        if let Some(KeyId(id)) = &key.id {
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
            if let (Some(in_token), Some(KeyId(id))) = (in_token, &id)
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
        (None, Some(HexDigest(digest))) => {
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
    let KeyId(id) = id?;
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
