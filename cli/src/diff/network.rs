//! Networks of a document, and one address for each kind that two policies can tell apart.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::side::items;

/// A set of addresses: the first and the last of each prefix.
#[derive(Clone, Debug, Default)]
pub(super) struct Network(Vec<(IpAddr, IpAddr)>);

impl Network {
    /// The union of the prefixes of a list.
    pub(super) fn of(list: &Value) -> Self {
        Self(items(list).iter().filter_map(Value::as_str).filter_map(prefix).collect())
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let same = |other: &IpAddr| other.is_ipv4() == address.is_ipv4();
        self.0.iter().any(|(first, last)| same(first) && *first <= address && address <= *last)
    }
}

/// One address of each elementary interval: between two neighbouring bounds of these networks every
/// address is in the same of them.
pub(super) fn intervals<'n>(networks: impl Iterator<Item = &'n Network>) -> Vec<IpAddr> {
    let mut starts: Vec<IpAddr> =
        vec![Ipv4Addr::new(127, 0, 0, 1).into(), Ipv4Addr::UNSPECIFIED.into()];
    starts.push(Ipv6Addr::UNSPECIFIED.into());
    for (first, last) in networks.flat_map(|network| &network.0) {
        starts.push(*first);
        starts.extend(next(*last));
    }
    let mut seen = Vec::new();
    for start in starts {
        if !seen.contains(&start) {
            seen.push(start);
        }
    }
    seen
}

fn next(address: IpAddr) -> Option<IpAddr> {
    Some(match address {
        IpAddr::V4(address) => Ipv4Addr::from(u32::from(address).checked_add(1)?).into(),
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address).checked_add(1)?).into(),
    })
}

/// The first and the last address of a prefix, which the core has found to be one.
fn prefix(text: &str) -> Option<(IpAddr, IpAddr)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
        None => (text, None),
    };
    Some(match address.parse().ok()? {
        IpAddr::V4(address) => {
            let host = u32::MAX.checked_shr(length.unwrap_or(32)).unwrap_or(0);
            let first = u32::from(address) & !host;
            (Ipv4Addr::from(first).into(), Ipv4Addr::from(first | host).into())
        }
        IpAddr::V6(address) => {
            let host = u128::MAX.checked_shr(length.unwrap_or(128)).unwrap_or(0);
            let first = u128::from(address) & !host;
            (Ipv6Addr::from(first).into(), Ipv6Addr::from(first | host).into())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_on_either_side_of_each_bound() {
        let network =
            Network::of(&serde_json::json!(["10.1.0.0/16", "2001:db8::/32", "192.0.2.7"]));
        let all = intervals([&network].into_iter());
        for (address, inside) in [
            ("127.0.0.1", false),
            ("10.1.0.0", true),
            ("10.2.0.0", false),
            ("2001:db8::", true),
            ("2001:db9::", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert!(all.contains(&address), "{address}");
            assert_eq!(network.contains(address), inside, "{address}");
        }
    }
}
