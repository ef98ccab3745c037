//! Bodies stream: the gate never holds one.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use wicketgate_harness::files;
use wicketgate_harness::workerd::Workerd;

use crate::common::{Origin, POLICY, TOKEN, ask, gate};

const BODY: usize = 100 << 20;

/// Less than a tenth of a body: what the runtime needs for itself once it has streamed one.
const GROWTH: u64 = 40 << 20;

#[test]
fn a_hundred_megabytes_up_and_down() {
    let origin = Origin::start(|head, connection| {
        if head.starts_with("POST ") {
            let count = copy_to_nowhere(connection, BODY);
            let body = count.to_string();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", body.len());
            write!(connection, "{head}Connection: close\r\n\r\n{body}").unwrap();
        } else {
            write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n").unwrap();
            send(connection);
        }
    });
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    ask(&gate, "POST", "/internal/warm", &[]);
    let before = peak(&gate);

    let mut up = TcpStream::connect(gate.address()).unwrap();
    write!(
        up,
        "POST /internal/up HTTP/1.1\r\nHost: a\r\nX-Token: {TOKEN}\r\nContent-Length: {BODY}\r\n\
         Connection: close\r\n\r\n"
    )
    .unwrap();
    send(&mut up);
    let mut answer = String::new();
    up.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(&BODY.to_string()), "{answer}");

    let mut down = TcpStream::connect(gate.address()).unwrap();
    let head = format!("GET /internal/down HTTP/1.1\r\nHost: a\r\nX-Token: {TOKEN}\r\n\r\n");
    down.write_all(head.as_bytes()).unwrap();
    assert_eq!(copy_to_nowhere(&mut down, BODY), BODY);

    let growth = peak(&gate) - before;
    assert!(growth < GROWTH, "the gate's memory grew by {} MB", growth >> 20);
}

fn send(to: &mut TcpStream) {
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..BODY / chunk.len() {
        to.write_all(&chunk).unwrap();
    }
}

/// Reads at least `count` bytes, or to the end.
fn copy_to_nowhere(from: &mut TcpStream, count: usize) -> usize {
    let mut chunk = vec![0; 1 << 20];
    let mut read = 0;
    while read < count {
        match from.read(&mut chunk).unwrap() {
            0 => break,
            more => read += more,
        }
    }
    read.min(count)
}

/// The most memory that the gate's process ever had, in bytes.
fn peak(gate: &Workerd) -> u64 {
    let status = files::read_lossy(Path::new(&format!("/proc/{}/status", gate.id())));
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}
