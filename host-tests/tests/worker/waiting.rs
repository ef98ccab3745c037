//! A request that waits for keys: nothing of it goes on before, and all of it after.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::json;
use wicketgate_host_tests::issuer::{Algorithm, Answer, Issuer};
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::workerd::TRAP_HEADER;

use crate::common::{Origin, ask, log};
use crate::keys::{Bench, PATIENCE, status};

/// Keys stay, and an address that hangs is waited for.
fn bench(issuer: Issuer, origin: Option<Origin>) -> Bench {
    let spans = json!({ "refresh": "1h", "max_age": "1h", "timeout": "5s" });
    match origin {
        Some(origin) => Bench::with_origin(issuer, &spans, origin),
        None => Bench::start(issuer, &spans),
    }
}

fn hanging(algorithm: Algorithm) -> (Issuer, String) {
    let mut issuer = Issuer::start().unwrap();
    let id = issuer.add_key(algorithm);
    issuer.serve(Answer::Hang);
    (issuer, id)
}

fn head(token: &str, length: usize) -> String {
    format!(
        "POST /internal/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

#[test]
fn a_client_that_goes_away_takes_nothing_with_it() {
    let (issuer, id) = hanging(Algorithm::Es256);
    let bench = bench(issuer, None);
    let token = bench.token(&id);
    let mut first = TcpStream::connect(bench.gate.address()).unwrap();
    first.write_all(head(&token, 0).as_bytes()).unwrap();
    bench.issuer.wait_for_fetches(1).unwrap();
    thread::scope(|scope| {
        let second = scope.spawn(|| bench.status(&token));
        drop(first);
        // Somebody else is served meanwhile, so the host has seen the client go.
        assert_eq!(ask(&bench.gate, "GET", "/public", &[]).status, 204);
        bench.issuer.serve(Answer::Keys);
        assert_eq!(second.join().unwrap(), 204, "{}", log(&bench.gate));
    });
    assert_eq!(bench.issuer.fetches(), 1);
}

#[test]
fn a_body_arrives_whole_after_the_verdict_and_not_at_all_without() {
    const LENGTH: usize = 3 << 20;
    let (send, received) = std::sync::mpsc::channel();
    let origin = Origin::start(move |head, connection| {
        let mut length = 0;
        if head.starts_with("POST") {
            let mut body = Vec::new();
            let mut chunk = vec![0; 64 << 10];
            while body.len() < LENGTH {
                let read = connection.read(&mut chunk)?;
                if read == 0 {
                    break;
                }
                body.extend_from_slice(&chunk[..read]);
            }
            let good = body.iter().enumerate().all(|(at, byte)| *byte == (at % 251) as u8);
            length = if good { body.len() } else { 1 };
        }
        let _gone = send.send(length);
        connection.write_all(b"HTTP/1.1 204 x\r\nConnection: close\r\n\r\n")
    })
    .unwrap();
    let (issuer, id) = hanging(Algorithm::Rs256);
    let bench = bench(issuer, Some(origin));
    let body: Vec<u8> = (0..LENGTH).map(|at| (at % 251) as u8).collect();
    let upload = |token: &str| {
        let mut stream = TcpStream::connect(bench.gate.address()).unwrap();
        stream.write_all(head(token, LENGTH).as_bytes()).unwrap();
        // A gate that refuses may close before it has read all.
        let _closed = stream.write_all(&body);
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    let good = bench.token(&id);
    let (message, _) = good.rsplit_once('.').unwrap();
    let forged = format!("{message}.AAAA");
    thread::scope(|scope| {
        let uploads = [scope.spawn(|| upload(&good)), scope.spawn(|| upload(&forged))];
        bench.issuer.wait_for_fetches(1).unwrap();
        assert_eq!(ask(&bench.gate, "GET", "/public", &[]).status, 204);
        assert_eq!(received.recv_timeout(PATIENCE).unwrap(), 0);
        assert_eq!(bench.origin.take().len(), 1, "only the public one");
        bench.issuer.serve(Answer::Keys);
        let [good, forged] = uploads.map(|upload| upload.join().unwrap());
        assert!(good.starts_with("HTTP/1.1 204 "), "{good} {}", log(&bench.gate));
        assert!(forged.is_empty() || forged.starts_with("HTTP/1.1 403 "), "{forged}");
    });
    assert_eq!(received.recv_timeout(PATIENCE).unwrap(), LENGTH);
    assert_eq!(bench.origin.take().len(), 1);
}

#[test]
fn a_trap_ends_those_who_wait_and_nobody_after() {
    let (issuer, id) = hanging(Algorithm::EdDsa);
    let bench = bench(issuer, None);
    let token = bench.token(&id);
    thread::scope(|scope| {
        let waiting: Vec<_> = (0..20)
            .map(|_| {
                let (gate, token) = (&bench.gate, &token);
                scope.spawn(move || status(gate, token))
            })
            .collect();
        bench.issuer.wait_for_fetches(1).unwrap();
        let trapped = ask(&bench.gate, "GET", "/internal/x", &[(TRAP_HEADER, "1")]);
        assert_eq!(trapped.status, 503);
        for request in waiting {
            // One that came late waits for the new instance's fetch.
            let status = request.join().unwrap();
            assert!(status == 503 || status == 403, "{status}");
        }
    });
    // Timers and answers of the instance that is gone come still, and harm nobody.
    bench.issuer.serve(Answer::Keys);
    wait_until("keys", PATIENCE, || Ok((bench.status(&token) == 204).then_some(()))).unwrap();
    for _ in 0..50 {
        assert_eq!(bench.status(&token), 204, "{}", log(&bench.gate));
    }
}

#[test]
fn nobody_waits_longer_than_the_address_has_time() {
    let (issuer, id) = hanging(Algorithm::EdDsa);
    let bench = Bench::start(issuer, &json!({ "timeout": "1s", "cooldown": "30s" }));
    let token = bench.token(&id);
    let begun = std::time::Instant::now();
    thread::scope(|scope| {
        for _ in 0..30 {
            scope.spawn(|| assert_eq!(bench.status(&token), 403));
        }
    });
    let took = begun.elapsed();
    println!("thirty waited {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(bench.issuer.fetches(), 1);
    let begun = std::time::Instant::now();
    assert_eq!(bench.status(&token), 403);
    assert!(begun.elapsed() < Duration::from_millis(500), "refused at once in the cooldown");
}
