//! The keys with which one header is compared, in constant time.

use super::digest::Digest;
use super::strength::{MIN_TOKEN, key_id};
use crate::credential::carrier::{Carrier, Sent};
use crate::credential::{KeyName, Kind, Refusal};
use crate::ids::CallerId;
use crate::index::{Index, at, next};
use crate::reason::Reason;
use crate::time::Time;
use alloc::boxed::Box;
use alloc::vec::Vec;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// A key of a caller.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// Its id, for audit lines.
    pub(crate) id: Box<str>,
    pub(crate) caller: CallerId,
    /// The user with whom it is sent, if only one is good.
    pub(crate) user: Option<Box<str>>,
    /// The digest of its token.
    pub(crate) digest: Digest,
    /// `true` if the policy has only the digest. Then the token's length is checked when a client
    /// offers it.
    pub(crate) digest_only: bool,
    /// `true` if the token names the key (`wg_<id>_<secret>`).
    pub(crate) named: bool,
    /// When it was made.
    pub(crate) created: Option<Time>,
    /// When it begins to be valid.
    pub(crate) not_before: Option<Time>,
    /// The last moment at which it is valid.
    pub(crate) not_after: Option<Time>,
    /// `true` if it was revoked.
    pub(crate) revoked: bool,
}

/// The state of a valid key in its rotation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyState {
    /// In use.
    Active,
    /// It has an end, more than fourteen days away, as an old key has beside its successor.
    Ending,
    /// It is in its last fourteen days.
    Expiring,
    /// It is more than ninety days old.
    Old,
}

/// A caller whose token matched a key that is valid now. Only [`KeyTable::verify`] makes one, and
/// the caller is that of the key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verified<'p> {
    carrier: &'p Carrier,
    key: &'p Key,
    state: KeyState,
}

impl<'p> Verified<'p> {
    /// The caller whose key it is.
    pub(crate) fn caller(self) -> CallerId {
        self.key.caller
    }

    /// The name of the key.
    pub(crate) fn key(self) -> KeyName<'p> {
        self.key.name(self.carrier)
    }

    /// The state of the key in its rotation.
    pub(crate) fn state(self) -> KeyState {
        self.state
    }
}

/// All keys that are read from one carrier.
#[derive(Debug)]
pub(crate) struct KeyTable {
    pub(crate) carrier: Carrier,
    unnamed: Vec<Key>,
    named: Vec<Key>,
    by_id: Index,
}

/// The most keys without an id in their token that one carrier may have, because each is compared
/// every time.
pub(crate) const MAX_UNNAMED: usize = 32;

/// This is hashed if no token was offered, so that a missing token takes the same work as a wrong
/// one.
const NO_TOKEN: &[u8] = b"no token was offered, and this is as long as one";

impl KeyTable {
    /// A table without keys.
    pub(crate) fn new(carrier: Carrier) -> Self {
        Self { carrier, unnamed: Vec::new(), named: Vec::new(), by_id: Index::default() }
    }

    /// Adds a key. The policy's own checks rule out two named ones with one id.
    pub(crate) fn add(&mut self, key: Key) {
        if key.named {
            self.by_id.insert(key.id.as_bytes(), next(&self.named));
            self.named.push(key);
        } else {
            self.unnamed.push(key);
        }
    }

    /// All keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.unnamed.iter().chain(&self.named)
    }

    /// Returns `true` if each key has the same state at all times.
    pub(crate) fn is_timeless(&self) -> bool {
        self.keys()
            .all(|key| key.created.is_none() && key.not_before.is_none() && key.not_after.is_none())
    }

    /// The number of keys without an id in their token.
    pub(crate) fn unnamed_len(&self) -> usize {
        self.unnamed.len()
    }

    /// Compares a secret that was sent, or none, with every key that it could be.
    ///
    /// One hash, then one comparison of digests for each unnamed key and one for a named one,
    /// always: neither the position of a wrong byte, nor which key matched, nor whether a token
    /// was there at all changes the work. Ids are public, so looking one up may depend on it.
    pub(crate) fn verify(
        &self,
        sent: Option<&Sent<'_>>,
        now: Time,
    ) -> Result<Verified<'_>, Refusal<'_>> {
        let offered = sent.map_or(NO_TOKEN, |sent| &sent.secret);
        let user = sent.map_or(&b""[..], |sent| &sent.user);
        let digest = Digest::of(offered);
        let is_there = Choice::from(u8::from(sent.is_some()));
        let long_enough = Choice::from(u8::from(offered.len() >= MIN_TOKEN));
        let matches = |key: &Key| {
            let length_is_good = long_enough | Choice::from(u8::from(!key.digest_only));
            // A user is no secret, so its length may be told by the time.
            let is_user =
                key.user.as_ref().map_or(Choice::from(1), |own| own.as_bytes().ct_eq(user));
            key.digest.ct_eq(&digest) & is_user & length_is_good & is_there
        };
        // One past the place of the key that matched, 0 for none.
        let mut place = 0_u32;
        for (next, key) in (1_u32..).zip(&self.unnamed) {
            place.conditional_assign(&next, matches(key));
        }
        let claimed = if self.named.is_empty() {
            None
        } else {
            key_id(offered).and_then(|id| at(&self.named, self.by_id.get(id.as_bytes())?))
        };
        // Constant time ends here. The result itself tells whether a key matched, and which.
        let named = claimed.filter(|key| bool::from(matches(key)));
        let unnamed = usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
        let key = unnamed.and_then(|at| self.unnamed.get(at)).or(named);
        let Some(key) = key else {
            let claimed = claimed.map(|key| &*key.id);
            return Err(Refusal { claimed, ..Refusal::of_sent(Reason::CredentialUnknown) });
        };
        match key.state(now) {
            Ok(state) => Ok(Verified { carrier: &self.carrier, key, state }),
            // The audit line names a key that is not valid any more.
            Err(reason) => Err(Refusal::of_sent(reason).with_key(key.name(&self.carrier))),
        }
    }
}

impl Key {
    fn name<'p>(&'p self, carrier: &'p Carrier) -> KeyName<'p> {
        KeyName { kind: Kind::Token, id: Some(&self.id), carrier: Some(carrier) }
    }

    /// The state of the key at a time, or the reason why it is not valid then.
    pub(crate) fn state(&self, now: Time) -> Result<KeyState, Reason> {
        if self.revoked {
            return Err(Reason::KeyRevoked);
        }
        let bounded = self.not_before.is_some() || self.not_after.is_some();
        if bounded && !now.is_plausible() {
            return Err(Reason::ClockUnset);
        }
        if self.not_before.is_some_and(|from| now < from) {
            return Err(Reason::KeyNotYetValid);
        }
        if self.not_after.is_some_and(|until| now > until) {
            return Err(Reason::KeyExpired);
        }
        // Look at the end before the age: a key on its way out is not one that nobody rotates.
        if let Some(until) = self.not_after {
            let near = until.days_since(now) < 14;
            return Ok(if near { KeyState::Expiring } else { KeyState::Ending });
        }
        if self.created.is_some_and(|created| now.days_since(created) > 90) {
            return Ok(KeyState::Old);
        }
        Ok(KeyState::Active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::HeaderName;
    use alloc::format;

    fn key(id: &str, token: &str) -> Key {
        Key {
            id: id.into(),
            caller: CallerId(0),
            user: None,
            digest: Digest::of(token.as_bytes()),
            digest_only: false,
            named: token.starts_with("wg_"),
            created: None,
            not_before: None,
            not_after: None,
            revoked: false,
        }
    }

    fn table(keys: impl IntoIterator<Item = Key>) -> KeyTable {
        let mut table = KeyTable::new(Carrier::new(HeaderName::parse("x-token").unwrap(), None));
        keys.into_iter().for_each(|key| table.add(key));
        table
    }

    fn ask(table: &KeyTable, token: &str, now: &str) -> Result<alloc::string::String, Reason> {
        ask_as(table, "", token, now)
    }

    fn ask_as(
        table: &KeyTable,
        user: &str,
        token: &str,
        now: &str,
    ) -> Result<alloc::string::String, Reason> {
        let now = Time::parse(now).unwrap();
        let sent = Sent { secret: token.as_bytes().into(), user: user.into() };
        let verified = table.verify(Some(&sent), now);
        verified.map(|verified| verified.key().id.unwrap().into()).map_err(|refusal| refusal.reason)
    }

    const NOW: &str = "2026-11-23";

    #[test]
    fn every_key_matches_its_own_token_only() {
        let keys = table((0..MAX_UNNAMED).map(|n| key(&format!("k{n}"), &format!("token {n}"))));
        for n in 0..MAX_UNNAMED {
            assert_eq!(ask(&keys, &format!("token {n}"), NOW), Ok(format!("k{n}")));
        }
        assert_eq!(ask(&keys, "token 32", NOW), Err(Reason::CredentialUnknown));
        assert_eq!(ask(&keys, "", NOW), Err(Reason::CredentialUnknown));
    }

    #[test]
    fn nothing_matches_nothing() {
        // A missing token must not match a key that was made from the text which stands in for it.
        let keys = table([key("x", core::str::from_utf8(NO_TOKEN).unwrap())]);
        let now = Time::parse(NOW).unwrap();
        assert_eq!(keys.verify(None, now).unwrap_err().reason, Reason::CredentialUnknown);
        assert_eq!(ask(&table([]), "x", NOW), Err(Reason::CredentialUnknown));
    }

    #[test]
    fn a_named_token_is_compared_with_its_own_key() {
        let keys = table([key("a", "wg_a_one"), key("b", "wg_b_two"), key("c", "plain")]);
        assert_eq!(ask(&keys, "wg_b_two", NOW), Ok("b".into()));
        assert_eq!(ask(&keys, "wg_a_two", NOW), Err(Reason::CredentialUnknown));
        assert_eq!(ask(&keys, "wg_z_two", NOW), Err(Reason::CredentialUnknown));
        assert_eq!(ask(&keys, "plain", NOW), Ok("c".into()));
    }

    #[test]
    fn a_password_is_good_with_its_own_user_only() {
        let user = |user: &str, key: Key| Key { user: Some(user.into()), ..key };
        let keys = table([
            user("ann", key("a", "one")),
            user("bob", key("b", "one")),
            user("", key("c", "two")),
            key("d", "three"),
        ]);
        for (user, password, found) in [
            ("ann", "one", Some("a")),
            ("bob", "one", Some("b")),
            ("Ann", "one", None),
            ("anne", "one", None),
            ("an", "one", None),
            ("", "one", None),
            ("", "two", Some("c")),
            ("x", "two", None),
            ("", "three", Some("d")),
            ("anybody", "three", Some("d")),
        ] {
            let expected = found.map(Into::into).ok_or(Reason::CredentialUnknown);
            assert_eq!(ask_as(&keys, user, password, NOW), expected, "{user}:{password}");
        }
        let keys = table([user("", key("c", core::str::from_utf8(NO_TOKEN).unwrap()))]);
        assert!(keys.verify(None, Time::parse(NOW).unwrap()).is_err());
    }

    #[test]
    fn a_digest_is_not_found_by_trying_short_tokens() {
        let keys = table([Key { digest_only: true, ..key("x", "1234") }]);
        assert_eq!(ask(&keys, "1234", NOW), Err(Reason::CredentialUnknown));
        let long = "4f8a1c0d9e2b7365af01d2c4b6e8f790";
        let keys = table([Key { digest_only: true, ..key("x", long) }]);
        assert_eq!(ask(&keys, long, NOW), Ok("x".into()));
    }

    #[test]
    fn keys_have_their_time() {
        let from = Time::parse("2026-11-20");
        let until = Time::parse("2027-01-31");
        let keys = table([Key { not_before: from, not_after: until, ..key("x", "t") }]);
        for (now, expected) in [
            ("2026-11-19T23:59:59Z", Err(Reason::KeyNotYetValid)),
            ("2026-11-20", Ok("x".into())),
            ("2027-01-31T00:00:00Z", Ok("x".into())),
            ("2027-01-31T00:00:00.001Z", Err(Reason::KeyExpired)),
            ("1970-01-01", Err(Reason::ClockUnset)),
        ] {
            assert_eq!(ask(&keys, "t", now), expected, "{now}");
        }
        let keys = table([Key { revoked: true, not_after: from, ..key("x", "t") }]);
        assert_eq!(ask(&keys, "t", NOW), Err(Reason::KeyRevoked));
        assert_eq!(ask(&table([key("x", "t")]), "t", "1970-01-01"), Ok("x".into()));
    }

    #[test]
    fn rotation_is_flagged() {
        let state = |created: &str, not_after: &str| {
            let key = Key {
                created: Time::parse(created),
                not_after: Time::parse(not_after),
                ..key("x", "t")
            };
            key.state(Time::parse(NOW).unwrap())
        };
        assert_eq!(state("2026-10-01", "2027-01-31"), Ok(KeyState::Ending));
        assert_eq!(state("2026-08-01", "2027-01-31"), Ok(KeyState::Ending));
        assert_eq!(state("2026-10-01", "2026-12-06"), Ok(KeyState::Expiring));
        assert_eq!(state("2026-08-01", "none"), Ok(KeyState::Old));
        assert_eq!(state("none", "none"), Ok(KeyState::Active));
    }
}
