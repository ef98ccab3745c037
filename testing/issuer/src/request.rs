//! Requests as they came.

use std::io::{Error, ErrorKind, Read, Result};

/// A request's head, as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The target as it stands in the request line.
    pub target: String,
    /// The version, such as `HTTP/1.1`.
    pub version: String,
    /// The header lines in their order, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The values of a header, by its name in lower case.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(other, _)| other == name).map(|(_, v)| v.as_str()).collect()
    }

    /// Returns `true` if another request may follow on the connection. After a body none does: no
    /// fetch of keys has one, and nobody reads it here.
    pub(super) fn goes_on(&self) -> bool {
        let close = |value: &&str| value.eq_ignore_ascii_case("close");
        self.version == "HTTP/1.1"
            && !self.values("connection").iter().any(close)
            && self.values("transfer-encoding").is_empty()
            && self.values("content-length").iter().all(|length| *length == "0")
    }
}

/// The longest head that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// Reads a request's head; `rest` holds what came behind the one before it. `None` at the end of
/// the connection.
pub(super) fn read(stream: &mut dyn Read, rest: &mut Vec<u8>) -> Result<Option<Request>> {
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = rest.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            rest.drain(..end + 4);
            return Ok(Some(parse(&head)));
        }
        if rest.len() > LONGEST {
            return Err(Error::new(ErrorKind::InvalidData, "a head of more than 64 KiB"));
        }
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(count) => rest.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn parse(head: &str) -> Request {
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let mut word = || words.next().unwrap_or_default();
    let (method, target, version) = (word(), word(), word());
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        (name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned())
    });
    Request { method, target, version, headers: headers.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_after_the_other() {
        let mut bytes: &[u8] = b"GET /keys HTTP/1.1\r\nHost: a\r\nX-A: b: c \r\n\r\n\
            POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nxx";
        let mut rest = Vec::new();
        let first = read(&mut bytes, &mut rest).unwrap().unwrap();
        assert_eq!((first.method.as_str(), first.target.as_str()), ("GET", "/keys"));
        assert_eq!((first.values("host"), first.values("x-a")), (vec!["a"], vec!["b: c"]));
        assert!(first.goes_on());
        let second = read(&mut bytes, &mut rest).unwrap().unwrap();
        assert!(second.method == "POST" && !second.goes_on());
        assert_eq!(read(&mut bytes, &mut rest).unwrap(), None);
    }
}
