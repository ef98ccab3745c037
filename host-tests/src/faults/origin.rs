//! An origin that counts who reached it, and that can be down, slow, or reset connections.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};

/// The requests that reached the origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Guarded requests with credentials: those that carry the gate's proof.
    pub with: u64,
    /// Public requests.
    pub public: u64,
    /// Guarded requests without credentials, or without the gate's proof: what must never be.
    pub unauthorised: u64,
}

/// The origin's treatment of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It answers 200.
    Answers,
    /// It answers 200 after a while.
    Slow(Duration),
    /// It reads a request and resets the connection.
    Resets,
}

/// The origin. Dropping it ends its threads.
#[derive(Debug)]
pub struct Origin {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    proof: String,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    reached: Reached,
    manner: Manner,
    ended: bool,
    connections: BTreeMap<u64, TcpStream>,
}

impl Origin {
    /// Starts it. A guarded request is authorised only if its headers hold `proof`.
    pub fn start(proof: &str) -> Result<Self> {
        let state = State {
            reached: Reached::default(),
            manner: Manner::Answers,
            ended: false,
            connections: BTreeMap::new(),
        };
        let shared = Arc::new(Shared {
            proof: proof.to_owned(),
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let mut origin = Self { address: (Ipv4Addr::LOCALHOST, 0).into(), shared, accepting: None };
        origin.up()?;
        Ok(origin)
    }

    /// Its port, which stays the same while it is down.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests that have reached it so far.
    pub fn reached(&self) -> Reached {
        self.shared.lock().reached
    }

    /// Treats requests like this from now on.
    pub fn behave(&self, manner: Manner) {
        self.shared.lock().manner = manner;
        self.shared.changed.notify_all();
    }

    /// Listens (again).
    pub fn up(&mut self) -> Result<()> {
        let listener = TcpListener::bind(self.address).context("the origin's port is taken")?;
        self.address = listener.local_addr().context("no port")?;
        self.shared.lock().ended = false;
        let shared = Arc::clone(&self.shared);
        self.accepting = Some(thread::spawn(move || accept(&listener, &shared)));
        Ok(())
    }

    /// Ends every connection and listens no more.
    pub fn down(&mut self) {
        let Some(accepting) = self.accepting.take() else { return };
        self.shared.lock().ended = true;
        self.shared.changed.notify_all();
        // Wakes the thread that accepts, which then looks at `ended`.
        let _woken = TcpStream::connect(self.address);
        let _panicked = accepting.join();
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.down();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, head: &str) {
        let target = head.split(' ').nth(1).unwrap_or_default();
        let mut state = self.lock();
        let reached = &mut state.reached;
        if target.starts_with("/public/") {
            reached.public += 1;
        } else if target.starts_with("/internal/with/") && head.contains(&self.proof) {
            reached.with += 1;
        } else {
            reached.unauthorised += 1;
        }
    }

    /// Waits as the manner says and tells whether to answer.
    fn answers(&self) -> bool {
        let state = self.lock();
        let Manner::Slow(pause) = state.manner else { return state.manner == Manner::Answers };
        let over = |state: &mut State| !state.ended && matches!(state.manner, Manner::Slow(_));
        drop(self.changed.wait_timeout_while(state, pause, over));
        true
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut serving = Vec::new();
    for (number, stream) in (0..).zip(listener.incoming()) {
        let Ok(stream) = stream else { continue };
        let Ok(also) = stream.try_clone() else { continue };
        let mut state = shared.lock();
        if state.ended {
            break;
        }
        state.connections.insert(number, also);
        drop(state);
        let shared = Arc::clone(shared);
        serving.push(thread::spawn(move || {
            // The proxy may close whenever it likes: that ends this connection, and no more.
            let _closed = serve(&stream, &shared);
            // The last but this one: the socket ends with it, by RST where that was asked for.
            shared.lock().connections.remove(&number);
        }));
    }
    for connection in std::mem::take(&mut shared.lock().connections).into_values() {
        let _gone = connection.shutdown(Shutdown::Both);
    }
    for thread in serving {
        let _panicked = thread.join();
    }
}

fn serve(mut stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut bytes, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            match stream.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) => bytes.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            continue;
        };
        // No request of the loop has a body.
        shared.count(&String::from_utf8_lossy(&bytes[..end]));
        bytes.drain(..end + 4);
        if !shared.answers() {
            return socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")?;
    }
}
