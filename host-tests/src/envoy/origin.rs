//! An origin that records exact bytes and answers 200 to everything.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};
use wicketgate_runtime::wait::wait_until;

use super::Message;

/// An origin on a free port of loopback. Dropping it ends its threads.
///
/// A request is on record from its first byte on, so that the beginning of a body that never
/// ends is seen too. A request to upgrade to websocket is answered with 101, and what follows is
/// sent back as it came.
#[derive(Debug)]
pub struct Origin {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    received: Mutex<Vec<Message>>,
    /// `true` if answers wait for [`Origin::release`].
    held: Mutex<bool>,
    released: Condvar,
    ended: AtomicBool,
    status: AtomicU16,
    /// `true` if a request to upgrade is answered like any other.
    stays: AtomicBool,
    connections: Mutex<Vec<TcpStream>>,
}

impl Origin {
    /// Starts it.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let address = listener.local_addr().context("no free port")?;
        let shared = Arc::new(Shared {
            received: Mutex::default(),
            held: Mutex::default(),
            released: Condvar::new(),
            ended: AtomicBool::new(false),
            status: AtomicU16::new(200),
            stays: AtomicBool::new(false),
            connections: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let accepting = Some(thread::spawn(move || accept(&listener, &serving)));
        Ok(Self { address, shared, accepting })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
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
        self.shared.ended.store(true, Ordering::SeqCst);
        self.release();
        // Wakes the thread that accepts, which then looks at `ended`.
        let _woken = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _panicked = accepting.join();
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(10);

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut serving = Vec::new();
    for stream in listener.incoming() {
        if shared.ended.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else { continue };
        let Ok(also) = stream.try_clone() else { continue };
        lock(&shared.connections).push(also);
        let shared = Arc::clone(shared);
        serving.push(thread::spawn(move || {
            // The proxy may close whenever it likes: that ends this connection, and no more.
            let _closed = serve(stream, &shared);
        }));
    }
    for connection in lock(&shared.connections).drain(..) {
        let _gone = connection.shutdown(Shutdown::Both);
    }
    for thread in serving {
        let _panicked = thread.join();
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
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
            return echo(&mut stream);
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
