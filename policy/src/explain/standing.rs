//! The state of a policy's keys and networks.

use crate::address::Ranges;
use crate::credential::CredentialRules;
use crate::credential::KeyState;
use crate::ids::number;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::time::Time;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

/// A key of a policy, and its state at a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyStanding<'p> {
    /// The name of its caller.
    pub caller: &'p str,
    /// Its id.
    pub id: &'p str,
    /// The header that carries it.
    pub header: &'p str,
    /// `true` if its tokens are of the form `wg_<id>_<secret>`.
    pub named: bool,
    /// When it was made.
    pub created: Option<Time>,
    /// When it begins to be valid.
    pub not_before: Option<Time>,
    /// The last moment at which it is valid.
    pub not_after: Option<Time>,
    /// Its state, or the reason why it is not valid.
    pub standing: Result<KeyState, Reason>,
}

/// A network of a policy.
#[derive(Clone, Copy, Debug)]
pub struct NetworkView<'p>(&'p Ranges);

impl NetworkView<'_> {
    /// Returns `true` if every IPv4 or every IPv6 address is in it.
    #[must_use]
    pub fn holds_a_family(self) -> bool {
        self.0.holds_a_family()
    }

    /// Returns `true` if an address is in it.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(address)
    }
}

impl Policy {
    /// The place in [`Policy::key_addresses`] of the address that has a caller's keys.
    #[must_use]
    pub fn keys_of(&self, caller: &str) -> Option<usize> {
        let caller = self.callers.items().iter().find(|known| *known.name == *caller)?;
        caller.credentials.iter().find_map(CredentialRules::key_source).map(number)
    }

    /// Every key whose secret is known, header by header.
    #[must_use]
    pub fn keys(&self, now: Time) -> Vec<KeyStanding<'_>> {
        let all =
            self.tables.items().iter().flat_map(|table| table.keys().map(move |key| (table, key)));
        all.filter_map(|(table, key)| {
            Some(KeyStanding {
                caller: &self.callers.get(key.caller)?.name,
                id: &key.id,
                header: table.carrier.header().as_str(),
                named: key.named,
                created: key.created,
                not_before: key.not_before,
                not_after: key.not_after,
                standing: key.state(now),
            })
        })
        .collect()
    }

    /// The header with which a caller sends a secret, or a signed token if `signed`: its name and
    /// value, in the first place that the policy names.
    #[must_use]
    pub fn carry(&self, caller: &str, secret: &str, signed: bool) -> Option<(&str, String)> {
        let id = self.callers.find(|known| *known.name == *caller)?;
        let caller = self.callers.get(id)?;
        let mut tables = caller.tables();
        let table = if signed { tables.last() } else { tables.next() };
        let table = self.tables.get(table?)?;
        let user = table.keys().find(|key| key.caller == id).and_then(|key| key.user.as_deref());
        Some((table.carrier.header().as_str(), table.carrier.write(user, secret)))
    }

    /// The headers in which credentials of either kind come, in lower case; each once.
    #[must_use]
    pub fn credential_headers(&self) -> Vec<&str> {
        let mut headers: Vec<&str> = Vec::new();
        for table in self.tables.items() {
            let header = table.carrier.header().as_str();
            if !headers.contains(&header) {
                headers.push(header);
            }
        }
        headers
    }

    /// The networks, in the order of the document.
    pub fn networks(&self) -> impl Iterator<Item = NetworkView<'_>> {
        self.networks.items().iter().map(NetworkView)
    }
}
