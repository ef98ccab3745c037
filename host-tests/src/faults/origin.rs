//! An origin that counts who reached it, and that can be down, slow, or reset connections.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use wicketgate_testkit::server::{Server, head};

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
    /// None while it is down.
    server: Option<Server>,
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
}

impl Origin {
    /// Starts it. A guarded request is authorised only if its headers hold `proof`.
    pub fn start(proof: &str) -> Result<Self> {
        let state = State { reached: Reached::default(), manner: Manner::Answers, ended: false };
        let shared = Arc::new(Shared {
            proof: proof.to_owned(),
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let mut origin = Self { address: (Ipv4Addr::LOCALHOST, 0).into(), shared, server: None };
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
        self.shared.lock().ended = false;
        let shared = Arc::clone(&self.shared);
        let server = Server::start_at(self.address, move |stream| serve(stream, &shared));
        let server = server.context("the origin's port is taken")?;
        self.address = server.address();
        self.server = Some(server);
        Ok(())
    }

    /// Ends every connection and listens no more.
    pub fn down(&mut self) {
        self.shared.lock().ended = true;
        self.shared.changed.notify_all();
        self.server = None;
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

fn serve(stream: &mut TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    // No request of the loop has a body.
    while let Some(head) = head(stream, &mut buffer)? {
        shared.count(&String::from_utf8_lossy(&head));
        if !shared.answers() {
            return socket2::SockRef::from(&*stream).set_linger(Some(Duration::ZERO));
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")?;
    }
    Ok(())
}
