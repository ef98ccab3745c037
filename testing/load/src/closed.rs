//! The next request when an answer has come.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::connection::Connection;

/// Sends `requests`, one at a time on each of `connections`, and holds every answer to the status
/// `expected`. Returns how long it took.
///
/// With several connections the server always has something to do: it neither goes to sleep nor is
/// woken between requests, which would cost it more than many a filter does.
pub fn closed<'a>(
    connections: &mut [Connection],
    requests: impl IntoIterator<Item = &'a [u8]>,
    expected: u16,
) -> Result<Duration> {
    let (start, width) = (Instant::now(), connections.len());
    let mut under_way = 0;
    let mut turn = 0;
    for request in requests {
        let Some(connection) = connections.get_mut(turn) else { break };
        if under_way == width {
            settle(connection, expected)?;
            under_way -= 1;
        }
        connection.send(request)?;
        under_way += 1;
        turn = (turn + 1) % width;
    }
    for offset in 0..under_way {
        let place = (turn + width - under_way + offset) % width;
        if let Some(connection) = connections.get_mut(place) {
            settle(connection, expected)?;
        }
    }
    Ok(start.elapsed())
}

fn settle(connection: &mut Connection, expected: u16) -> Result<()> {
    let status = connection.receive()?;
    ensure!(status == expected, "an answer has the status {status}, not {expected}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::service::Service;

    #[test]
    fn every_answer_is_waited_for_and_a_wrong_one_is_an_error() {
        let mut service = Service::bind("the secret", (Ipv4Addr::LOCALHOST, 8)).unwrap();
        service.serve().unwrap();
        let mut connections: Vec<_> =
            (0..3).map(|_| Connection::open(service.address()).unwrap()).collect();
        let good: &[u8] = b"GET / HTTP/1.1\r\nx-internal-token: the secret\r\nx-envoy-external-address: 127.0.0.1\r\n\r\n";
        let bad: &[u8] = b"GET / HTTP/1.1\r\n\r\n";
        for count in [0, 1, 2, 3, 4, 10] {
            closed(&mut connections, vec![good; count], 200).unwrap();
        }
        closed(&mut connections, vec![bad; 2], 403).unwrap();
        let error = closed(&mut connections, [good, bad], 200).unwrap_err();
        assert_eq!(error.to_string(), "an answer has the status 403, not 200");
    }
}
