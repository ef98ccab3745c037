//! Tokens that were verified before.

use super::claims::Verified;
use super::key::Key;
use super::key_set::KeySet;
use crate::ids::CallerId;
use crate::time::Time;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Tokens that were verified before, in one thread of a host, for one policy.
///
/// A token is found by its SHA-256, only for the caller for which it was checked, and only while
/// the key that signed it is in that caller's set. It is never found after its `exp`, nor before it
/// is valid. There is room for [`Self::CAPACITY`] tokens. Only verified tokens are kept, and a new
/// one replaces the one that expires first.
#[derive(Default)]
pub struct TokenCache(RefCell<Vec<Option<Entry>>>);

struct Entry {
    token: TokenDigest,
    caller: CallerId,
    key: [u8; 32],
    verified: Rc<Verified>,
}

/// The SHA-256 of a token.
pub(crate) type TokenDigest = [u8; 32];

/// The number of places for a token.
const WAYS: usize = 4;

impl TokenCache {
    /// The most tokens that are kept.
    pub const CAPACITY: usize = 512;

    /// The digest by which a token is found.
    pub(crate) fn digest(token: &[u8]) -> TokenDigest {
        Sha256::digest(token).into()
    }

    /// The verified token, and the key that signed it.
    pub(crate) fn find<'k>(
        &self,
        token: &TokenDigest,
        caller: CallerId,
        keys: &'k KeySet,
        now: Time,
    ) -> Option<(&'k Key, Rc<Verified>)> {
        let slots = self.0.try_borrow().ok()?;
        let (from, to) = Self::places(token);
        let is_it = |entry: &&Entry| {
            entry.caller == caller
                && bool::from(entry.token.ct_eq(token))
                && entry.verified.is_valid_at(now)
        };
        let entry = slots.get(from..to)?.iter().flatten().find(is_it)?;
        let key = keys.keys().iter().find(|key| *key.fingerprint() == entry.key)?;
        Some((key, Rc::clone(&entry.verified)))
    }

    /// Keeps a verified token.
    pub(crate) fn keep(
        &self,
        token: TokenDigest,
        caller: CallerId,
        key: &Key,
        shown: &Rc<Verified>,
    ) {
        let Ok(mut slots) = self.0.try_borrow_mut() else { return };
        if slots.is_empty() {
            slots.resize_with(Self::CAPACITY, || None);
        }
        let (from, to) = Self::places(&token);
        let Some(places) = slots.get_mut(from..to) else { return };
        let entry = Entry { token, caller, key: *key.fingerprint(), verified: Rc::clone(shown) };
        let same = |slot: &Option<Entry>| {
            slot.as_ref().is_some_and(|other| other.caller == caller && other.token == entry.token)
        };
        // Take its own place, or else a free one, or else that of the token that expires first.
        let rank = |slot: &Option<Entry>| {
            let ends = slot.as_ref().map(|other| other.verified.expires());
            (!same(slot), ends)
        };
        if let Some(place) = places.iter_mut().min_by_key(|slot| rank(slot)) {
            *place = Some(entry);
        }
    }

    fn places(token: &TokenDigest) -> (usize, usize) {
        let [high, low, ..] = *token;
        let set = usize::from(u16::from_be_bytes([high, low])) % (Self::CAPACITY / WAYS);
        let from = set.saturating_mul(WAYS);
        (from, from.saturating_add(WAYS))
    }
}

/// Shows the number of tokens, and nothing about them.
impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.try_borrow().map_or(0, |slots| slots.iter().flatten().count());
        f.debug_struct("TokenCache").field("tokens", &count).finish()
    }
}
