//! Sends probes over HTTP/2 without TLS, with the very names and values, pseudo-headers included.
//!
//! Header blocks are made of literal fields only (RFC 7541, section 6.2.2). Streams of a connection
//! come one after the other; whatever the server ends is begun anew.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use wicketgate_runtime::interrupt;

use crate::probe::{ID, Probe};

/// Sends all `probes`, with the ids that `id` gives them, over `connections` at once, each until
/// its stream has ended.
pub(crate) fn send(
    server: SocketAddr,
    probes: &[&Probe],
    id: &(impl Fn(usize) -> String + Sync),
    connections: usize,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        let mut connection = None;
        loop {
            interrupt::check()?;
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(probe) = probes.get(index) else { return Ok(()) };
            let block = block(&fields(probe, &id(index)));
            // Bytes behind a head are an attack on HTTP/1.1 alone.
            let body: &[u8] = if probe.is_one_request() { &probe.body } else { &[] };
            let open = match connection.take() {
                Some(open) => open,
                None => Connection::open(server)?,
            };
            connection = open.ask(&block, body);
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections.max(1)).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread.join().map_err(|_| anyhow!("a sender panicked"))??;
        }
        Ok(())
    })
}

/// The fields of a probe: pseudo-headers first, its own after the usual ones, of which `:scheme` and
/// `:authority` give way to its own.
fn fields(probe: &Probe, id: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let has = |name: &[u8]| probe.headers.iter().any(|(given, _)| given == name);
    let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for (name, value) in [
        (&b":method"[..], &probe.method[..]),
        (b":scheme", b"http"),
        (b":path", &probe.target),
        (b":authority", &probe.host),
    ] {
        if !has(name) || matches!(name, b":path" | b":method") {
            fields.push((name.to_vec(), value.to_vec()));
        }
    }
    let (pseudo, others): (Vec<_>, Vec<_>) =
        probe.headers.iter().cloned().partition(|(name, _)| name.starts_with(b":"));
    fields.extend(pseudo);
    fields.push((ID.into(), id.into()));
    // HTTP/2 knows no upper case in names, and a server must end a request that has some.
    fields.extend(others.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)));
    fields
}

struct Connection {
    stream: TcpStream,
    next: u32,
}

impl Connection {
    fn open(server: SocketAddr) -> Result<Self> {
        let mut stream = TcpStream::connect(server).context("cannot connect")?;
        stream.set_nodelay(true).context("cannot turn off Nagle's algorithm")?;
        stream.set_read_timeout(Some(PATIENCE)).context("cannot set a time limit")?;
        stream.set_write_timeout(Some(PATIENCE)).context("cannot set a time limit")?;
        let preface =
            [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &[])].concat();
        stream.write_all(&preface).context("cannot send")?;
        Ok(Self { stream, next: 1 })
    }

    /// The connection again, if it can be used for more.
    fn ask(mut self, block: &[u8], body: &[u8]) -> Option<Self> {
        let id = self.next;
        self.next = id.checked_add(2)?;
        let end = if body.is_empty() { END_STREAM } else { 0 };
        let mut frames = frame(HEADERS, END_HEADERS | end, id, block);
        if !body.is_empty() {
            frames.extend(frame(DATA, END_STREAM, id, body));
        }
        self.stream.write_all(&frames).ok()?;
        loop {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).ok()?;
            let [a, b, c, kind, flags, stream @ ..] = head;
            let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]).try_into().ok()?];
            self.stream.read_exact(&mut payload).ok()?;
            let ours = u32::from_be_bytes(stream) == id;
            match kind {
                SETTINGS if flags & ACK == 0 => {
                    self.stream.write_all(&frame(SETTINGS, ACK, 0, &[])).ok()?;
                }
                DATA => {
                    // Keeps the connection's window open.
                    let more = u32::try_from(payload.len()).ok()?.to_be_bytes();
                    if !payload.is_empty() {
                        self.stream.write_all(&frame(WINDOW_UPDATE, 0, 0, &more)).ok()?;
                    }
                }
                GOAWAY => return None,
                _ => {}
            }
            let ended = matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0;
            if ours && (ended || kind == RST_STREAM) {
                return Some(self);
            }
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

fn block(fields: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            integer(text.len(), &mut block);
            block.extend_from_slice(text);
        }
    }
    block
}

/// An integer with a prefix of seven bits (RFC 7541, section 5.1).
fn integer(value: usize, bytes: &mut Vec<u8>) {
    let Some(mut rest) = value.checked_sub(127) else {
        bytes.extend(u8::try_from(value));
        return;
    };
    bytes.push(127);
    while rest >= 128 {
        bytes.extend(u8::try_from(rest % 128 + 128));
        rest /= 128;
    }
    bytes.extend(u8::try_from(rest));
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PATIENCE: Duration = Duration::from_secs(4);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_as_the_rfc_writes_them() {
        for (value, expected) in [(10, &[10][..]), (127, &[127, 0]), (1464, &[127, 185, 10])] {
            let mut bytes = Vec::new();
            integer(value, &mut bytes);
            assert_eq!(bytes, expected);
        }
    }

    #[test]
    fn pseudo_headers_come_first() {
        let probe = Probe::get("/a").with_header("X", "y").with_header(":scheme", "s");
        let names: Vec<_> = fields(&probe, "1").into_iter().map(|(name, _)| name).collect();
        let expected: [&[u8]; 6] =
            [b":method", b":path", b":authority", b":scheme", b"x-attack", b"x"];
        assert_eq!(names, expected);
    }
}
