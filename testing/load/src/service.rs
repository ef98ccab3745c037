//! A service that a proxy asks whether a request may pass, and that checks what the gate checks: a
//! token, and an address.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The service, on a free port of loopback. Dropping it ends it.
#[derive(Debug)]
pub struct Service {
    listener: TcpListener,
    address: SocketAddr,
    check: Arc<Check>,
    ends: Arc<AtomicBool>,
}

/// The checks on a request.
#[derive(Debug)]
struct Check {
    token: [u8; 32],
    network: (u32, u32),
}

impl Service {
    /// Takes a port. The service wants `token` in `x-internal-token`, and in
    /// `x-envoy-external-address` an address whose first bits are those of `network`.
    pub fn bind(token: &str, network: (Ipv4Addr, u32)) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let address = listener.local_addr().context("no free port")?;
        let (base, bits) = network;
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        let network = (u32::from(base) & mask, mask);
        let check = Arc::new(Check { token: Sha256::digest(token).into(), network });
        Ok(Self { listener, address, check, ends: Arc::default() })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins to answer, each connection in a thread of its own. The threads run where the calling
    /// one may run, and end with their connections.
    pub fn serve(&mut self) -> Result<()> {
        let listener = self.listener.try_clone().context("cannot duplicate a listener")?;
        let (check, ends) = (Arc::clone(&self.check), Arc::clone(&self.ends));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::Relaxed) {
                    break;
                }
                let (Ok(stream), check) = (stream, Arc::clone(&check)) else { continue };
                // The client notices how its connection ends.
                thread::spawn(move || answer(stream, &check).ok());
            }
        });
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        let _gone = TcpStream::connect(self.address);
    }
}

/// The SHA-256 of a text in hexadecimal digits, as policies have it.
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn answer(mut stream: TcpStream, check: &Check) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    let mut piece = [0; 4_096];
    loop {
        while let Some(end) = buffer.windows(4).position(|four: &[u8]| four == b"\r\n\r\n") {
            let good = check.holds(buffer.get(..end).unwrap_or_default());
            buffer.drain(..end + 4);
            stream.write_all(if good { ALLOWED } else { DENIED })?;
        }
        match stream.read(&mut piece)? {
            0 => return Ok(()),
            count => buffer.extend_from_slice(piece.get(..count).unwrap_or_default()),
        }
    }
}

impl Check {
    fn holds(&self, head: &[u8]) -> bool {
        let (mut token, mut peer) = (None, None);
        for line in head.split(|byte| *byte == b'\n').skip(1) {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let (name, value) = line.split_at(colon);
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            if name.eq_ignore_ascii_case(b"x-internal-token") {
                token = Some(value);
            } else if name.eq_ignore_ascii_case(b"x-envoy-external-address") {
                peer = std::str::from_utf8(value).ok().and_then(|text| text.parse::<IpAddr>().ok());
            }
        }
        let given: [u8; 32] = Sha256::digest(token.unwrap_or_default()).into();
        let differing = given.iter().zip(&self.token).fold(0, |bits, (a, b)| bits | (a ^ b));
        let (base, mask) = self.network;
        let is_near = matches!(peer, Some(IpAddr::V4(peer)) if u32::from(peer) & mask == base);
        differing == 0 && is_near
    }
}

const ALLOWED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const DENIED: &[u8] = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_both_the_token_and_the_address() {
        let service = Service::bind("right", (Ipv4Addr::new(127, 0, 0, 1), 24)).unwrap();
        let holds = |token: &str, peer: &str| {
            let head = format!(
                "GET / HTTP/1.1\r\nX-Internal-Token: {token}\r\nx-envoy-external-address: {peer}"
            );
            service.check.holds(head.as_bytes())
        };
        assert!(holds("right", "127.0.0.9"));
        assert!(!holds("wrong", "127.0.0.9"));
        assert!(!holds("right", "127.0.7.9"));
        assert!(!holds("right", "x"));
        assert!(!service.check.holds(b"GET / HTTP/1.1\r\nx-internal-token: right"));
    }

    #[test]
    fn digests_are_those_of_policies() {
        assert_eq!(&digest("")[..16], "e3b0c44298fc1c14");
    }
}
