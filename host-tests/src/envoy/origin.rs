//! An origin that records exact bytes and answers 200 to everything.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::server::Server;

use super::Message;

/// An origin on a free port of loopback. Dropping it ends its threads.
///
/// A request is on record from its first byte on, so that the beginning of a body that never
/// ends is seen too. A request to upgrade to websocket is answered with 101, and what follows is
/// sent back as it came.
#[derive(Debug)]
pub struct Origin {
    server: Server,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    received: Mutex<Vec<Message>>,
    /// `true` if answers wait for [`Origin::release`].
    held: Mutex<bool>,
    released: Condvar,
    status: AtomicU16,
    /// `true` if a request to upgrade is answered like any other.
    stays: AtomicBool,
}

impl Origin {
    /// Starts it.
    pub fn start() -> Result<Self> {
        let shared = Arc::new(Shared {
            received: Mutex::default(),
            held: Mutex::default(),
            released: Condvar::new(),
            status: AtomicU16::new(200),
            stays: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        let server = Server::start(move |stream| serve(stream, &serving))?;
        Ok(Self { server, shared })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// The messages since the last call.
    pub fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *lock(&self.shared.received))
    }

    /// Lets answers wait until [`Self::release`].
    pub fn hold(&self) {
        *lock(&self.shared.held) = true;
    }

    /// Sends the answers that wait.
    pub fn release(&self) {
        *lock(&self.shared.held) = false;
        self.shared.released.notify_all();
    }

    /// Answers with another status from now on.
    pub fn answer_with(&self, status: u16) {
        self.shared.status.store(status, Ordering::SeqCst);
    }

    /// Answers requests to upgrade as any other from now on.
    pub fn stay(&self) {
        self.shared.stays.store(true, Ordering::SeqCst);
    }

    /// Waits until it has received `count` requests, whole or not, since it was last asked.
    pub fn wait_for(&self, count: usize) -> Result<()> {
        wait_until("a request at the origin", PATIENCE, || {
            Ok((lock(&self.shared.received).len() >= count).then_some(()))
        })
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        // An answer that waits would keep the server from ending.
        self.release();
    }
}

const PATIENCE: Duration = Duration::from_secs(10);

fn serve(stream: &mut TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let mut message = Message::default();
        let mut place = None;
        while !message.is_whole() {
            let count = match stream.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            // Envoy sends the next request when this one has its answer: what comes is of this.
            message.bytes.extend_from_slice(&chunk[..count]);
            let mut received = lock(&shared.received);
            // After a `take` the place is another's: what still comes is a new entry.
            match place.and_then(|place: usize| received.get_mut(place)) {
                Some(entry) if message.bytes.starts_with(&entry.bytes) => *entry = message.clone(),
                _ => {
                    place = Some(received.len());
                    received.push(message.clone());
                }
            }
        }
        let held = lock(&shared.held);
        drop(shared.released.wait_while(held, |held| *held));
        let stays = shared.stays.load(Ordering::SeqCst);
        if !stays && !message.values("upgrade").is_empty() {
            stream.write_all(SWITCH)?;
            return echo(stream);
        }
        let status = shared.status.load(Ordering::SeqCst);
        let body = if message.request_line().starts_with("HEAD ") { "" } else { "ok" };
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 2\r\n\r\n{body}");
        stream.write_all(answer.as_bytes())?;
    }
}

const SWITCH: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

fn echo(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut chunk = [0; 1024];
    loop {
        match stream.read(&mut chunk)? {
            0 => return Ok(()),
            count => stream.write_all(&chunk[..count])?,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
