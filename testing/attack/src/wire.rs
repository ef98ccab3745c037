//! Sends many probes over a few kept connections, each as exact bytes.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use wicketgate_runtime::interrupt;

use crate::probe::Probe;

/// A server's answer to a probe: the status, or 0 if it closed the connection or did not answer in
/// time.
pub type Status = u16;

/// Sends all `probes`, with the ids that `id` gives them, over `connections` at once.
pub fn send(
    server: SocketAddr,
    probes: &[&Probe],
    id: &(impl Fn(usize) -> String + Sync),
    connections: usize,
) -> Result<Vec<Status>> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Status)>> {
        let mut connection = Connection { server, stream: None, received: Vec::new() };
        let mut done = Vec::new();
        loop {
            interrupt::check()?;
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(probe) = probes.get(index) else { return Ok(done) };
            done.push((index, connection.ask(probe, &id(index))?));
        }
    };
    let mut statuses = vec![0; probes.len()];
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections.max(1)).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let done = thread.join().map_err(|_| anyhow!("a sender panicked"))??;
            for (index, status) in done {
                statuses[index] = status;
            }
        }
        Ok(statuses)
    })
}

struct Connection {
    server: SocketAddr,
    stream: Option<TcpStream>,
    received: Vec<u8>,
}

impl Connection {
    fn ask(&mut self, probe: &Probe, id: &str) -> Result<Status> {
        let bytes = probe.to_bytes(id);
        let reused = self.stream.is_some();
        match self.exchange(&bytes, probe)? {
            // A server may close a kept connection whenever it likes, also just before our bytes
            // come.
            None if reused => Ok(self.exchange(&bytes, probe)?.unwrap_or(0)),
            status => Ok(status.unwrap_or(0)),
        }
    }

    /// The status; none if the connection was closed without an answer.
    fn exchange(&mut self, bytes: &[u8], probe: &Probe) -> Result<Option<Status>> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.server)?,
        };
        self.received.clear();
        let _answer_may_come_all_the_same = stream.write_all(bytes);
        let deadline = Instant::now() + PATIENCE;
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some(end) = Head::read(&self.received, probe.is_head())
                && self.received.len() >= end.whole
            {
                // Left-over bytes would be taken for the next answer.
                let exact = self.received.len() == end.whole;
                if end.keep && exact && probe.method != b"CONNECT" && probe.body.is_empty() {
                    self.stream = Some(stream);
                }
                return Ok(Some(end.status));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Some(0));
            }
            stream.set_read_timeout(Some(left)).context("cannot set a time limit")?;
            match stream.read(&mut chunk) {
                Ok(0) => return Ok(Head::status(&self.received)),
                Ok(count) => self.received.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return Ok(Head::status(&self.received)),
            }
        }
    }
}

fn connect(server: SocketAddr) -> Result<TcpStream> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match TcpStream::connect_timeout(&server, PATIENCE) {
            Ok(stream) => {
                stream.set_nodelay(true).context("cannot turn off Nagle's algorithm")?;
                return Ok(stream);
            }
            // The queue of a busy server may be full for a moment.
            Err(_) if Instant::now() < deadline => thread::yield_now(),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot connect to `{server}`"));
            }
        }
    }
}

/// The parts of an answer that have arrived.
struct Head {
    status: Status,
    /// The length of the whole answer, as far as it is known.
    whole: usize,
    keep: bool,
}

impl Head {
    fn status(bytes: &[u8]) -> Option<Status> {
        std::str::from_utf8(bytes.get(9..12)?).ok()?.parse().ok()
    }

    /// None while the end of the answer is not known.
    fn read(bytes: &[u8], head: bool) -> Option<Self> {
        let end = find(bytes, b"\r\n\r\n")?;
        let status = Self::status(bytes)?;
        let top = &bytes[..end];
        let length = value(top, b"content-length").and_then(|text| text.parse().ok());
        let chunked = value(top, b"transfer-encoding").is_some();
        let keep = bytes.starts_with(b"HTTP/1.1")
            && value(top, b"connection").is_none_or(|text| !text.eq_ignore_ascii_case("close"));
        let body = end + 4;
        if (100..200).contains(&status) && status != 101 {
            let next = Self::read(&bytes[body..], head)?;
            return Some(Self { whole: next.whole + body, ..next });
        }
        let whole = if head || matches!(status, 101 | 204 | 304) {
            body
        } else if chunked {
            body + chunks(&bytes[body..])?
        } else {
            // Without a length the close ends it.
            body.checked_add(length?)?
        };
        Some(Self { status, whole, keep })
    }
}

/// The length of a chunked body, none while it is not whole.
fn chunks(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line = at + find(&bytes[at..], b"\r\n")?;
        let size = std::str::from_utf8(&bytes[at..line]).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        at = line.checked_add(2)?;
        if size == 0 {
            return Some(at + find(&bytes[at..], b"\r\n")? + 2);
        }
        at = at.checked_add(size)?.checked_add(2)?;
        if at > bytes.len() {
            return None;
        }
    }
}

fn value<'a>(top: &'a [u8], name: &[u8]) -> Option<&'a str> {
    for line in top.split(|&byte| byte == b'\n') {
        if let Some((given, [b':', rest @ ..])) = line.split_at_checked(name.len())
            && given.eq_ignore_ascii_case(name)
        {
            return std::str::from_utf8(rest).ok().map(str::trim);
        }
    }
    None
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

const PATIENCE: Duration = Duration::from_secs(4);

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Option<usize> {
        Head::read(text.as_bytes(), false).map(|head| head.whole)
    }

    #[test]
    fn knows_where_an_answer_ends() {
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        ] {
            assert_eq!(whole(text), Some(text.len()), "{text}");
        }
        assert_eq!(
            whole("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"),
            None
        );
        assert_eq!(whole("HTTP/1.1 200 OK\r\n\r\nok"), None);
    }
}
