//! A request when it is time, whatever has come.

use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::connection::Connection;

/// Sends `requests` at random moments, `gap` apart in the mean, over `connections`, and holds every
/// answer to the status `expected`. Returns how long each took from the moment at which it was due:
/// what waits because others are slow has waited.
pub fn open<'a>(
    connections: &mut [Connection],
    requests: impl IntoIterator<Item = &'a [u8]>,
    expected: u16,
    gap: Duration,
    seed: u64,
) -> Result<Vec<Duration>> {
    for connection in &mut *connections {
        connection.set_nonblocking()?;
    }
    let mut random = fastrand::Rng::with_seed(seed);
    let mut due = Duration::ZERO;
    let mut requests = requests.into_iter().map(|request| {
        // Requests that don't know of each other: what is between two of them is exponential.
        due += gap.mul_f64(-(1.0 - random.f64()).ln());
        (due, request)
    });
    let start = Instant::now();
    let mut next = requests.next();
    let mut idle: VecDeque<usize> = (0..connections.len()).collect();
    let mut under_way: Vec<(usize, Duration)> = Vec::new();
    let mut latencies = Vec::new();
    while next.is_some() || !under_way.is_empty() {
        while let Some((due, request)) = next.filter(|(due, _)| *due <= start.elapsed()) {
            let Some(place) = idle.pop_front() else { break };
            let Some(connection) = connections.get_mut(place) else { break };
            connection.send(request)?;
            under_way.push((place, due));
            next = requests.next();
        }
        let mut index = 0;
        while let Some((place, due)) = under_way.get(index).copied() {
            let status = match connections.get_mut(place) {
                Some(connection) => connection.poll()?,
                None => None,
            };
            let Some(status) = status else {
                index += 1;
                continue;
            };
            ensure!(status == expected, "an answer has the status {status}, not {expected}");
            latencies.push(start.elapsed().saturating_sub(due));
            under_way.swap_remove(index);
            idle.push_back(place);
        }
        ensure!(start.elapsed() < PATIENCE, "answers do not come");
        // Give other threads on this core their turn, such as a service that is asked.
        thread::yield_now();
    }
    Ok(latencies)
}

/// Longer than any run.
const PATIENCE: Duration = Duration::from_secs(120);
