//! A connection that is kept: several requests, one after another or all at once.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use wicketgate_runtime::http::Response;

/// A connection to Envoy over HTTP/1.1.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Opens it.
    pub fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server).context("cannot connect")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends any bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).context("cannot send")
    }

    /// The next response; nothing if the connection was closed instead.
    pub fn next_response(&mut self) -> Result<Option<Response>> {
        loop {
            if let Some(response) = Response::parse(&self.buffer, false, false)? {
                self.consume(&response)?;
                return Ok(Some(response));
            }
            if self.fill()? == 0 {
                if !self.buffer.is_empty() {
                    bail!("closed in the middle of a response: {:?}", self.buffer);
                }
                return Ok(None);
            }
        }
    }

    /// The next `count` bytes, whatever they are.
    pub fn bytes(&mut self, count: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < count {
            if self.fill()? == 0 {
                bail!("closed after {} of {count} bytes", self.buffer.len());
            }
        }
        Ok(self.buffer.drain(..count).collect())
    }

    /// Goes away in the middle of whatever was going on.
    pub fn abandon(self) -> Result<()> {
        self.stream.shutdown(Shutdown::Both).context("cannot close")
    }

    fn fill(&mut self) -> Result<usize> {
        let mut chunk = [0; 16 * 1024];
        match self.stream.read(&mut chunk) {
            Ok(count) => {
                self.buffer.extend_from_slice(&chunk[..count]);
                Ok(count)
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(0),
            Err(error) => Err(error).context("no whole answer"),
        }
    }

    /// Takes a response out of the buffer. Every answer here has a length or no body at all.
    fn consume(&mut self, response: &Response) -> Result<()> {
        if response.header("transfer-encoding").next().is_some() {
            bail!("a chunked answer on a connection that is kept: {response:?}");
        }
        let mut end = 0;
        loop {
            let rest = &self.buffer[end..];
            let head = rest.windows(4).position(|window| window == b"\r\n\r\n");
            end += head.context("a response without an end")? + 4;
            // Interim responses go before it.
            if !rest.starts_with(b"HTTP/1.1 100 ") {
                break;
            }
        }
        self.buffer.drain(..end + response.body.len());
        Ok(())
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
