//! Large bodies through a gate, and what its host's memory does meanwhile.

use std::collections::BTreeMap;
use std::io::{Read, Result as Io, Write};
use std::net::TcpStream;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::files;
use wicketgate_testkit::gate::Gate;

use crate::parity::{Runs, Subject};
use crate::scripted::Origin;

/// The size of the body: 100 MB.
pub const BODY: usize = 100 << 20;

/// Sends a body up and gets one down, both on a guarded path; returns by how many bytes the most
/// memory that the host ever had has grown since a first small request.
pub fn growth(subject: Subject) -> Result<u64> {
    let origin = Origin::start(|head, connection| {
        if head.starts_with("POST ") {
            let count = copy_to_nowhere(connection, BODY)?.to_string();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", count.len());
            return write!(connection, "{head}Connection: close\r\n\r\n{count}");
        }
        write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n")?;
        send(connection)
    })?;
    let cache = Cache::open()?;
    let Runs::Real(real) = subject.runs() else { bail!("{} is no real host", subject.name()) };
    let (host, tools) = (real.tools)(&cache)?;
    let address = ([127, 0, 0, 1], origin.port()).into();
    let secrets = BTreeMap::from([("TOKEN".to_owned(), TOKEN.to_owned())]);
    let gate = Gate::start(host, &tools, POLICY, address, &secrets, cache.run_folder()?)?;
    let open = |head: &str| -> Result<TcpStream> {
        let mut stream = TcpStream::connect(gate.address())?;
        write!(stream, "{head} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n")?;
        Ok(stream)
    };

    let mut refused = open("POST /internal/up")?;
    write!(refused, "Content-Length: 0\r\n\r\n")?;
    let mut answer = String::new();
    refused.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    let before = peak(&gate)?;

    let mut up = open("POST /internal/up")?;
    write!(up, "X-Token: {TOKEN}\r\nContent-Length: {BODY}\r\n\r\n")?;
    send(&mut up)?;
    let mut answer = String::new();
    up.read_to_string(&mut answer)?;
    let whole = answer.starts_with("HTTP/1.1 200") && answer.contains(&BODY.to_string());
    ensure!(whole, "after an upload: {answer}");

    let mut down = open("GET /internal/down")?;
    write!(down, "X-Token: {TOKEN}\r\n\r\n")?;
    let count = copy_to_nowhere(&mut down, BODY)?;
    ensure!(count == BODY, "of a download came {count} bytes");
    Ok(peak(&gate)? - before)
}

const TOKEN: &str = "4f8a1c0d9e2b7365af01d2c4b6e8f790-AbCdEfGh";

const POLICY: &str = r#"{
    "version": 1, "name": "streaming", "environment": "production", "unmatched": "pass",
    "callers": { "cron": { "token": { "header": "x-token", "keys": [ { "id": "k", "env": "TOKEN" } ] } } },
    "rules": [ { "id": "internal", "paths": ["/internal/*"], "allow": [ { "caller": "cron" } ] } ],
    "forward": { "credential": "remove" }
}"#;

fn send(to: &mut TcpStream) -> Io<()> {
    let chunk = vec![b'x'; 1 << 20];
    (0..BODY / chunk.len()).try_for_each(|_| to.write_all(&chunk))
}

/// Reads at least `count` bytes, or to the end.
fn copy_to_nowhere(from: &mut TcpStream, count: usize) -> Io<usize> {
    let mut chunk = vec![0; 1 << 20];
    let mut read = 0;
    while read < count {
        match from.read(&mut chunk)? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read.min(count))
}

/// The most memory that the host's process ever had, in bytes.
fn peak(gate: &Gate) -> Result<u64> {
    let status = files::read_lossy(Path::new(&format!("/proc/{}/status", gate.id())));
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.context("no `VmHWM`")?.trim().trim_end_matches(" kB");
    Ok(kilobytes.parse::<u64>()? << 10)
}
