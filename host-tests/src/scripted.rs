//! An origin that answers as it is told.

use std::io::{Read, Result as Io, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use wicketgate_testkit::server::Server;

/// An origin that reads a request's head, answers what it is told and closes. Dropping it ends
/// its threads.
#[derive(Debug)]
pub struct Origin {
    server: Server,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Origin {
    /// Starts it; `serve` gets the connection once the head is read.
    ///
    /// A connection that ends early ends nothing but itself.
    pub fn start(
        serve: impl Fn(&str, &mut TcpStream) -> Io<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&heads);
        let server = Server::start(move |connection| {
            let Some(head) = request_head(connection)? else { return Ok(()) };
            record.lock().unwrap_or_else(PoisonError::into_inner).push(head.clone());
            serve(&head, connection)
        })?;
        Ok(Self { server, heads })
    }

    /// One that answers everything with `response`.
    pub fn answering(response: &'static [u8]) -> Result<Self> {
        Self::start(move |_, connection| connection.write_all(response))
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// The heads of the requests that came since it was last asked.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.heads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A byte at a time: the body is `serve`'s to read.
fn request_head(connection: &mut TcpStream) -> Io<Option<String>> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && connection.read(&mut byte)? == 1 {
        bytes.push(byte[0]);
    }
    Ok((!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned()))
}
