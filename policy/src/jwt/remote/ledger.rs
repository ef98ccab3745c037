//! The record about an address that threads of a host share if they share no memory.
//!
//! Envoy's workers each have a copy of the gate, and share small values that are replaced by
//! compare-and-swap. One [`Ledger`] of fixed size for each address says who fetches and with which
//! result. The answer itself is stored beside it, and every thread reads it for itself.

use super::address::KeyAddress;
use super::fetch::FetchFault;
use crate::time::Time;
use alloc::vec::Vec;

/// The shared record about an address. Times are in milliseconds since 1970, 0 for never.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ledger {
    /// The start of the last fetch.
    pub(super) tried: i64,
    /// The start of the last fetch that a token caused.
    pub(super) prompted: i64,
    /// The time by which the running fetch has ended; 0 if none runs.
    pub(super) until: i64,
    /// The time at which the shared keys were fetched.
    pub(super) fetched: i64,
    /// The fault of the last fetch that ended.
    pub(super) fault: u8,
}

/// The answer to the question who fetches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Claim {
    /// This thread, once it has replaced the ledger that it read with this one.
    Mine(Ledger),
    /// Another thread, or nobody before the cooldown is over.
    Others,
}

impl Ledger {
    /// Its length in bytes.
    pub const LEN: usize = 34;

    /// As bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::LEN);
        bytes.push(FORM);
        for number in [self.tried, self.prompted, self.until, self.fetched] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.push(self.fault);
        bytes
    }

    /// From bytes. Bytes that are no ledger give an empty one.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Self {
        let read = || {
            let (&FORM, rest) = bytes.split_first()? else { return None };
            let (tried, rest) = rest.split_first_chunk()?;
            let (prompted, rest) = rest.split_first_chunk()?;
            let (until, rest) = rest.split_first_chunk()?;
            let (fetched, rest) = rest.split_first_chunk()?;
            let [fault] = *rest else { return None };
            let read = |bytes: &[u8; 8]| i64::from_be_bytes(*bytes);
            let [tried, prompted] = [tried, prompted].map(read);
            let [until, fetched] = [until, fetched].map(read);
            Some(Self { tried, prompted, until, fetched, fault })
        };
        read().unwrap_or_default()
    }

    /// Claims the turn to fetch, either because a token names an unknown key
    /// ([`KeyStore::is_prompt`](super::KeyStore::is_prompt)) or because keys are due.
    #[must_use]
    pub fn claim(&self, address: &KeyAddress, is_prompt: bool, now: Time) -> Claim {
        let now = now.unix_millis();
        let last = if is_prompt { self.prompted } else { self.tried };
        // If the clock was set back, nobody must wait until it shows the old time again.
        let cooling = (0..address.cooldown()).contains(&now.saturating_sub(last));
        let running = now < self.until && now >= self.tried;
        if cooling || running {
            return Claim::Others;
        }
        let until = now.saturating_add(address.timeout()).saturating_add(super::store::GRACE);
        let prompted = if is_prompt { now } else { self.prompted };
        Claim::Mine(Self { tried: now, prompted, until, ..*self })
    }

    /// The ledger after this thread's fetch.
    #[must_use]
    pub fn after(&self, result: Result<(), FetchFault>, now: Time) -> Self {
        match result {
            Ok(()) => Self { until: 0, fetched: now.unix_millis(), fault: 0, ..*self },
            Err(fault) => Self { until: 0, fault: fault.number(), ..*self },
        }
    }

    /// The time at which the shared keys were fetched.
    #[must_use]
    pub fn fetched(&self) -> Time {
        Time::from_unix_millis(self.fetched)
    }

    pub(super) fn is_running(&self) -> bool {
        self.until != 0
    }

    pub(super) fn until(&self) -> Option<i64> {
        self.is_running().then_some(self.until)
    }

    pub(super) fn fault(&self) -> Option<FetchFault> {
        FetchFault::numbered(self.fault)
    }
}

/// The first byte tells the form of the rest.
const FORM: u8 = 1;

#[cfg(test)]
mod tests {
    use super::super::address::Ask;
    use super::*;

    fn address() -> KeyAddress {
        let uri = "https://a.example/keys".into();
        let ask = Ask { uri, cluster: "a".into(), timeout: 5_000, cooldown: 10_000 };
        KeyAddress { member: "jwks_uri", ask, refresh: 300_000, max_age: 3_600_000 }
    }

    #[test]
    fn bytes_come_back_and_others_say_nothing() {
        let ledger = Ledger { tried: 1, prompted: 2, until: i64::MAX, fetched: -1, fault: 7 };
        let bytes = ledger.encode();
        assert_eq!((bytes.len(), Ledger::decode(&bytes)), (Ledger::LEN, ledger));
        for other in [&b""[..], &bytes[..33], &[&bytes[..], b"x"].concat(), &[0; Ledger::LEN]] {
            assert_eq!(Ledger::decode(other), Ledger::default());
        }
    }

    #[test]
    fn one_thread_fetches_at_a_time_and_not_before_the_cooldown_is_over() {
        let at = Time::from_unix_millis;
        let start = 1_800_000_000_000;
        let Claim::Mine(first) = Ledger::default().claim(&address(), false, at(start)) else {
            panic!()
        };
        // Others must wait while it runs, and then for the cooldown.
        for later in [0, 5_999, 9_999] {
            assert_eq!(first.claim(&address(), false, at(start + later)), Claim::Others, "{later}");
        }
        let failed = first.after(Err(FetchFault::Timeout), at(start + 5_000));
        assert_eq!(failed.claim(&address(), false, at(start + 9_999)), Claim::Others);
        assert!(matches!(failed.claim(&address(), false, at(start + 10_000)), Claim::Mine(_)));
        // The thread that fetched is gone, and never reported.
        assert!(matches!(first.claim(&address(), false, at(start + 10_000)), Claim::Mine(_)));
        // The clock was set back.
        assert!(matches!(first.claim(&address(), false, at(start - 1)), Claim::Mine(_)));
        // An unknown key is a reason of its own, once in a cooldown.
        let done = first.after(Ok(()), at(start + 100));
        let Claim::Mine(prompted) = done.claim(&address(), true, at(start + 200)) else { panic!() };
        let done = prompted.after(Ok(()), at(start + 300));
        assert_eq!(done.claim(&address(), true, at(start + 10_199)), Claim::Others);
        assert!(matches!(done.claim(&address(), true, at(start + 10_200)), Claim::Mine(_)));
        let good = first.after(Ok(()), at(start + 100));
        assert_eq!((good.fetched(), good.fault()), (at(start + 100), None));
    }
}
