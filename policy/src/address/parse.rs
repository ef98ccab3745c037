//! Addresses and prefixes as texts.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use ipnet::IpNet;

/// A prefix: an address, and how many of its leading bits count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cidr(IpNet);

/// Why a text is no prefix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CidrFault {
    /// Not an address, with or without a prefix length.
    Malformed,
    /// Bits are set beyond the prefix length: perhaps a mistyped length.
    HostBits,
}

impl Cidr {
    /// Reads `10.0.0.0/8`, `fd00::/8` or a single address. An IPv4-mapped IPv6 prefix is the
    /// IPv4 prefix that it maps.
    ///
    /// The text is not given to [`IpNet`]'s own parser: that one takes `010.0.0.0/8`, which is an
    /// octal number to others.
    pub(crate) fn parse(text: &str) -> Result<Self, CidrFault> {
        let (address, bits) = match text.split_once('/') {
            None => (text, None),
            Some((address, bits)) => (address, Some(bits)),
        };
        let address: IpAddr = address.parse().map_err(|_| CidrFault::Malformed)?;
        let bits = match bits {
            None => IpNet::from(address).prefix_len(),
            Some(text)
                if text.is_empty()
                    || text.len() > 3
                    || !text.bytes().all(|b| b.is_ascii_digit()) =>
            {
                return Err(CidrFault::Malformed);
            }
            Some(text) => text.parse().map_err(|_| CidrFault::Malformed)?,
        };
        let mapped = match address {
            IpAddr::V6(v6) if bits >= 96 => v6.to_ipv4_mapped(),
            _ => None,
        };
        let net = match mapped {
            Some(v4) => IpNet::new(v4.into(), bits - 96),
            None => IpNet::new(address, bits),
        };
        let net = net.map_err(|_| CidrFault::Malformed)?;
        if net.addr() != net.network() {
            return Err(CidrFault::HostBits);
        }
        Ok(Self(net))
    }

    /// Returns `true` if the prefix holds every address of its family.
    pub(crate) fn is_everything(self) -> bool {
        self.0.prefix_len() == 0
    }

    /// Returns `true` if it is a prefix of IPv4 addresses.
    pub(super) const fn is_ipv4(self) -> bool {
        matches!(self.0, IpNet::V4(_))
    }

    /// Its first and last address as numbers.
    pub(super) fn range(self) -> (u128, u128) {
        (number(self.0.network()), number(self.0.broadcast()))
    }
}

/// An address as a number, comparable within its family.
pub(super) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

/// An address in a header: with or without port, IPv6 with or without brackets, IPv4-mapped
/// IPv6 as IPv4. Zones, octal and every other shorthand are refused.
pub(crate) fn parse_address(text: &[u8]) -> Option<IpAddr> {
    let text = core::str::from_utf8(text).ok()?;
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match bare {
        Some(inside) => inside.parse().ok().filter(IpAddr::is_ipv6)?,
        // `127.0.0.1:44506`, as Envoy writes peers: the one form with one colon.
        None if text.bytes().filter(|byte| *byte == b':').count() == 1 => with_port(text)?,
        None => match text.parse() {
            Ok(address) => address,
            Err(_) => with_port(text)?,
        },
    };
    Some(unmap(address))
}

/// The socket peer as Envoy writes it (`127.0.0.1:44506`, `[::1]:44506`).
pub(crate) fn parse_peer(text: &[u8]) -> Option<IpAddr> {
    usual_peer(text).map(IpAddr::V4).or_else(|| parse_address(text))
}

/// IPv4 with a port, in its usual form: what [`parse_address`] makes of it, at a tenth of the cost.
fn usual_peer(text: &[u8]) -> Option<Ipv4Addr> {
    let (a, rest) = octet(text, b'.')?;
    let (b, rest) = octet(rest, b'.')?;
    let (c, rest) = octet(rest, b'.')?;
    let (d, port) = octet(rest, b':')?;
    // No port begins with a zero but zero.
    let is_port = match port {
        [b'0'] => true,
        [b'1'..=b'9', more @ ..] if more.len() < 4 => more.iter().all(u8::is_ascii_digit),
        [b'1'..=b'9', _, _, _, _] => {
            port.iter().all(u8::is_ascii_digit) && port <= b"65535".as_slice()
        }
        _ => false,
    };
    is_port.then(|| Ipv4Addr::new(a, b, c, d))
}

/// An octet of one to three digits before the byte `end`, and what is behind that. None begins with a
/// zero but zero; that is left to the other parser.
fn octet(text: &[u8], end: u8) -> Option<(u8, &[u8])> {
    let digit = |byte: u8| u32::from(byte.wrapping_sub(b'0'));
    let (number, rest) = match *text {
        [a @ b'0'..=b'9', last, ref rest @ ..] if last == end => (digit(a), rest),
        [a @ b'1'..=b'9', b @ b'0'..=b'9', last, ref rest @ ..] if last == end => {
            (digit(a) * 10 + digit(b), rest)
        }
        [a @ b'1'..=b'2', b @ b'0'..=b'9', c @ b'0'..=b'9', last, ref rest @ ..] if last == end => {
            (digit(a) * 100 + digit(b) * 10 + digit(c), rest)
        }
        _ => return None,
    };
    Some((u8::try_from(number).ok()?, rest))
}

fn with_port(text: &str) -> Option<IpAddr> {
    // `SocketAddr` would take `[fe80::1%1]:80`, whose zone means nothing here.
    if text.contains('%') {
        return None;
    }
    text.parse::<SocketAddr>().ok().map(|socket| socket.ip())
}

fn unmap(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, |v4: Ipv4Addr| v4.into()),
        IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    #[test]
    fn prefixes() {
        for (text, first, bits) in [
            ("10.0.0.0/8", "10.0.0.0", 8),
            ("203.0.113.7", "203.0.113.7", 32),
            ("::/0", "::", 0),
            ("fd00:12::/32", "fd00:12::", 32),
            ("::ffff:10.0.0.0/104", "10.0.0.0", 8),
            ("0.0.0.0/0", "0.0.0.0", 0),
            ("::1", "::1", 128),
            ("10.0.0.0/008", "10.0.0.0", 8),
            ("::ffff:0.0.0.0/96", "0.0.0.0", 0),
            ("::ffff:10.0.0.1", "10.0.0.1", 32),
        ] {
            let cidr = Cidr::parse(text).unwrap();
            assert_eq!(cidr.0.to_string(), format!("{first}/{bits}"), "{text}");
        }
        for text in [
            "",
            "10.0.0.0/",
            "10.0.0.0/33",
            "::/129",
            "::ffff:10.0.0.0/129",
            "10.0.0/8",
            "010.0.0.0/8",
            "x",
            "10.0.0.0/8/8",
            "10.0.0.0/+8",
            "fe80::1%1/128",
            "10.0.0.0/256",
            "10.0.0.0/0008",
        ] {
            assert_eq!(Cidr::parse(text), Err(CidrFault::Malformed), "{text}");
        }
        for text in ["10.0.0.1/8", "fd00::1/32", "::ffff:10.0.0.1/104", "1.2.3.4/0"] {
            assert_eq!(Cidr::parse(text), Err(CidrFault::HostBits), "{text}");
        }
    }

    #[test]
    fn usual_peers_are_read_alike() {
        for text in [
            "127.0.0.1:40000",
            "0.0.0.0:0",
            "255.255.255.255:65535",
            "1.20.199.250:1",
            "1.2.3.4:65536",
            "1.2.3.4:99999",
            "1.2.3.4:0065",
            "1.2.3.4:00080",
            "1.2.3.4:000000080",
            "256.1.1.1:1",
            "260.1.1.1:1",
            "300.1.1.1:1",
            "1.1.1.01:1",
            "1.1.1.001:1",
            "1.1.1.0000:1",
            "1.1.1.1",
            "1.1.1.1:",
            "1.1.1.1:a",
            "1.1.1:1",
            "1.1.1.1.1:1",
            ".1.1.1:1",
            "1..1.1:1",
            "[::1]:40000",
            "a",
            "",
        ] {
            let usual = usual_peer(text.as_bytes()).map(IpAddr::V4);
            let parsed = parse_address(text.as_bytes());
            assert!(usual.is_none() || usual == parsed, "{text}");
            assert_eq!(parse_peer(text.as_bytes()), parsed, "{text}");
        }
        assert!(usual_peer(b"127.0.0.1:40000").is_some());
    }

    #[test]
    fn addresses_in_headers() {
        for (text, address) in [
            ("10.1.2.3", "10.1.2.3"),
            ("10.1.2.3:80", "10.1.2.3"),
            ("[::1]:443", "::1"),
            ("[::1]", "::1"),
            ("::1", "::1"),
            ("::ffff:10.1.2.3", "10.1.2.3"),
            ("[::ffff:10.1.2.3]:8", "10.1.2.3"),
            ("::ffff:a01:203", "10.1.2.3"),
        ] {
            assert_eq!(
                parse_address(text.as_bytes()).map(|a| a.to_string()).as_deref(),
                Some(address),
                "{text}"
            );
        }
        for text in [
            "",
            " ",
            "unknown",
            "_hidden",
            "10.1.2",
            "10.1.2.3.4",
            "010.1.2.3",
            "10.1.2.256",
            "0x0a.1.2.3",
            "10.1.2.3:",
            "10.1.2.3:x",
            "10.1.2.3:99999",
            "[10.1.2.3]",
            "::1]",
            "[::1",
            "fe80::1%eth0",
            "[fe80::1%1]:80",
            "10.1.2.3, 10.1.2.4",
            "10.1.2.3 ",
            "1",
            "167838211",
            "::ffff:010.1.2.3",
            "10.1.2.3/8",
        ] {
            assert_eq!(parse_address(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_address(b"10.1.2.\xff"), None);
    }
}
