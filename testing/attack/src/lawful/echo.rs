//! An origin that keeps the targets that it is sent, byte for byte.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context, Result};

use crate::probe::ID;

/// Targets by the id of their request.
type Arrived = BTreeMap<Vec<u8>, Vec<u8>>;

/// The running origin. It ends with the process; nothing asks it after it is dropped.
#[derive(Debug)]
pub(super) struct Echo {
    address: SocketAddr,
    arrived: Arc<Mutex<Arrived>>,
}

impl Echo {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let address = listener.local_addr().context("no free port")?;
        let arrived = Arc::new(Mutex::new(Arrived::new()));
        let shared = Arc::downgrade(&arrived);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(arrived) = shared.upgrade() else { return };
                thread::spawn(move || serve(stream, &arrived));
            }
        });
        Ok(Self { address, arrived })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests that have arrived so far.
    pub(super) fn arrived(&self) -> Arrived {
        lock(&self.arrived).clone()
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        // Wakes the listener, which then sees that nobody is left.
        self.arrived = Arc::default();
        let _gone = TcpStream::connect(self.address);
    }
}

fn lock(arrived: &Mutex<Arrived>) -> MutexGuard<'_, Arrived> {
    arrived.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, arrived: &Mutex<Arrived>) {
    let mut received = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            if let Some((id, target)) = read(&received[..end]) {
                lock(arrived).insert(id, target);
            }
            received.drain(..end + 4);
            if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").is_err() {
                return;
            }
            continue;
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(count) => received.extend_from_slice(&chunk[..count]),
        }
    }
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
