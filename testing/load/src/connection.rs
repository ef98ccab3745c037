//! A kept connection with one request under way.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A kept HTTP/1.1 connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
    waits: bool,
}

impl Connection {
    /// Opens it.
    pub fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server).context("cannot connect")?;
        stream.set_nodelay(true).context("cannot set `TCP_NODELAY`")?;
        stream.set_read_timeout(Some(PATIENCE)).context("cannot set a timeout")?;
        Ok(Self { stream, buffer: vec![0; BUFFER], filled: 0, waits: true })
    }

    /// Sends a request. None may be under way.
    pub fn send(&mut self, request: &[u8]) -> Result<()> {
        self.stream.write_all(request).context("cannot send a request")
    }

    /// Waits for the answer's end and returns its status.
    pub fn receive(&mut self) -> Result<u16> {
        loop {
            if let Some(status) = self.poll()? {
                return Ok(status);
            }
        }
    }

    /// From now on [`Self::poll`] does not wait.
    pub fn set_nonblocking(&mut self) -> Result<()> {
        self.waits = false;
        self.stream.set_nonblocking(true).context("cannot make a connection non-blocking")
    }

    /// Reads once, and returns the status if the answer has arrived whole.
    pub fn poll(&mut self) -> Result<Option<u16>> {
        let Some(room) = self.buffer.get_mut(self.filled..).filter(|room| !room.is_empty()) else {
            bail!("an answer of more than {BUFFER} bytes")
        };
        let count = match self.stream.read(room) {
            Ok(0) => bail!("the connection was closed before an answer"),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(None),
            // A timeout shows as this, too.
            Err(error) if error.kind() == ErrorKind::WouldBlock && !self.waits => return Ok(None),
            Err(error) => return Err(error).context("no answer"),
        };
        self.filled += count;
        let Some((status, length)) = parse(self.buffer.get(..self.filled).unwrap_or_default())?
        else {
            return Ok(None);
        };
        if length != self.filled {
            bail!("more than one answer to one request");
        }
        self.filled = 0;
        Ok(Some(status))
    }
}

/// The status and the length of the answer that `bytes` begin with, if it is there as a whole.
fn parse(bytes: &[u8]) -> Result<Option<(u16, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let (head, _) = bytes.split_at(end);
    let head = std::str::from_utf8(head).context("an answer's head is not text")?;
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    let Some(status) = status else { bail!("an answer that begins with `{first}`") };
    let mut length = 0;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().context("an answer's length")?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("an answer in chunks, which this client does not read");
        }
    }
    let whole = end + 4 + length;
    Ok((bytes.len() >= whole).then_some((status, whole)))
}

const BUFFER: usize = 16_384;

/// The time limit for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_body() {
        let answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\nserver: x\r\n\r\nno\n";
        assert_eq!(parse(answer).unwrap(), Some((403, answer.len())));
        for end in 0..answer.len() {
            assert_eq!(parse(&answer[..end]).unwrap(), None);
        }
        assert_eq!(parse(b"HTTP/1.1 204 x\r\na: b\r\n\r\n").unwrap(), Some((204, 24)));
    }

    #[test]
    fn what_it_cannot_read_is_an_error() {
        for answer in [
            "HTTP/1.0 200 OK\r\n\r\n",
            "HTTP/1.1 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        ] {
            assert!(parse(answer.as_bytes()).is_err(), "{answer}");
        }
    }
}
