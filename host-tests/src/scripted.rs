//! An origin that answers as it is told.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};

/// An origin that reads a request's head, answers what it is told and closes. Dropping it ends
/// its thread.
#[derive(Debug)]
pub struct Origin {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

impl Origin {
    /// Starts it; `serve` gets the connection once the head is read.
    ///
    /// A connection that ends early ends nothing but itself.
    pub fn start(
        serve: impl Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + 'static,
    ) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let address = listener.local_addr().context("no free port")?;
        let (heads, ended) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (record, stop) = (Arc::clone(&heads), Arc::clone(&ended));
        let serving = thread::spawn(move || {
            for connection in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut connection) = connection else { continue };
                let head = head(&mut connection);
                if !head.is_empty() {
                    record.lock().unwrap_or_else(PoisonError::into_inner).push(head.clone());
                    let _gone = serve(&head, &mut connection);
                }
            }
        });
        Ok(Self { address, heads, ended, serving: Some(serving) })
    }

    /// One that answers everything with `response`.
    pub fn answering(response: &'static [u8]) -> Result<Self> {
        Self::start(move |_, connection| connection.write_all(response))
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The heads of the requests that came since it was last asked.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.heads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _wakes_it = TcpStream::connect(self.address);
        if let Some(serving) = self.serving.take() {
            let _panicked = serving.join();
        }
    }
}

fn head(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && connection.read(&mut byte).unwrap_or(0) == 1 {
        bytes.push(byte[0]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
