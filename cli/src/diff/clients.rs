//! Addresses of clients: one for each set of networks that the two policies can tell apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use wicketgate_policy::{Header, Peer, Request};

use super::network::{Network, intervals};
#[cfg(test)]
use super::shot::Shot;
use super::shot::{Line, PEER};
use super::side::Side;

/// A client, by its connection and by what proxies say of it.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) peer: Option<IpAddr>,
    pub(super) line: Option<Line>,
    /// The networks that hold its address, in either policy.
    pub(super) place: String,
}

/// The clients for the networks of rules.
pub(super) struct Clients<'s> {
    sides: [&'s Side; 2],
    known: HashMap<[BTreeSet<&'s str>; 2], Vec<Client>>,
}

impl<'s> Clients<'s> {
    pub(super) fn new(sides: [&'s Side; 2]) -> Self {
        Self { sides, known: HashMap::new() }
    }

    /// One client for each way in which these networks hold an address.
    pub(super) fn of(&mut self, named: &[BTreeSet<&'s str>; 2]) -> Vec<Client> {
        if let Some(known) = self.known.get(named) {
            return known.clone();
        }
        let made = if named.iter().all(BTreeSet::is_empty) {
            vec![Client { peer: Some(PEER), line: None, place: String::new() }]
        } else {
            self.make(named)
        };
        self.known.insert(named.clone(), made.clone());
        made
    }

    fn make(&self, named: &[BTreeSet<&'s str>; 2]) -> Vec<Client> {
        let proxies: Vec<&(String, Network)> =
            self.sides.iter().filter_map(|side| side.proxies.as_ref()).collect();
        let networks = self.sides.iter().zip(named).flat_map(|(side, named)| {
            let mine = side.networks.iter().filter(|(name, _)| named.contains(name.as_str()));
            mine.map(|(_, network)| network)
        });
        let all = intervals(networks.chain(proxies.iter().map(|(_, trusted)| trusted)));
        // One address for each way in which it is trusted.
        let mut trust: BTreeMap<Vec<bool>, IpAddr> = BTreeMap::new();
        for address in &all {
            let trusted = proxies.iter().map(|(_, trusted)| trusted.contains(*address)).collect();
            trust.entry(trusted).or_insert(*address);
        }
        let mut clients: BTreeMap<String, (usize, Client)> = BTreeMap::new();
        let mut add = |peer: Option<IpAddr>, line: Option<Line>| {
            let place = self.place(named, peer, line.as_ref());
            let cost = line.as_ref().map_or(0, |line| 10 + line.shown.len())
                + if peer == Some(PEER) { 0 } else { 1 };
            let client = Client { peer, line, place: place.clone() };
            let kept = clients.entry(place).or_insert_with(|| (cost, client.clone()));
            if cost < kept.0 {
                *kept = (cost, client);
            }
        };
        for address in &all {
            add(Some(*address), None);
        }
        add(None, None);
        let headers: BTreeSet<&String> = proxies.iter().map(|(header, _)| header).collect();
        for header in headers {
            for peer in trust.values() {
                for address in &all {
                    add(Some(*peer), Some(Line::plain(header, &address.to_string())));
                    for proxy in trust.values() {
                        let value = format!("{address}, {proxy}");
                        add(Some(*peer), Some(Line::plain(header, &value)));
                    }
                }
            }
        }
        clients.into_values().map(|(_, client)| client).collect()
    }

    /// The networks that hold a client's address, by the core's own reading of it.
    fn place(
        &self,
        named: &[BTreeSet<&'s str>; 2],
        peer: Option<IpAddr>,
        line: Option<&Line>,
    ) -> String {
        let headers: Vec<Header<'_>> = line
            .map(|line| Header { name: line.name.as_bytes(), value: line.sent.as_bytes() })
            .into_iter()
            .collect();
        let peer = peer.map(|peer| peer.to_string());
        let peer = peer.as_deref().map_or(Peer::Unknown, |peer| Peer::Address(peer.as_bytes()));
        let request = Request { headers: &headers, peer };
        let place = |(side, named): (&&'s Side, &BTreeSet<&'s str>)| {
            let held = match side.policy.client(&request) {
                None => "unknown".to_owned(),
                Some(address) => match side.networks_of(named, address) {
                    held if held.is_empty() => "in no network".to_owned(),
                    held => format!("in `{}`", held.join("`, `")),
                },
            };
            (!named.is_empty()).then_some(held)
        };
        let mut places = self.sides.iter().zip(named).map(place);
        match (places.next().flatten(), places.next().flatten()) {
            (Some(before), Some(after)) if before == after => before,
            (Some(before), Some(after)) => format!("{before} before, {after} now"),
            (one, other) => one.or(other).unwrap_or_default(),
        }
    }

    /// The place of any request.
    #[cfg(test)]
    pub(super) fn place_of(&self, named: &[BTreeSet<&'s str>; 2], shot: &Shot) -> String {
        let names: BTreeSet<&String> = self
            .sides
            .iter()
            .filter_map(|side| side.proxies.as_ref())
            .map(|(name, _)| name)
            .collect();
        let line = shot.headers.iter().find(|line| names.contains(&line.name));
        self.place(named, shot.peer, line)
    }
}
