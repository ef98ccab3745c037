//! The one declared source of the client's address.

use super::{Ranges, parse_address};
use crate::header::{Header, HeaderName};
use core::net::IpAddr;

/// The source of the client's address on this host.
#[derive(Debug)]
pub(crate) enum ClientSource {
    /// The peer of the connection.
    Peer,
    /// A header that proxies in front of the host write, believed only when the connection
    /// comes from one of them. Any other peer is the client itself.
    Forwarded {
        /// The header.
        header: HeaderName,
        /// The proxies that may write it.
        trusted: Ranges,
    },
    /// A header that the platform itself writes and that no client can.
    Platform(HeaderName),
}

/// The client's address. `None` if it is unknown: missing, unparsable, or with nothing but trusted
/// proxies on the way. An unknown address is in no network.
pub(crate) fn client_address(
    source: &ClientSource,
    peer: Option<IpAddr>,
    headers: &[Header<'_>],
) -> Option<IpAddr> {
    match source {
        ClientSource::Peer => peer,
        ClientSource::Platform(header) => {
            let mut values = values(headers, header);
            let value = values.next()?;
            values.next().is_none().then(|| parse_address(value))?
        }
        ClientSource::Forwarded { header, trusted } => {
            // A client can write the header, but not the address from which it connects.
            let peer = peer?;
            if !trusted.contains(peer) {
                return Some(peer);
            }
            // Each proxy appends the address that called it. So the last entry that is not a
            // trusted proxy is the client, and the client wrote the entries to the left of it.
            for value in values(headers, header).rev() {
                for entry in value.rsplit(|&byte| byte == b',') {
                    let address = parse_address(entry.trim_ascii())?;
                    if !trusted.contains(address) {
                        return Some(address);
                    }
                }
            }
            None
        }
    }
}

fn values<'r>(
    headers: &'r [Header<'r>],
    name: &HeaderName,
) -> impl DoubleEndedIterator<Item = &'r [u8]> {
    headers.iter().filter(move |header| name.is(header.name)).map(|header| header.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Cidr;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn forwarded(peer: &str, values: &[&str]) -> Option<alloc::string::String> {
        let source = ClientSource::Forwarded {
            header: HeaderName::parse("x-forwarded-for").unwrap(),
            trusted: Ranges::new([Cidr::parse("10.128.0.0/20").unwrap()]),
        };
        let headers: Vec<_> = values
            .iter()
            .map(|value| Header { name: b"X-Forwarded-For", value: value.as_bytes() })
            .collect();
        client_address(&source, peer.parse().ok(), &headers).map(|address| address.to_string())
    }

    #[test]
    fn the_last_entry_that_is_no_proxy_is_the_client() {
        for (values, client) in [
            (&["1.2.3.4"][..], Some("1.2.3.4")),
            (&["10.9.9.9, 1.2.3.4"], Some("1.2.3.4")),
            (&["10.9.9.9,1.2.3.4 , 10.128.0.7"], Some("1.2.3.4")),
            (&["10.9.9.9", "1.2.3.4", "10.128.0.7"], Some("1.2.3.4")),
            (&["garbage, 1.2.3.4"], Some("1.2.3.4")),
            (&["1.2.3.4, garbage"], None),
            (&["1.2.3.4,"], None),
            (&["1.2.3.4,,10.128.0.7"], None),
            (&["10.128.0.7"], None),
            (&[""], None),
            (&[], None),
            (&["[fd00::1]:443"], Some("fd00::1")),
        ] {
            assert_eq!(forwarded("10.128.0.1", values).as_deref(), client, "{values:?}");
        }
    }

    #[test]
    fn a_peer_that_is_no_trusted_proxy_is_the_client() {
        for values in [&["1.2.3.4"][..], &["10.128.0.1"], &["garbage"], &["1.2.3.4", ""], &[]] {
            assert_eq!(forwarded("10.128.16.1", values).as_deref(), Some("10.128.16.1"));
            assert_eq!(forwarded("unknown", values), None);
        }
    }

    #[test]
    fn a_platform_header_counts_once() {
        let source = ClientSource::Platform(HeaderName::parse("cf-connecting-ip").unwrap());
        let one = Header { name: b"cf-connecting-ip", value: b"1.2.3.4" };
        assert_eq!(client_address(&source, None, &[one]), "1.2.3.4".parse().ok());
        assert_eq!(client_address(&source, None, &[one, one]), None);
        let joined = Header { name: b"cf-connecting-ip", value: b"1.2.3.4, 1.2.3.4" };
        assert_eq!(client_address(&source, None, &[joined]), None);
    }
}
