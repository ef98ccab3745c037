//! The cost of the Worker, printed at each run, and checked against bounds that only a fault would
//! reach. `cargo xtask bench worker` compares; this only looks.

use std::io::{Read as _, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use wicketgate_host_tests::built;
use wicketgate_runtime::files;
use wicketgate_runtime::http::Response;
use wicketgate_runtime::ships::WORKER;
use wicketgate_runtime::workerd::Workerd;

use crate::common::{Origin, POLICY, TOKEN, ask, gate};

/// Starts measured; the median is told.
const STARTS: usize = 5;

/// Requests whose CPU time is added up.
const REQUESTS: u32 = 2_000;

#[test]
fn the_first_request_of_an_isolate_is_served_soon() {
    let origin = Origin::answering(b"").unwrap();
    let mut times: Vec<Duration> = (0..STARTS)
        .map(|_| {
            let gate = gate(POLICY, Some(TOKEN), origin.port());
            let timed = || {
                let begin = Instant::now();
                assert_eq!(ask(&gate, "GET", "/internal/x", &[]).status, 403);
                begin.elapsed()
            };
            let (first, second) = (timed(), timed());
            first.saturating_sub(second)
        })
        .collect();
    times.sort();
    let median = times[STARTS / 2];
    tell(&format!("the first request of an isolate takes {median:.1?} more than the next"));
    // A platform gives a script a second of CPU to start.
    assert!(median < Duration::from_secs(1), "{times:?}");
}

#[test]
fn a_request_costs_little() {
    let origin = Origin::answering(b"").unwrap();
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    let mut stream = TcpStream::connect(gate.address()).unwrap();
    let mut serve = |count| {
        for _ in 0..count {
            stream.write_all(b"GET /internal/x HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
            let (mut answer, mut chunk) = (Vec::new(), [0; 4096]);
            let response = loop {
                let read = stream.read(&mut chunk).unwrap();
                assert!(read > 0, "the connection was closed");
                answer.extend_from_slice(&chunk[..read]);
                if let Some(response) = Response::parse(&answer, false, false).unwrap() {
                    break response;
                }
            };
            assert_eq!(response.status, 403);
        }
    };
    serve(REQUESTS);
    let before = cpu(&gate);
    serve(REQUESTS);
    let each = (cpu(&gate) - before) / REQUESTS;
    tell(&format!(
        "a denied request costs {each:.1?} of CPU, the runtime's own work and the log's included"
    ));
    // The least that the platform gives a request is 10 ms.
    assert!(each < Duration::from_millis(10), "{each:?}");
}

#[test]
fn the_bundle_is_small_on_its_way() {
    let folder = built::path(&WORKER).unwrap();
    let modules = files::sources(&folder).unwrap();
    // node is what every user of the Worker has, and gzip is what the platform counts.
    let script = "const fs = require('fs'), zlib = require('zlib');
        const sizes = process.argv.slice(1).map(f => zlib.gzipSync(fs.readFileSync(f)).length);
        console.log(sizes.reduce((a, b) => a + b, 0));";
    let mut node = Command::new("node");
    let output = node.args(["-e", script]).args(modules.values()).output().unwrap();
    let size: u64 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    tell(&format!("the Worker's modules, compressed: {} KB of at most 256 KB", size / 1024));
    assert!((50 << 10..=256 << 10).contains(&size), "{size}");
}

/// The CPU time that the host's process has used, all threads together.
fn cpu(gate: &Workerd) -> Duration {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", gate.id())).unwrap();
    let nanos = tasks.map(|task| {
        let text = files::read_lossy(&task.unwrap().path().join("schedstat"));
        text.split_whitespace().next().and_then(|nanos| nanos.parse::<u64>().ok()).unwrap_or(0)
    });
    Duration::from_nanos(nanos.sum())
}

/// Past the test runner, which shows nothing of what goes well.
fn tell(what: &str) {
    let _unread = writeln!(std::io::stderr(), "{what}");
}
