//! The server: a listener that can go away and come back, and a thread for each connection.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;
use socket2::{Domain, Socket, Type};

use super::answer::{self, Answer, Response};
use super::request::{self, Request};

/// The path of the keys.
pub const PATH: &str = "/keys";

/// A server on a free port of loopback.
pub struct Server {
    address: SocketAddr,
    /// Bound and never listening: nobody else gets the port while the listener is away.
    _port: Socket,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// The state that its threads and its owner share.
pub struct Shared {
    tls: Option<Arc<ServerConfig>>,
    state: Mutex<State>,
    changed: Condvar,
}

/// The events and settings of the server.
#[derive(Default)]
pub struct State {
    /// The public keys, as JWKs.
    pub jwks: Vec<Value>,
    /// Every request since the start.
    pub requests: Vec<Request>,
    /// Requests for the keys.
    pub fetches: usize,
    /// Connections that were accepted.
    pub accepted: usize,
    answer: Answer,
    /// The number of times that the answer was switched.
    switched: u64,
    ended: bool,
    connections: BTreeMap<u64, TcpStream>,
}

impl Server {
    /// Starts it, over TLS if it has a certificate to show.
    pub fn start(tls: Option<Arc<ServerConfig>>) -> Result<Self> {
        let port = Socket::new(Domain::IPV4, Type::STREAM, None).context("no socket")?;
        // With it, both may be bound as long as this one doesn't listen.
        port.set_reuse_address(true).context("no socket that shares its port")?;
        port.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).context("no free port")?;
        let address = port.local_addr()?.as_socket().context("no port")?;
        let shared = Arc::new(Shared { tls, state: Mutex::default(), changed: Condvar::default() });
        let mut server = Self { address, _port: port, shared, accepting: None };
        server.listen()?;
        Ok(server)
    }

    /// Its port, which stays the same while it is away.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its state; its threads wait meanwhile.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }

    /// Waits until its state is such; fails after `patience`, naming what did not come.
    pub fn wait(&self, what: &str, patience: Duration, is: impl Fn(&State) -> bool) -> Result<()> {
        let changed = &self.shared.changed;
        let waited = changed.wait_timeout_while(self.state(), patience, |state| !is(state));
        let (_state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            bail!("{what} did not come within {} seconds", patience.as_secs());
        }
        Ok(())
    }

    /// Answers so from now on.
    pub fn serve(&self, answer: Answer) {
        let mut state = self.state();
        state.answer = answer;
        state.switched += 1;
        self.shared.changed.notify_all();
    }

    /// Listens (again).
    pub fn listen(&mut self) -> Result<()> {
        if self.accepting.is_some() {
            return Ok(());
        }
        // The standard library sets `SO_REUSEADDR`, as the socket that keeps the port has it.
        let listener = TcpListener::bind(self.address).context("the issuer's port is taken")?;
        self.state().ended = false;
        let shared = Arc::clone(&self.shared);
        self.accepting = Some(thread::spawn(move || accept(&listener, &shared)));
        Ok(())
    }

    /// Ends every connection and listens no more.
    pub fn stop(&mut self) {
        let Some(accepting) = self.accepting.take() else { return };
        self.state().ended = true;
        self.shared.changed.notify_all();
        // Wakes the thread that accepts, which then looks at `ended`.
        let _woken = TcpStream::connect(self.address);
        let _panicked = accepting.join();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to a request, once it may be given; `None` if the server ends before.
    fn answer(&self, request: Request) -> Option<Response> {
        let mut state = self.lock();
        let (is_path, is_get) = (request.target == PATH, request.method == "GET");
        state.requests.push(request);
        if !is_path {
            return Some(answer::response(404, "text/plain", "", "no such path"));
        }
        if !is_get {
            return Some(answer::response(405, "text/plain", "allow: GET\r\n", ""));
        }
        state.fetches += 1;
        self.changed.notify_all();
        let (arrived, switched) = (Instant::now(), state.switched);
        loop {
            if state.ended {
                return None;
            }
            state = match state.answer {
                Answer::Hang => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Answer::Slow(pause) if switched == state.switched => {
                    let left = pause.saturating_sub(arrived.elapsed());
                    if left == Duration::ZERO {
                        break;
                    }
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                _ => break,
            };
        }
        let (answer, jwks) = (state.answer.clone(), state.jwks.clone());
        drop(state);
        Some(answer.response(jwks))
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut serving = Vec::new();
    for (number, stream) in (0..).zip(listener.incoming()) {
        let mut state = shared.lock();
        if state.ended {
            break;
        }
        let Ok(stream) = stream else { continue };
        let Ok(also) = stream.try_clone() else { continue };
        state.accepted += 1;
        shared.changed.notify_all();
        state.connections.insert(number, also);
        drop(state);
        let shared = Arc::clone(shared);
        serving.push(thread::spawn(move || {
            // A client may close, or refuse the certificate: that ends this connection, no more.
            let _closed = serve(stream, &shared);
            if let Some(connection) = shared.lock().connections.remove(&number) {
                let _gone = connection.shutdown(Shutdown::Both);
            }
        }));
    }
    for connection in std::mem::take(&mut shared.lock().connections).into_values() {
        let _gone = connection.shutdown(Shutdown::Both);
    }
    for thread in serving {
        let _panicked = thread.join();
    }
}

trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream: Box<dyn Stream> = match &shared.tls {
        Some(config) => {
            let tls = ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
            Box::new(StreamOwned::new(tls, stream))
        }
        None => Box::new(stream),
    };
    let mut rest = Vec::new();
    while let Some(request) = request::read(&mut stream, &mut rest)? {
        let goes_on = request.goes_on();
        let Some(response) = shared.answer(request) else { break };
        stream.write_all(&response.bytes)?;
        stream.flush()?;
        if !goes_on || !response.goes_on {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_thread_outlives_it() {
        let server = Server::start(None).unwrap();
        server.serve(Answer::Hang);
        let idle = TcpStream::connect(server.address).unwrap();
        let mut hanging = TcpStream::connect(server.address).unwrap();
        hanging.write_all(b"GET /keys HTTP/1.1\r\n\r\n").unwrap();
        server.wait("the fetch", Duration::from_secs(10), |state| state.fetches == 1).unwrap();
        // Each thread holds it.
        let shared = Arc::downgrade(&server.shared);
        assert!(shared.strong_count() >= 3);
        drop(server);
        assert_eq!(shared.strong_count(), 0);
        drop(idle);
    }
}
