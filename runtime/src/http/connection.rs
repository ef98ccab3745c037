//! One connection: several requests, one after another or all at once.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::Response;

/// A connection over HTTP/1.1, over which any bytes are sent.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    /// `true` if the server has ended it.
    ended: bool,
    /// `true` if the last answer was of a server that goes on reading.
    keeps: bool,
}

/// The result of waiting for an answer.
#[derive(Debug)]
pub enum Received {
    /// A whole response.
    Response(Response),
    /// The end of the connection, before a whole response.
    Closed,
    /// Nothing, or a part of a response, in all the time there was.
    Silence,
}

impl Connection {
    /// Opens it.
    pub fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&server, PATIENCE)
            .with_context(|| format!("cannot connect to `{server}`"))?;
        stream.set_nodelay(true).context("cannot turn off Nagle's algorithm")?;
        stream.set_write_timeout(Some(PATIENCE)).context("cannot set a time limit")?;
        Ok(Self::over(stream))
    }

    /// One over a stream that is open, with the options that its owner gave it.
    pub fn over(stream: TcpStream) -> Self {
        Self { stream, received: Vec::new(), ended: false, keeps: true }
    }

    /// Sends any bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).context("cannot send")
    }

    /// Waits for the next answer. `head`: it has no body, whatever its headers say.
    ///
    /// # Errors
    /// If the bytes are no HTTP/1.1, or the connection can't be read.
    pub fn receive(&mut self, head: bool, deadline: Instant) -> Result<Received> {
        loop {
            let read = Response::read(&self.received, head, self.ended)?;
            if let Some((response, length)) = read {
                self.keeps = self.received.starts_with(b"HTTP/1.1")
                    && !response.header("connection").any(|how| how.eq_ignore_ascii_case("close"));
                self.received.drain(..length);
                return Ok(Received::Response(response));
            }
            if self.ended {
                return Ok(Received::Closed);
            }
            if !self.fill(deadline)? {
                return Ok(Received::Silence);
            }
        }
    }

    /// The next response; nothing if the connection was closed instead.
    pub fn next_response(&mut self) -> Result<Option<Response>> {
        match self.receive(false, Instant::now() + PATIENCE)? {
            Received::Response(response) => Ok(Some(response)),
            Received::Closed if self.received.is_empty() => Ok(None),
            Received::Closed => bail!("closed in the middle of a response: {:?}", self.received),
            Received::Silence => bail!("no whole answer"),
        }
    }

    /// The next `count` bytes, whatever they are.
    pub fn bytes(&mut self, count: usize) -> Result<Vec<u8>> {
        let deadline = Instant::now() + PATIENCE;
        while self.received.len() < count {
            if self.ended {
                bail!("closed after {} of {count} bytes", self.received.len());
            }
            if !self.fill(deadline)? {
                bail!("no more than {} of {count} bytes", self.received.len());
            }
        }
        Ok(self.received.drain(..count).collect())
    }

    /// Bytes that have come and were not read as an answer.
    pub fn left_over(&self) -> &[u8] {
        &self.received
    }

    /// Returns `true` if another request may follow the answer that was read last: both ends are
    /// open, and no bytes are left that would be taken for the next answer.
    pub fn can_be_kept(&self) -> bool {
        self.keeps && !self.ended && self.received.is_empty()
    }

    /// Goes away in the middle of whatever was going on.
    pub fn abandon(self) -> Result<()> {
        self.stream.shutdown(Shutdown::Both).context("cannot close")
    }

    /// Reads what there is, or notes the end; false where neither came in time.
    fn fill(&mut self, deadline: Instant) -> Result<bool> {
        let mut chunk = [0; 16 * 1024];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            self.stream.set_read_timeout(Some(left)).context("cannot set a time limit")?;
            match self.stream.read(&mut chunk) {
                Ok(0) => self.ended = true,
                Ok(count) => self.received.extend_from_slice(&chunk[..count]),
                Err(error) if is_passing(&error) => continue,
                Err(error) if is_close(&error) => self.ended = true,
                Err(error) => return Err(error).context("cannot read the answer"),
            }
            return Ok(true);
        }
    }
}

fn is_passing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

pub(super) fn is_close(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
    )
}

/// The default time limit for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A connection to a server that sends these bytes and closes.
    fn to(bytes: &'static [u8]) -> Connection {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = listener.local_addr().unwrap();
        thread::spawn(move || listener.accept().unwrap().0.write_all(bytes).unwrap());
        Connection::open(server).unwrap()
    }

    #[test]
    fn answers_come_one_after_another() {
        let mut connection = to(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\
            HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\ntransfer-encoding: chunked\r\n\r\n\
            2\r\nno\r\n0\r\n\r\nHTTP/1.1 101 x\r\n\r\nhello");
        let mut next = || connection.next_response().unwrap().unwrap();
        assert_eq!((next().text(), next().text(), next().status), ("ok".into(), "no".into(), 101));
        assert_eq!(connection.bytes(5).unwrap(), b"hello");
        assert!(connection.next_response().unwrap().is_none());
    }

    #[test]
    fn what_is_left_keeps_a_connection_from_being_used_again() {
        let mut connection = to(b"HTTP/1.1 204 x\r\n\r\nmore");
        assert_eq!(connection.next_response().unwrap().unwrap().status, 204);
        connection.bytes(1).unwrap();
        assert!(!connection.can_be_kept());
        assert!(connection.next_response().unwrap_err().to_string().starts_with("closed in the"));
    }
}
