//! A raw HTTP/1.1 client: sends exactly the bytes it is given.
//!
//! No library will send `GET /internal/../x%0a`, two `Host` lines or a header value of `0xFF`;
//! clients of a gate do.

mod connection;
pub mod latin1;
mod request;
mod response;

pub use connection::{Connection, Received};
pub use request::Request;
pub use response::Response;

use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use socket2::{Domain, Socket, Type};

/// The way to reach a server.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// The server's address.
    pub server: SocketAddr,
    /// The address to come from; on Linux all of 127.0.0.0/8 is ours to choose from.
    pub from: Option<IpAddr>,
    /// The time limit for the whole exchange.
    pub limit: Duration,
}

/// The answer.
#[derive(Debug)]
pub enum Answer {
    /// A whole response.
    Response(Response),
    /// The server closed the connection without one byte.
    Closed,
}

impl Client {
    /// A client of `server` from the usual address, with ten seconds of patience.
    pub fn new(server: SocketAddr) -> Self {
        Self { server, from: None, limit: Duration::from_secs(10) }
    }

    /// The same client, coming from `address`.
    #[must_use]
    pub fn from(self, address: IpAddr) -> Self {
        Self { from: Some(address), ..self }
    }

    /// Sends a request on a connection of its own and reads the answer.
    pub fn send(&self, request: &Request) -> Result<Answer> {
        self.send_bytes(&request.to_bytes(), request.is_head())
    }

    /// Sends a request and expects a response.
    pub fn ask(&self, request: &Request) -> Result<Response> {
        match self.send(request)? {
            Answer::Response(response) => Ok(response),
            Answer::Closed => bail!("`{}` closed the connection without an answer", self.server),
        }
    }

    /// Sends any bytes. `head` says that the response has no body whatever its headers say.
    pub fn send_bytes(&self, bytes: &[u8], head: bool) -> Result<Answer> {
        let (server, deadline) = (self.server, Instant::now() + self.limit);
        let mut connection = Connection::over(self.connect()?);
        // A server may answer and close before it has read everything: look at what it said.
        let sent = connection.write(bytes);
        match connection.receive(head, deadline)? {
            Received::Response(response) => Ok(Answer::Response(response)),
            Received::Silence => {
                bail!("`{server}` gave no whole answer within {} s", self.limit.as_secs_f32())
            }
            Received::Closed if !connection.left_over().is_empty() => {
                bail!("`{server}` closed the connection in the middle of an answer")
            }
            Received::Closed => match sent {
                Err(error) if !is_close(&error) => Err(error),
                _ => Ok(Answer::Closed),
            },
        }
    }

    fn connect(&self) -> Result<TcpStream> {
        let socket = Socket::new(Domain::for_address(self.server), Type::STREAM, None)
            .context("cannot make a socket")?;
        if let Some(from) = self.from {
            socket
                .bind(&SocketAddr::new(from, 0).into())
                .with_context(|| format!("cannot send from `{from}`"))?;
        }
        socket
            .connect_timeout(&self.server.into(), self.limit)
            .with_context(|| format!("cannot connect to `{}`", self.server))?;
        socket.set_write_timeout(Some(self.limit)).context("cannot set a time limit")?;
        socket.set_tcp_nodelay(true).context("cannot turn off Nagle's algorithm")?;
        Ok(socket.into())
    }
}

/// Returns `true` if a request could not be sent because the server had ended the connection.
fn is_close(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(connection::is_close)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    use super::*;

    /// A server that reads until `until`, answers and closes; gives the peer and what it read.
    fn serve(until: &'static [u8], answer: &'static [u8]) -> (SocketAddr, Served) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let served = thread::spawn(move || {
            let (mut stream, peer) = listener.accept().unwrap();
            let mut read = Vec::new();
            let mut byte = [0];
            while !read.ends_with(until) && stream.read(&mut byte).unwrap() > 0 {
                read.push(byte[0]);
            }
            stream.write_all(answer).unwrap();
            (peer.ip(), read)
        });
        (address, served)
    }

    type Served = thread::JoinHandle<(IpAddr, Vec<u8>)>;

    #[test]
    fn sends_exact_bytes_from_a_chosen_address() {
        let (server, served) =
            serve(b"\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        let request = Request::new("GET", "/a/../b%0a\u{ff}")
            .unwrap()
            .with_header("X-Token", "one")
            .unwrap()
            .with_header("x-token", "\u{ff}two")
            .unwrap();
        let from = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));
        let response = Client::new(server).from(from).ask(&request).unwrap();
        assert_eq!((response.status, response.body.as_slice()), (200, b"ok".as_slice()));
        let (peer, read) = served.join().unwrap();
        assert_eq!(peer, from);
        let expected: &[u8] = b"GET /a/../b%0a\xff HTTP/1.1\r\nHost: app.example\r\n\
            X-Token: one\r\nx-token: \xfftwo\r\n\r\n";
        assert_eq!(read, expected);
    }

    #[test]
    fn a_close_without_an_answer_is_no_error() {
        let (server, served) = serve(b"\r\n\r\n", b"");
        let answer = Client::new(server).send(&Request::new("GET", "/").unwrap()).unwrap();
        assert!(matches!(answer, Answer::Closed), "{answer:?}");
        served.join().unwrap();
    }

    #[test]
    fn a_close_in_the_middle_is_one() {
        let (server, served) =
            serve(b"\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok");
        let answer = Client::new(server).send(&Request::new("GET", "/").unwrap());
        assert!(answer.unwrap_err().to_string().contains("in the middle of an answer"));
        served.join().unwrap();
    }

    #[test]
    fn gives_up_in_time() {
        // Listens, never accepts: the kernel connects, and nobody answers.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = listener.local_addr().unwrap();
        let client = Client { limit: Duration::from_millis(30), ..Client::new(server) };
        let error = client.send(&Request::new("GET", "/").unwrap()).unwrap_err();
        assert!(error.to_string().ends_with("gave no whole answer within 0.03 s"), "{error}");
    }
}
