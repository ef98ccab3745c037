//! A request as an origin receives it, read from the bytes that have come so far.

/// The bytes of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Every byte from the request line to the last trailer.
    pub bytes: Vec<u8>,
}

impl Message {
    /// The request line as latin-1.
    pub fn request_line(&self) -> String {
        text(self.head().split(|byte| *byte == b'\r').next().unwrap_or_default())
    }

    /// The headers in their order: names in lower case, values as latin-1.
    pub fn headers(&self) -> Vec<(String, String)> {
        fields(self.head().splitn(2, |byte| *byte == b'\n').nth(1).unwrap_or_default())
    }

    /// The trailers that followed the last chunk.
    pub fn trailers(&self) -> Vec<(String, String)> {
        let Some(Body::Chunked { trailers }) = self.body_end() else { return Vec::new() };
        fields(self.bytes.get(trailers..).unwrap_or_default())
    }

    /// The values of all headers and trailers `name` (lower case).
    pub fn values(&self, name: &str) -> Vec<String> {
        let all = self.headers().into_iter().chain(self.trailers());
        all.filter(|(given, _)| given == name).map(|(_, value)| value).collect()
    }

    /// Returns `true` if the bytes hold `text` anywhere, in any case.
    pub fn holds(&self, wanted: &str) -> bool {
        text(&self.bytes).to_ascii_lowercase().contains(&wanted.to_ascii_lowercase())
    }

    /// Returns `true` if nothing of the request is missing.
    pub(super) fn is_whole(&self) -> bool {
        self.body_end().is_some()
    }

    fn head(&self) -> &[u8] {
        let end = find(&self.bytes, b"\r\n\r\n").unwrap_or(self.bytes.len());
        &self.bytes[..end]
    }

    /// The end of the body, if it has one.
    fn body_end(&self) -> Option<Body> {
        let start = find(&self.bytes, b"\r\n\r\n")? + 4;
        let one = |name: &str| self.headers().into_iter().find(|(given, _)| given == name);
        if one("transfer-encoding").is_some_and(|(_, coding)| coding == "chunked") {
            return chunks_end(&self.bytes, start);
        }
        let length = one("content-length").and_then(|(_, length)| length.parse().ok());
        (self.bytes.len() >= start + length.unwrap_or(0)).then_some(Body::Sized)
    }
}

enum Body {
    Sized,
    Chunked { trailers: usize },
}

fn chunks_end(bytes: &[u8], mut at: usize) -> Option<Body> {
    loop {
        let rest = bytes.get(at..)?;
        let line = find(rest, b"\r\n")?;
        let size = usize::from_str_radix(text(&rest[..line]).trim(), 16).ok()?;
        at += line + 2;
        if size == 0 {
            let rest = bytes.get(at..)?;
            let ended = rest.starts_with(b"\r\n") || find(rest, b"\r\n\r\n").is_some();
            return ended.then_some(Body::Chunked { trailers: at });
        }
        at += size + 2;
    }
}

fn fields(lines: &[u8]) -> Vec<(String, String)> {
    let lines = text(lines);
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    lines.split("\r\n").filter_map(field).collect()
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &str) -> Message {
        Message { bytes: bytes.as_bytes().to_vec() }
    }

    #[test]
    fn every_prefix_is_unfinished() {
        for whole in [
            "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-y: z\r\n\r\n",
        ] {
            for end in 0..whole.len() {
                assert!(!message(&whole[..end]).is_whole(), "{}", &whole[..end]);
            }
            assert!(message(whole).is_whole(), "{whole}");
        }
    }

    #[test]
    fn finds_headers_and_trailers() {
        let message = message(
            "POST /x HTTP/1.1\r\nX-A: 1\r\ntransfer-encoding: chunked\r\n\r\n\
             1\r\n:\r\n0\r\nx-a: 2\r\nx-b: 3\r\n\r\n",
        );
        assert_eq!(message.request_line(), "POST /x HTTP/1.1");
        assert_eq!(message.values("x-a"), ["1", "2"]);
        assert_eq!(message.values("x-b"), ["3"]);
        assert!(message.holds("X-B: 3") && !message.holds("x-c"));
    }
}
