//! An origin that keeps the targets that it is sent, byte for byte.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use wicketgate_testkit::server::{Server, head};

use crate::probe::ID;

/// Targets by the id of their request.
type Arrived = BTreeMap<Vec<u8>, Vec<u8>>;

/// The running origin.
#[derive(Debug)]
pub(super) struct Echo {
    server: Server,
    arrived: Arc<Mutex<Arrived>>,
}

impl Echo {
    pub(super) fn start() -> Result<Self> {
        let arrived = Arc::new(Mutex::new(Arrived::new()));
        let record = Arc::clone(&arrived);
        let server = Server::start(move |stream| {
            let mut buffer = Vec::new();
            while let Some(head) = head(stream, &mut buffer)? {
                if let Some((id, target)) = read(&head) {
                    lock(&record).insert(id, target);
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
            }
            Ok(())
        })?;
        Ok(Self { server, arrived })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The requests that have arrived so far.
    pub(super) fn arrived(&self) -> Arrived {
        lock(&self.arrived).clone()
    }
}

fn lock(arrived: &Mutex<Arrived>) -> MutexGuard<'_, Arrived> {
    arrived.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The id and the target of a request's head.
fn read(head: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut lines = head.split(|&byte| byte == b'\n');
    let line = lines.next()?;
    let from = line.iter().position(|&byte| byte == b' ')? + 1;
    let to = line.iter().rposition(|&byte| byte == b' ')?;
    let id = lines.find_map(|line| {
        let (name, value) = line.split_at_checked(ID.len())?;
        let value = value.strip_prefix(b":")?;
        name.eq_ignore_ascii_case(ID.as_bytes()).then(|| value.trim_ascii().to_vec())
    })?;
    Some((id, line.get(from..to)?.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::Probe;
    use crate::wire;

    #[test]
    fn keeps_the_very_bytes() {
        let echo = Echo::start().unwrap();
        let probes = [Probe::get("/a%2Fb//c?d"), Probe::get(&b"/\xff"[..])];
        let refs: Vec<_> = probes.iter().collect();
        let statuses = wire::send(echo.address(), &refs, &|at| at.to_string(), 2).unwrap();
        assert_eq!(statuses, [200, 200]);
        let arrived = echo.arrived();
        assert_eq!(arrived[&b"0"[..]], b"/a%2Fb//c?d");
        assert_eq!(arrived[&b"1"[..]], b"/\xff");
    }
}
