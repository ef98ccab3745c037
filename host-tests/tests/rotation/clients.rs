//! Clients that call steadily, each on a connection that it keeps.

use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use wicketgate_host_tests::faults::load;
use wicketgate_host_tests::faults::outcome::Outcome;
use wicketgate_runtime::wait::wait_until;

use crate::callers::Caller;

/// Running clients. Dropping them ends them.
#[derive(Debug)]
pub(crate) struct Clients {
    slots: Vec<Arc<Slot>>,
    threads: Vec<JoinHandle<()>>,
}

/// One client.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) caller: Caller,
    state: Mutex<State>,
    ends: Condvar,
}

#[derive(Debug)]
struct State {
    server: SocketAddr,
    request: Vec<u8>,
    /// When each request was begun, and what came of it.
    seen: Vec<(Instant, Outcome)>,
    ended: bool,
}

impl Clients {
    /// One for each of these callers and tokens.
    pub(crate) fn start<'a>(
        server: SocketAddr,
        who: impl IntoIterator<Item = (&'a Caller, &'a str)>,
    ) -> Self {
        let slots = who.into_iter().map(|(caller, token)| {
            let request = caller.request(token);
            let state = State { server, request, seen: Vec::new(), ended: false };
            Arc::new(Slot { caller: caller.clone(), state: state.into(), ends: Condvar::new() })
        });
        let slots: Vec<Arc<Slot>> = slots.collect();
        let threads = slots.iter().cloned().map(|slot| thread::spawn(move || slot.drive()));
        Self { threads: threads.collect(), slots }
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Arc<Slot>] {
        &self.slots
    }

    /// They call this address from now on.
    pub(crate) fn move_to(&self, server: SocketAddr) {
        self.slots.iter().for_each(|slot| slot.lock().server = server);
    }

    /// Waits until each has begun and ended so many more requests.
    pub(crate) fn rounds(&self, count: usize) {
        // Requests that are under way now were begun before.
        let before: Vec<usize> = self.slots.iter().map(|slot| slot.lock().seen.len() + 1).collect();
        wait_until("requests", PATIENCE, || {
            let mut all = self.slots.iter().zip(&before);
            Ok(all.all(|(slot, before)| slot.lock().seen.len() >= before + count).then_some(()))
        })
        .unwrap();
    }

    /// The number of requests that were sent, and the outcomes that were no admission.
    pub(crate) fn refused(&self) -> (usize, Vec<String>) {
        let (mut sent, mut refused) = (0, Vec::new());
        for slot in &self.slots {
            for (_, outcome) in slot.seen() {
                sent += 1;
                if outcome != ADMITTED {
                    refused.push(format!("{}: {outcome:?}", slot.caller.name));
                }
            }
        }
        (sent, refused)
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        for slot in &self.slots {
            slot.lock().ended = true;
            slot.ends.notify_all();
        }
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}

impl Slot {
    /// It has this token from now on.
    pub(crate) fn give(&self, token: &str) {
        self.lock().request = self.caller.request(token);
    }

    /// When each request was begun, and what came of it.
    pub(crate) fn seen(&self) -> Vec<(Instant, Outcome)> {
        self.lock().seen.clone()
    }

    fn drive(&self) {
        let mut at = self.lock().server;
        let mut client = load::Client::new(at);
        loop {
            let (server, request) = {
                let state = self.lock();
                (state.server, state.request.clone())
            };
            if server != at {
                (at, client) = (server, load::Client::new(server));
            }
            let begun = Instant::now();
            let outcome = client.ask(&request);
            let mut state = self.lock();
            state.seen.push((begun, outcome));
            // A pace, so that the machine's other work is not what is measured.
            let goes_on = |state: &mut State| !state.ended;
            let (state, _) = match self.ends.wait_timeout_while(state, PACE, goes_on) {
                Ok(waited) => waited,
                Err(poisoned) => poisoned.into_inner(),
            };
            if state.ended {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The origin's answer to an admitted request.
pub(crate) const ADMITTED: Outcome = Outcome::Status(200);
const PACE: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(60);
