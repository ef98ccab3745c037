//! Sends many probes over a few kept connections, each as exact bytes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use wicketgate_runtime::http::{Connection, Received};
use wicketgate_runtime::interrupt;

use crate::probe::Probe;

/// A server's answer to a probe: the status, or 0 if it closed the connection or did not answer in
/// time.
pub type Status = u16;

/// Sends all `probes`, with the ids that `id` gives them, over `connections` at once.
pub fn send(
    server: SocketAddr,
    probes: &[&Probe],
    id: &(impl Fn(usize) -> String + Sync),
    connections: usize,
) -> Result<Vec<Status>> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Status)>> {
        let mut sender = Sender { server, kept: None };
        let mut done = Vec::new();
        loop {
            interrupt::check()?;
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(probe) = probes.get(index) else { return Ok(done) };
            done.push((index, sender.ask(probe, &id(index))?));
        }
    };
    let mut statuses = vec![0; probes.len()];
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections.max(1)).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let done = thread.join().map_err(|_| anyhow!("a sender panicked"))??;
            for (index, status) in done {
                statuses[index] = status;
            }
        }
        Ok(statuses)
    })
}

/// A client that sends one probe after another.
struct Sender {
    server: SocketAddr,
    kept: Option<Connection>,
}

impl Sender {
    fn ask(&mut self, probe: &Probe, id: &str) -> Result<Status> {
        let bytes = probe.to_bytes(id);
        if let Some(kept) = self.kept.take()
            && let Some(status) = self.exchange(kept, &bytes, probe)
        {
            return Ok(status);
        }
        // A server may close a kept connection whenever it likes, also just before our bytes come.
        let new = connect(self.server)?;
        Ok(self.exchange(new, &bytes, probe).unwrap_or(0))
    }

    /// The status; none if the connection was closed without an answer.
    fn exchange(&mut self, mut to: Connection, bytes: &[u8], probe: &Probe) -> Option<Status> {
        let _answer_may_come_all_the_same = to.write(bytes);
        match to.receive(probe.is_head(), Instant::now() + PATIENCE) {
            Ok(Received::Response(response)) => {
                if to.can_be_kept() && probe.method != b"CONNECT" && probe.body.is_empty() {
                    self.kept = Some(to);
                }
                Some(response.status)
            }
            Ok(Received::Silence) => Some(0),
            // The end of an answer, or an answer that is no HTTP.
            Ok(Received::Closed) | Err(_) => status(to.left_over()),
        }
    }
}

fn connect(server: SocketAddr) -> Result<Connection> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match Connection::open(server) {
            Ok(connection) => return Ok(connection),
            // The queue of a busy server may be full for a moment.
            Err(_) if Instant::now() < deadline => thread::yield_now(),
            Err(error) => return Err(error),
        }
    }
}

/// The status in the first line of what may be an answer.
fn status(bytes: &[u8]) -> Option<Status> {
    std::str::from_utf8(bytes.get(9..12)?).ok()?.parse().ok()
}

const PATIENCE: Duration = Duration::from_secs(4);
