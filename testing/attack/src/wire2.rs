//! Sends probes over HTTP/2 without TLS, with the very names and values, pseudo-headers included.
//!
//! Streams of a connection come one after the other; whatever the server ends is begun anew.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use wicketgate_runtime::interrupt;
use wicketgate_testkit::http2::{Connection, Field, Request};

use crate::probe::{ID, Probe};

/// Sends all `probes`, with the ids that `id` gives them, over `connections` at once, each until
/// its stream has ended.
pub(crate) fn send(
    server: SocketAddr,
    probes: &[&Probe],
    id: &(impl Fn(usize) -> String + Sync),
    connections: usize,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        let mut connection = None;
        loop {
            interrupt::check()?;
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(probe) = probes.get(index) else { return Ok(()) };
            // Bytes behind a head are an attack on HTTP/1.1 alone.
            let has_body = probe.is_one_request() && !probe.body.is_empty();
            let request = Request::of(fields(probe, &id(index)));
            let request = if has_body { request.with_body(&probe.body) } else { request };
            let mut open = match connection.take() {
                Some(open) => open,
                None => Connection::open(server, PATIENCE)?,
            };
            // If the server ends the connection, or does not answer, the origin's log shows what
            // ran.
            let asked = open.ask(&request);
            connection = (asked.is_ok() && open.is_open()).then_some(open);
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections.max(1)).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread.join().map_err(|_| anyhow!("a sender panicked"))??;
        }
        Ok(())
    })
}

/// The fields of a probe: pseudo-headers first, its own after the usual ones, of which `:scheme` and
/// `:authority` give way to its own.
fn fields(probe: &Probe, id: &str) -> Vec<Field> {
    let has = |name: &[u8]| probe.headers.iter().any(|(given, _)| given == name);
    let mut fields: Vec<Field> = Vec::new();
    for (name, value) in [
        (&b":method"[..], &probe.method[..]),
        (b":scheme", b"http"),
        (b":path", &probe.target),
        (b":authority", &probe.host),
    ] {
        if !has(name) || matches!(name, b":path" | b":method") {
            fields.push((name.to_vec(), value.to_vec()));
        }
    }
    let (pseudo, others): (Vec<_>, Vec<_>) =
        probe.headers.iter().cloned().partition(|(name, _)| name.starts_with(b":"));
    fields.extend(pseudo);
    fields.push((ID.into(), id.into()));
    // HTTP/2 knows no upper case in names, and a server must end a request that has some.
    fields.extend(others.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)));
    fields
}

const PATIENCE: Duration = Duration::from_secs(4);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudo_headers_come_first() {
        let probe = Probe::get("/a").with_header("X", "y").with_header(":scheme", "s");
        let names: Vec<_> = fields(&probe, "1").into_iter().map(|(name, _)| name).collect();
        let expected: [&[u8]; 6] =
            [b":method", b":path", b":authority", b":scheme", b"x-attack", b"x"];
        assert_eq!(names, expected);
    }
}
