//! An HTTP/2 client that sends exactly the names and values it is given.
//!
//! A library would put names in lower case and refuse what HTTP/2 forbids; clients of a gate do
//! not. Requests are written with literal header fields only (RFC 7541, section 6.2.2), so that
//! the bytes of a name are the bytes on the wire.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A request: header fields in their order, pseudo-headers among them.
#[derive(Clone, Debug)]
pub struct Request {
    fields: Vec<Field>,
    body: Option<Vec<u8>>,
    trailers: Vec<Field>,
}

/// A name and its value, as they go over the wire.
pub type Field = (Vec<u8>, Vec<u8>);

/// The answer.
#[derive(Debug)]
pub enum Answer {
    /// A whole response: its body. (The decision about a request stands in the audit log.)
    Response(Vec<u8>),
    /// The stream or the connection was reset, with this error code.
    Reset(u32),
    /// The connection was closed without a word.
    Closed,
}

/// A connection without TLS, whose streams come one after another.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// The id of the next stream; none once there can be no other.
    next: Option<u32>,
}

impl Request {
    /// A request with this method for this target.
    pub fn new(method: &str, target: &str) -> Self {
        Self::bare(&[
            (":method", method),
            (":scheme", "http"),
            (":path", target),
            (":authority", "app.example"),
        ])
    }

    /// A request with these fields and no others.
    pub fn bare(fields: &[(&str, &str)]) -> Self {
        Self::of(owned(fields))
    }

    /// The same, of any bytes.
    pub fn of(fields: Vec<Field>) -> Self {
        Self { fields, body: None, trailers: Vec::new() }
    }

    /// With more header fields; pseudo-headers too.
    #[must_use]
    pub fn with(mut self, fields: &[(&str, &str)]) -> Self {
        self.fields.extend(owned(fields));
        self
    }

    /// With a body.
    #[must_use]
    pub fn with_body(self, body: &[u8]) -> Self {
        Self { body: Some(body.to_vec()), ..self }
    }

    /// With trailers, which a body goes before.
    #[must_use]
    pub fn with_trailers(self, trailers: &[(&str, &str)]) -> Self {
        let body = self.body.unwrap_or_else(|| b"body".to_vec());
        Self { body: Some(body), trailers: owned(trailers), ..self }
    }

    /// Sends it on a connection of its own and reads the answer.
    pub fn send(&self, server: SocketAddr) -> Result<Answer> {
        Connection::open(server, PATIENCE)?.ask(self)
    }

    fn to_bytes(&self, stream: u32) -> Vec<u8> {
        let last = |is_last: bool| if is_last { END_STREAM } else { 0 };
        let flags = END_HEADERS | last(self.body.is_none());
        let mut bytes = frame(HEADERS, flags, stream, &block(&self.fields));
        if let Some(body) = &self.body {
            let chunks: Vec<_> = body.chunks(16_384).collect();
            for (index, chunk) in chunks.iter().enumerate() {
                let is_last = index + 1 == chunks.len() && self.trailers.is_empty();
                bytes.extend(frame(DATA, last(is_last), stream, chunk));
            }
        }
        if !self.trailers.is_empty() {
            let flags = END_HEADERS | END_STREAM;
            bytes.extend(frame(HEADERS, flags, stream, &block(&self.trailers)));
        }
        bytes
    }
}

impl Connection {
    /// Opens it; each answer may take as long as `patience`.
    pub fn open(server: SocketAddr, patience: Duration) -> Result<Self> {
        let mut stream = TcpStream::connect(server).context("cannot connect")?;
        stream.set_nodelay(true).context("cannot turn off Nagle's algorithm")?;
        stream.set_read_timeout(Some(patience)).context("cannot set a time limit")?;
        stream.set_write_timeout(Some(patience)).context("cannot set a time limit")?;
        let preface = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &[])];
        stream.write_all(&preface.concat()).context("cannot send")?;
        Ok(Self { stream, next: Some(1) })
    }

    /// Sends a request, body and trailers at once and without waiting for anything, and reads the
    /// answer.
    pub fn ask(&mut self, request: &Request) -> Result<Answer> {
        let stream = self.next.take().context("the connection has been ended")?;
        // The server may have reset the stream before it has read everything.
        let _answered_early = self.stream.write_all(&request.to_bytes(stream));
        let mut body = Vec::new();
        loop {
            let Some(Frame { kind, flags, id, payload }) = read_frame(&mut self.stream)? else {
                return Ok(Answer::Closed);
            };
            match (kind, id) {
                (SETTINGS, 0) if flags & ACK == 0 => self.tell(SETTINGS, ACK, &[]),
                (DATA, _) if !payload.is_empty() => {
                    // Keeps the connection's window open.
                    let more = u32::try_from(payload.len())?.to_be_bytes();
                    self.tell(WINDOW_UPDATE, 0, &more);
                }
                (GOAWAY, 0) => return Ok(Answer::Reset(code(&payload, 4))),
                _ => {}
            }
            if id != stream {
                continue;
            }
            if kind == DATA {
                body.extend_from_slice(&payload);
            }
            let ended = matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0;
            if ended || kind == RST_STREAM {
                self.next = stream.checked_add(2);
                return Ok(if ended {
                    Answer::Response(body)
                } else {
                    Answer::Reset(code(&payload, 0))
                });
            }
        }
    }

    /// Returns `true` if another request may follow.
    pub fn is_open(&self) -> bool {
        self.next.is_some()
    }

    /// Sends a frame about the connection.
    fn tell(&mut self, kind: u8, flags: u8, payload: &[u8]) {
        let _answered_early = self.stream.write_all(&frame(kind, flags, 0, payload));
    }
}

impl Answer {
    /// The body of the response.
    pub fn body(self) -> Result<String> {
        match self {
            Self::Response(body) => Ok(String::from_utf8_lossy(&body).into_owned()),
            other => bail!("a response expected, but: {other:?}"),
        }
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PATIENCE: Duration = Duration::from_secs(10);

fn owned(fields: &[(&str, &str)]) -> Vec<Field> {
    fields.iter().map(|(name, value)| (name.as_bytes().into(), value.as_bytes().into())).collect()
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A block of literal fields that are not indexed, without Huffman coding.
fn block(fields: &[Field]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            put_length(&mut block, text.len());
            block.extend_from_slice(text);
        }
    }
    block
}

/// An integer with a prefix of seven bits (RFC 7541, section 5.1).
fn put_length(block: &mut Vec<u8>, length: usize) {
    let Some(mut rest) = length.checked_sub(127) else {
        return block.extend(u8::try_from(length));
    };
    block.push(127);
    while rest >= 128 {
        block.extend(u8::try_from(rest % 128 + 128));
        rest /= 128;
    }
    block.extend(u8::try_from(rest));
}

struct Frame {
    kind: u8,
    flags: u8,
    id: u32,
    payload: Vec<u8>,
}

/// The next frame; nothing at the end.
fn read_frame(stream: &mut TcpStream) -> Result<Option<Frame>> {
    let mut head = [0; 9];
    if !filled(stream, &mut head)? {
        return Ok(None);
    }
    let [a, b, c, kind, flags, id @ ..] = head;
    let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
    let id = u32::from_be_bytes(id);
    Ok(filled(stream, &mut payload)?.then_some(Frame { kind, flags, id, payload }))
}

fn filled(stream: &mut TcpStream, bytes: &mut [u8]) -> Result<bool> {
    use std::io::ErrorKind::{ConnectionReset, UnexpectedEof};
    match stream.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.kind(), UnexpectedEof | ConnectionReset) => Ok(false),
        Err(error) => Err(error).context("no whole answer over HTTP/2"),
    }
}

fn code(payload: &[u8], at: usize) -> u32 {
    let bytes = payload.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_the_rfc_says() {
        let written = |length| {
            let mut block = Vec::new();
            put_length(&mut block, length);
            block
        };
        assert_eq!(written(10), [10]);
        assert_eq!(written(126), [126]);
        assert_eq!(written(127), [127, 0]);
        assert_eq!(written(1337), [127, 0b1011_1010, 0b0000_1001]);
    }

    #[test]
    fn a_frame_has_its_nine_bytes() {
        assert_eq!(frame(HEADERS, 5, 1, b"ab"), [0, 0, 2, 1, 5, 0, 0, 0, 1, b'a', b'b']);
        assert_eq!(block(&owned(&[("X-A", "1")])), b"\0\x03X-A\x011");
    }
}
