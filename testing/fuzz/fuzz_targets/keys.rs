//! Keys: whatever a policy, an environment or an issuer's address holds is read or refused, and what
//! is read is what that source may hold.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wicketgate_policy::jwt::{Algorithm, Key, KeyFault, KeySet, KeySource, MAX_KEYS};

fuzz_target!(|input: &[u8]| {
    let [address, environment, policy] =
        [KeySource::Address, KeySource::Environment, KeySource::Policy].map(|source| {
            let read = KeySet::parse(input, source);
            match &read {
                Ok(set) => hold(set, source != KeySource::Environment),
                Err(faults) => told(faults),
            }
            read
        });
    // The environment may hold everything that a policy may, and secrets besides.
    if let Ok(policy) = &policy {
        let environment = environment.unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!(ids(policy), ids(&environment));
        // An address serves sets only; of one that is sound all keys are taken.
        if let Ok(address) = &address {
            assert_eq!(ids(policy), ids(address));
        }
    }
    match KeySet::parse_pem(input) {
        Ok(set) => {
            hold(&set, true);
            assert!(set.keys().len() == 1 && set.keys()[0].id().is_none());
        }
        Err(faults) => told(&faults),
    }
});

/// A set has keys, each with an id that no other key for its algorithm has, and none that is secret where all is public. Each of
/// them checks a signature, and this one is nobody's.
fn hold(set: &KeySet, public: bool) {
    let keys = set.keys();
    assert!((1..=MAX_KEYS).contains(&keys.len()));
    for (index, key) in keys.iter().enumerate() {
        let is_secret = key.algorithm().is_secret();
        assert!(!(public && is_secret), "a secret where everything is public");
        assert_eq!(key.spki_der().is_none(), is_secret);
        assert!(key.id().is_none_or(|id| !id.is_empty() && id.len() <= 256));
        let is_twin = |other: &Key| other.id() == key.id() && other.algorithm() == key.algorithm();
        assert!(key.id().is_none() || !keys[..index].iter().any(is_twin), "an id twice");
    }
    // One is enough, and the slowest takes a millisecond.
    let answer = keys[0].check(b"message", &[1; 64]).verify();
    assert!(!answer.unwrap_or_else(|| panic!("not checked")).good());
}

/// Faults say where and what, in words of our own.
fn told(faults: &[KeyFault]) {
    assert!(!faults.is_empty());
    for fault in faults {
        assert!(!fault.found.is_empty() && !fault.expected.is_empty());
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_[].".contains(&byte);
        assert!(fault.path.bytes().all(known), "{}", fault.path);
    }
}

fn ids(set: &KeySet) -> Vec<(Option<&str>, Algorithm)> {
    set.keys().iter().map(|key| (key.id(), key.algorithm())).collect()
}
