//! Checks the tokens of a caller in a policy, and makes its keys.

use super::TokenRules;
use super::digest::Digest;
use super::secret::secret;
use super::strength::key_id;
use super::table::{Key, KeyTable, MAX_UNNAMED};
use super::wire::{self, HexDigest, KeyId, Token};
use crate::compiling::Context;
use crate::credential::Callers;
use crate::credential::callers::table;
use crate::credential::carrier::{Alphabet, Carrier, carrier};
use crate::form::read::{join, quote};
use crate::ids::{CallerId, KeyTableId};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use subtle::ConstantTimeEq;

/// The places of the next caller's tokens, with its keys in their tables.
pub(crate) fn rules(
    callers: &mut Callers,
    mut token: Token,
    at: &str,
    context: &mut Context<'_>,
) -> Option<TokenRules> {
    let (first, or) = token.places();
    let mut carriers = Vec::from([carrier(first, at, context)?]);
    if or.as_ref().is_some_and(Vec::is_empty) && !context.faults.any_below(&join(at, "or")) {
        context.faults.add(join(at, "or"), "no place", "at least one, or no `or`");
    }
    for (index, place) in or.unwrap_or_default() {
        let at = format!("{at}.or[{index}]");
        let Some(other) = carrier(place, &at, context) else { continue };
        let is_other = |(carrier, user): &(Carrier, Option<Box<str>>)| {
            *carrier == other.0 && (user.is_none() || other.1.is_none() || *user == other.1)
        };
        if carriers.iter().any(is_other) {
            context.faults.add(at, "a place that was there before", "each once");
            continue;
        }
        carriers.push(other);
    }
    let alphabet = carriers.iter().map(|(carrier, _)| carrier.alphabet()).min()?;
    let places: Vec<(KeyTableId, Option<Box<str>>)> =
        carriers.into_iter().map(|(carrier, user)| (table(callers, carrier), user)).collect();
    let caller = callers.callers.next_id();
    let keys = token.keys.unwrap_or_default();
    if keys.is_empty() && !context.faults.any_below(&join(at, "keys")) {
        context.faults.add(join(at, "keys"), "no key", "at least one");
    }
    let mut has_key = false;
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
        let Some(key) = make_key(key, caller, alphabet, &at, context) else { continue };
        has_key = true;
        for (id, user) in &places {
            if let Some(table) = callers.tables.get_mut(*id) {
                insert(table, Key { user: user.clone(), ..key.clone() }, &at, context);
            }
        }
    }
    let mut tables: Vec<KeyTableId> = Vec::new();
    for (id, _) in places {
        // Two users of one carrier share its table.
        if !tables.contains(&id) {
            tables.push(id);
        }
    }
    Some(TokenRules { caller, tables, has_key })
}

fn insert(table: &mut KeyTable, key: Key, at: &str, context: &mut Context<'_>) {
    let is_same_user =
        |other: &Key| other.user.is_none() || key.user.is_none() || other.user == key.user;
    let is_same = |other: &Key| is_same_user(other) && other.digest.ct_eq(&key.digest).into();
    if table.keys().any(is_same) {
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

fn make_key(
    key: wire::Key,
    caller: CallerId,
    alphabet: Alphabet,
    at: &str,
    context: &mut Context<'_>,
) -> Option<Key> {
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
            let secret = secret(&variable, alphabet, &join(at, "env"), context)?;
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
        user: None,
        digest,
        digest_only,
        named,
        created,
        not_before,
        not_after,
        revoked: revoked == Some(true),
    })
}
