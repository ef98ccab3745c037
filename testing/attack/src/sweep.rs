//! Sends probes and finds out for which of them a guarded handler ran.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::Result;

use crate::ledger::Ledger;
use crate::probe::Probe;
use crate::{wire, wire2};

/// The protocol of probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2 without TLS.
    Http2,
}

/// The outcome of probes.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    /// The handler, by the index of the probe.
    pub(crate) ran: BTreeMap<usize, String>,
}

/// Connections at once.
const CONNECTIONS: usize = 8;

/// Probes among which a handler without an id is looked for at once.
const CHUNK: usize = 64;

/// Sends `probes` to `server`. If a handler ran without saying for which probe, as when an origin
/// asks itself for the path, the probes are sent again in ever smaller groups.
pub(crate) fn sweep(
    server: SocketAddr,
    protocol: Protocol,
    probes: &[&Probe],
    ledger: &mut Ledger,
) -> Result<Swept> {
    let (mut swept, unknown) = once(server, protocol, probes, ledger, CONNECTIONS)?;
    if unknown == 0 {
        return Ok(swept);
    }
    let left: Vec<usize> = (0..probes.len()).filter(|at| !swept.ran.contains_key(at)).collect();
    for chunk in left.chunks(CHUNK) {
        let of: Vec<&Probe> = chunk.iter().map(|at| probes[*at]).collect();
        if once(server, protocol, &of, ledger, CONNECTIONS)?.1 == 0 {
            continue;
        }
        for &at in chunk {
            if once(server, protocol, &[probes[at]], ledger, 1)?.1 > 0 {
                swept.ran.insert(at, "itself".to_owned());
            }
        }
    }
    Ok(swept)
}

/// Sends them once. Also tells how many handlers ran that can't be told from one another.
fn once(
    server: SocketAddr,
    protocol: Protocol,
    probes: &[&Probe],
    ledger: &mut Ledger,
    connections: usize,
) -> Result<(Swept, usize)> {
    let first = ledger.take(probes.len());
    let id = |index| ledger.id(first + index);
    match protocol {
        Protocol::Http1 => _ = wire::send(server, probes, &id, connections)?,
        // Envoy takes a second to close a connection that broke the protocol.
        Protocol::Http2 => wire2::send(server, probes, &id, connections * 128)?,
    }
    let found = ledger.look()?;
    let own = |(number, handler): (usize, String)| {
        number.checked_sub(first).filter(|at| *at < probes.len()).map(|at| (at, handler))
    };
    let ran = found.by_number.into_iter().filter_map(own).collect();
    Ok((Swept { ran }, found.unknown))
}
