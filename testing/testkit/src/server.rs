//! A server on loopback that does with each connection what a test says.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Result as Io};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};

/// The server, with a thread for each connection. Dropping it ends them all.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    ended: bool,
    connections: BTreeMap<u64, TcpStream>,
}

impl Server {
    /// Starts it on any free port. `serve` gets each connection, which is closed when it returns;
    /// an error, the end of the other side for one, ends nothing but that connection.
    pub fn start(serve: impl Fn(&mut TcpStream) -> Io<()> + Send + Sync + 'static) -> Result<Self> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), serve)
    }

    /// The same, at this address.
    pub fn start_at(
        address: SocketAddr,
        serve: impl Fn(&mut TcpStream) -> Io<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        let listener =
            TcpListener::bind(address).with_context(|| format!("cannot listen at `{address}`"))?;
        let address = listener.local_addr().context("no port")?;
        let state = Arc::default();
        let (shared, serve) = (Arc::clone(&state), Arc::new(serve));
        let accepting = Some(thread::spawn(move || accept(&listener, &shared, &serve)));
        Ok(Self { address, state, accepting })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        lock(&self.state).ended = true;
        // Wakes the thread that accepts, which then looks at `ended`.
        let _woken = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _panicked = accepting.join();
        }
    }
}

/// The head of the next request, without the empty line behind it; nothing where the connection
/// ends before. `buffer` keeps what has come beyond it.
pub fn head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Io<Option<Vec<u8>>> {
    let mut chunk = [0; 16 * 1024];
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = buffer.split_off(end + 4);
            let mut head = std::mem::replace(buffer, rest);
            head.truncate(end);
            return Ok(Some(head));
        }
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(count) => buffer.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn accept<F>(listener: &TcpListener, state: &Arc<Mutex<State>>, serve: &Arc<F>)
where
    F: Fn(&mut TcpStream) -> Io<()> + Send + Sync + 'static,
{
    let mut serving = Vec::new();
    for (number, stream) in (0..).zip(listener.incoming()) {
        let Ok(mut stream) = stream else { continue };
        let Ok(also) = stream.try_clone() else { continue };
        let mut shared = lock(state);
        if shared.ended {
            break;
        }
        shared.connections.insert(number, also);
        drop(shared);
        let (state, serve) = (Arc::clone(state), Arc::clone(serve));
        serving.push(thread::spawn(move || {
            let _closed = stream.set_nodelay(true).and_then(|()| serve(&mut stream));
            // The last handle but this one: the socket ends with it, by RST where that was asked for.
            lock(&state).connections.remove(&number);
        }));
        serving.retain(|thread| !thread.is_finished());
    }
    for connection in std::mem::take(&mut lock(state).connections).into_values() {
        let _gone = connection.shutdown(Shutdown::Both);
    }
    for thread in serving {
        let _panicked = thread.join();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use wicketgate_runtime::http::Connection;

    use super::*;

    #[test]
    fn serves_each_connection_until_it_is_dropped() {
        let server = Server::start(|stream| {
            let mut buffer = Vec::new();
            while let Some(head) = head(stream, &mut buffer)? {
                write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", head.len())?;
                stream.write_all(&head)?;
            }
            Ok(())
        })
        .unwrap();
        let mut kept: Vec<_> =
            (0..2).map(|_| Connection::open(server.address()).unwrap()).collect();
        for connection in &mut kept {
            connection.write(b"GET /a x\r\n\r\nGET /b x\r\n\r\n").unwrap();
            assert_eq!(connection.next_response().unwrap().unwrap().text(), "GET /a x");
            assert_eq!(connection.next_response().unwrap().unwrap().text(), "GET /b x");
        }
        drop(server);
        assert!(kept[0].next_response().unwrap().is_none());
    }
}
