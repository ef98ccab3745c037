//! An app that answers with the head of the request that it got, in a header, which HEAD has too.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};

use base64ct::{Base64, Encoding};

/// The header with the request's head, by which its answers are known.
pub(crate) const RAN: &str = "x-ran";

/// Starts it; it ends with the process.
pub(crate) fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut head, mut some) = (Vec::new(), [0; 16384]);
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read(&mut some) {
                    Ok(count) if count > 0 => head.extend_from_slice(&some[..count]),
                    _ => break,
                }
            }
            // One that only looks whether somebody listens sends nothing.
            if !head.is_empty() {
                let head = Base64::encode_string(&head);
                let answer = format!(
                    "HTTP/1.1 200 OK\r\n{RAN}: {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                _ = stream.write_all(answer.as_bytes());
            }
        }
    });
    address
}
