//! Addresses: who is let in for an address has one in the network, by a second reading of
//! `x-forwarded-for` on the standard library's parsers.
#![no_main]

use std::net::{IpAddr, SocketAddr};

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{TOKEN, decide, head};
use wicketgate_policy::{Header, Peer, Request, Time, Verdict};

fuzz_target!(|input: &[u8]| {
    // The peer, and then a value of the header a line.
    let mut lines = input.split(|byte| *byte == b'\n');
    let peer = lines.next().unwrap_or_default();
    let values: Vec<&[u8]> = lines.collect();
    let mut map = head(b"GET", b"/address", b"app.example");
    map.push(Header { name: b"x-token", value: TOKEN.as_bytes() });
    map.extend(values.iter().map(|value| Header { name: b"x-forwarded-for", value }));
    let request = Request { headers: &map, peer: Peer::Address(peer) };
    let allowed = matches!(decide(&request, Time::BUILD).verdict, Verdict::Allow(_));
    let expected = client(peer, &values).is_some_and(in_network);
    assert!(!allowed || expected, "let in: {}", input.escape_ascii());
});

/// The peer, unless it is the trusted proxy. Then the last address that is not the proxy's, if
/// everything behind it is.
fn client(peer: &[u8], values: &[&[u8]]) -> Option<IpAddr> {
    let peer = parse(peer)?;
    if !is_trusted(peer) {
        return Some(peer);
    }
    let joined = values.join(&b","[..]);
    for entry in joined.rsplit(|byte| *byte == b',') {
        let address = parse(entry.trim_ascii())?;
        if !is_trusted(address) {
            return Some(address);
        }
    }
    None
}

fn parse(text: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(text).ok()?;
    let bare = || text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    bare().or_else(with_port).or_else(bracketed).map(|address| address.to_canonical())
}

fn is_trusted(address: IpAddr) -> bool {
    address == IpAddr::from([127, 0, 0, 1])
}

fn in_network(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets()[0] == 10,
        IpAddr::V6(address) => address.octets()[0] == 0xfd,
    }
}
