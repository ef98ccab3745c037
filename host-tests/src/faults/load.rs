//! The request loop: three clients, each with one connection that it keeps.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Result;
use wicketgate_runtime::http::{Connection, Received};
use wicketgate_runtime::wait::wait_until;

use super::outcome::{Kind, Ledger, Outcome};

/// The running loop. Dropping it ends it.
#[derive(Debug)]
pub struct Load {
    shared: Arc<Shared>,
    clients: Vec<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    ends: Condvar,
}

#[derive(Debug, Default)]
struct State {
    ledger: Ledger,
    /// By the place of a kind in [`Kind::LOOP`].
    streaks: [Streak; 3],
    /// Outcomes of what was asked before this don't make a streak.
    watched_since: Option<Instant>,
    ended: bool,
}

/// The latest right outcomes in a row.
#[derive(Clone, Copy, Debug, Default)]
struct Streak {
    answered: u64,
    length: u64,
    since: Option<Instant>,
}

impl Load {
    /// Starts it against `server`, which need not listen yet. The clients with credentials send
    /// `token` in `x-internal-token`.
    pub fn start(server: SocketAddr, token: &str) -> Self {
        let shared = Arc::new(Shared::default());
        let clients = Kind::LOOP.into_iter().enumerate().map(|(place, kind)| {
            let (shared, bytes) = (Arc::clone(&shared), request(kind, token));
            thread::spawn(move || shared.drive(place, kind, Client::new(server), &bytes))
        });
        Self { clients: clients.collect(), shared: Arc::clone(&shared) }
    }

    /// No clients.
    pub fn none() -> Self {
        Self { shared: Arc::default(), clients: Vec::new() }
    }

    /// The outcomes since the last call.
    pub fn take(&self) -> Ledger {
        std::mem::take(&mut self.shared.lock().ledger)
    }

    /// Returns `true` if this was seen since [`Self::take`].
    pub fn has_seen(&self, kind: Kind, outcome: Outcome) -> bool {
        self.shared.lock().ledger.of(kind).any(|(seen, _)| seen == outcome)
    }

    /// Enters a request that was not of the loop.
    pub fn enter(&self, kind: Kind, outcome: Outcome) {
        self.shared.lock().ledger.enter(kind, outcome);
    }

    /// Waits until every client has had `count` more outcomes.
    pub fn rounds(&self, count: u64) -> Result<()> {
        let answered = || self.shared.lock().streaks.map(|streak| streak.answered);
        let before = answered();
        wait_until("the request loop", PATIENCE, || {
            let all = answered().iter().zip(before).all(|(now, then)| *now >= then + count);
            Ok(all.then_some(()))
        })
    }

    /// Waits until every client sees what it should, [`ENOUGH`] times in a row, all asked after
    /// this call; returns how long the slowest took to its first right outcome.
    pub fn healthy(&self, limit: Duration) -> Result<Duration> {
        let begin = Instant::now();
        let mut state = self.shared.lock();
        state.watched_since = Some(begin);
        for streak in &mut state.streaks {
            (streak.length, streak.since) = (0, None);
        }
        drop(state);
        let last = wait_until("clients to see what they should", limit, || {
            let streaks = self.shared.lock().streaks;
            let well = |streak: &Streak| streak.length >= ENOUGH;
            let last = streaks.iter().filter_map(|streak| streak.since).max();
            Ok(if streaks.iter().all(well) { last } else { None })
        })?;
        Ok(last.saturating_duration_since(begin))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.ends.notify_all();
        for client in self.clients.drain(..) {
            let _panicked = client.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drive(&self, place: usize, kind: Kind, mut client: Client, bytes: &[u8]) {
        loop {
            let asked = Instant::now();
            let outcome = client.ask(bytes);
            let mut state = self.lock();
            state.ledger.enter(kind, outcome);
            let counts = state.watched_since.is_none_or(|since| asked >= since);
            let streak = &mut state.streaks[place];
            streak.answered += 1;
            if outcome == kind.healthy() && counts {
                streak.length += 1;
                streak.since.get_or_insert_with(Instant::now);
            } else {
                (streak.length, streak.since) = (0, None);
            }
            // A pace, so that a machine with other work is not the fault that is measured.
            let ends = |state: &mut State| !state.ended;
            let (state, _) = match self.ends.wait_timeout_while(state, PACE, ends) {
                Ok(waited) => waited,
                Err(poisoned) => poisoned.into_inner(),
            };
            if state.ended {
                return;
            }
        }
    }
}

/// A client with a connection that it keeps.
#[derive(Debug)]
pub struct Client {
    server: SocketAddr,
    kept: Option<Connection>,
}

impl Client {
    /// One that has not connected yet.
    pub fn new(server: SocketAddr) -> Self {
        Self { server, kept: None }
    }

    /// Sends a request and says what came of it. A connection that was kept and turns out to be
    /// closed is tried once more on a new one, as every client does.
    pub fn ask(&mut self, bytes: &[u8]) -> Outcome {
        if let Some(kept) = self.kept.take() {
            match self.exchange(kept, bytes) {
                Outcome::Closed => {}
                outcome => return outcome,
            }
        }
        match Connection::open(self.server) {
            Ok(connection) => self.exchange(connection, bytes),
            Err(_) => Outcome::Refused,
        }
    }

    fn exchange(&mut self, mut connection: Connection, bytes: &[u8]) -> Outcome {
        if connection.write(bytes).is_err() {
            return Outcome::Closed;
        }
        match connection.receive(false, Instant::now() + SILENCE) {
            Ok(Received::Response(response)) => {
                self.kept = Some(connection).filter(Connection::can_be_kept);
                Outcome::Status(response.status)
            }
            Ok(Received::Silence) => Outcome::Silence,
            Ok(Received::Closed) | Err(_) => Outcome::Closed,
        }
    }
}

/// A request of a kind, as bytes.
pub fn request(kind: Kind, token: &str) -> Vec<u8> {
    let (target, token) = match kind {
        Kind::With => ("/internal/with/x", format!("x-internal-token: {token}\r\n")),
        Kind::Public => ("/public/x", String::new()),
        Kind::Without | Kind::Striking => ("/internal/without/x", String::new()),
    };
    format!("GET {target} HTTP/1.1\r\nHost: app.example\r\n{token}\r\n").into_bytes()
}

/// Right outcomes in a row that count as health.
pub const ENOUGH: u64 = 10;
const PACE: Duration = Duration::from_millis(4);
/// A client's patience with one request.
const SILENCE: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(60);
