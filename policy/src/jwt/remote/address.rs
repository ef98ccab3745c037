//! An address with keys, as a policy describes it.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt::Write;
use sha2::{Digest, Sha256};

/// A question to an address: all that a host needs to ask it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ask {
    pub(crate) uri: Box<str>,
    pub(crate) cluster: Box<str>,
    pub(crate) timeout: i64,
    pub(crate) cooldown: i64,
}

/// An address with a set of keys (RFC 7517, section 5), and the times for asking it. All spans are
/// in milliseconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyAddress {
    /// The member of the document that names it.
    pub(crate) member: &'static str,
    /// The first question of a fetch.
    pub(crate) ask: Ask,
    pub(crate) refresh: i64,
    pub(crate) max_age: i64,
}

impl Ask {
    /// The whole address.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The authority of the address, as for a `Host` header.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.parts().0
    }

    /// The path of the address, with its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.parts().1
    }

    /// `https`, or in development `http`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.uri.split_once("://").map_or("https", |(scheme, _)| scheme)
    }

    /// The name of Envoy's cluster for it. This is the host of the address, unless the policy says
    /// otherwise.
    #[must_use]
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// The longest time until its answer is there, in milliseconds.
    #[must_use]
    pub fn timeout(&self) -> i64 {
        self.timeout
    }

    /// The time for which it is not asked again, in milliseconds. Whoever asks may be told an answer
    /// that was kept for as long.
    #[must_use]
    pub fn cooldown(&self) -> i64 {
        self.cooldown
    }

    fn parts(&self) -> (&str, &str) {
        let rest = self.uri.split_once("://").map_or(&*self.uri, |(_, rest)| rest);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        match rest.split_at_checked(end) {
            Some((authority, path)) if path.starts_with('/') => (authority, path),
            Some((authority, _)) => (authority, "/"),
            None => (rest, "/"),
        }
    }
}

impl KeyAddress {
    /// The member of a caller's `keys` that names it; that of a preset has the same name.
    #[must_use]
    pub fn member(&self) -> &'static str {
        self.member
    }

    /// The whole address.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.ask.uri()
    }

    /// The authority of the address, as for a `Host` header.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.ask.authority()
    }

    /// `https`, or in development `http`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.ask.scheme()
    }

    /// The name of Envoy's cluster for it. This is the host of the address, unless the policy says
    /// otherwise.
    #[must_use]
    pub fn cluster(&self) -> &str {
        self.ask.cluster()
    }

    /// The time after which keys are fetched again. The present ones count meanwhile.
    #[must_use]
    pub fn refresh(&self) -> i64 {
        self.refresh
    }

    /// The time for which fetched keys count, whatever the address answers afterwards.
    #[must_use]
    pub fn max_age(&self) -> i64 {
        self.max_age
    }

    /// The least time from one fetch to the next.
    #[must_use]
    pub fn cooldown(&self) -> i64 {
        self.ask.cooldown
    }

    /// The longest time of a fetch, and so of a request's wait for it.
    #[must_use]
    pub fn timeout(&self) -> i64 {
        self.ask.timeout
    }

    /// The name under which a host's threads share data about this address. It is the same for all
    /// policies that reach the address by the same cluster, and for no other.
    #[must_use]
    pub fn shared_name(&self) -> String {
        let digest = Sha256::digest(format!("{}\n{}", self.cluster(), self.uri()));
        let mut name = String::from("wicketgate.keys.");
        for byte in digest.iter().take(16) {
            // Writing to a string does not fail.
            _ = write!(name, "{byte:02x}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(uri: &str, cluster: &str) -> KeyAddress {
        let ask = Ask { uri: uri.into(), cluster: cluster.into(), timeout: 0, cooldown: 0 };
        KeyAddress { member: "jwks_uri", ask, refresh: 0, max_age: 0 }
    }

    #[test]
    fn parts() {
        for (uri, scheme, authority, path) in [
            ("https://a.example/keys?v=3", "https", "a.example", "/keys?v=3"),
            ("http://127.0.0.1:8080/keys", "http", "127.0.0.1:8080", "/keys"),
            ("https://a.example", "https", "a.example", "/"),
        ] {
            let KeyAddress { ask, .. } = address(uri, "c");
            assert_eq!((ask.scheme(), ask.authority(), ask.path()), (scheme, authority, path));
        }
    }

    #[test]
    fn shared_names_are_of_address_and_cluster() {
        let one = address("https://a.example/keys", "a").shared_name();
        assert_eq!(one, address("https://a.example/keys", "a").shared_name());
        assert_ne!(one, address("https://a.example/keys", "b").shared_name());
        assert_ne!(one, address("https://a.example/key", "a").shared_name());
    }
}
