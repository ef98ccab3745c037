//! Responses, read from what has arrived so far.

use anyhow::{Context, Result, bail};

use super::latin1::decode;

/// A whole response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers in their order, names in lower case, values as latin-1.
    pub headers: Vec<(String, String)>,
    /// The body, without its transfer coding.
    pub body: Vec<u8>,
}

impl Response {
    /// Reads a response from `bytes`, or nothing if more has to come. `head`: it has no body.
    /// `closed`: nothing more will come. Interim responses (100, 103) are passed over.
    pub fn parse(bytes: &[u8], head: bool, closed: bool) -> Result<Option<Self>> {
        Ok(Self::read(bytes, head, closed)?.map(|(response, _)| response))
    }

    /// The same, with the number of bytes that it takes, interim responses included.
    pub fn read(bytes: &[u8], head: bool, closed: bool) -> Result<Option<(Self, usize)>> {
        let Some(end) = find(bytes, b"\r\n\r\n") else { return Ok(None) };
        let (top, rest) = (&bytes[..end], &bytes[end + 4..]);
        let top = decode(top);
        let mut lines = top.split("\r\n");
        let status = status(lines.next().unwrap_or_default())?;
        if (100..200).contains(&status) && status != 101 {
            let read = Self::read(rest, head, closed)?;
            return Ok(read.map(|(response, length)| (response, end + 4 + length)));
        }
        let headers = lines.map(header).collect::<Result<Vec<_>>>()?;
        let mut response = Self { status, headers, body: Vec::new() };
        let no_body = head || matches!(status, 101 | 204 | 304);
        let body = if no_body { Some((Vec::new(), 0)) } else { response.body(rest, closed)? };
        Ok(body.map(|(body, length)| {
            response.body = body;
            (response, end + 4 + length)
        }))
    }

    /// The values of all headers `name` (lower case).
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, and the number of bytes that it takes.
    fn body(&self, rest: &[u8], closed: bool) -> Result<Option<(Vec<u8>, usize)>> {
        if self.header("transfer-encoding").any(|coding| coding.eq_ignore_ascii_case("chunked")) {
            return chunked(rest);
        }
        if let Some(length) = self.header("content-length").next() {
            let length: usize =
                length.parse().with_context(|| format!("a content-length of `{length}`"))?;
            return Ok(rest.get(..length).map(|body| (body.to_vec(), length)));
        }
        Ok(closed.then(|| (rest.to_vec(), rest.len())))
    }
}

fn status(line: &str) -> Result<u16> {
    let code = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    code.and_then(|code| code.parse().ok())
        .with_context(|| format!("`{}` is no HTTP/1 status line", line.escape_debug()))
}

fn header(line: &str) -> Result<(String, String)> {
    let (name, value) = line
        .split_once(':')
        .with_context(|| format!("`{}` is no header line", line.escape_debug()))?;
    Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
}

fn chunked(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>> {
    let (mut body, mut rest) = (Vec::new(), bytes);
    loop {
        let Some(end) = find(rest, b"\r\n") else { return Ok(None) };
        let line = decode(&rest[..end]);
        let size = line.split(';').next().unwrap_or_default().trim();
        let Ok(size) = usize::from_str_radix(size, 16) else { bail!("a chunk size of `{size}`") };
        rest = &rest[end + 2..];
        if size == 0 {
            // The trailers end with an empty line, which may come at once.
            let trailers =
                if rest.starts_with(b"\r\n") { Some(0) } else { find(rest, b"\r\n\r\n") };
            let after = if trailers == Some(0) { 2 } else { 4 };
            let length = |trailers| bytes.len() - rest.len() + trailers + after;
            return Ok(trailers.map(|trailers| (body, length(trailers))));
        }
        let after = size.checked_add(2).and_then(|size| rest.get(size..));
        let (Some(chunk), Some(after)) = (rest.get(..size), after) else { return Ok(None) };
        body.extend_from_slice(chunk);
        rest = after;
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, closed: bool) -> Option<Response> {
        Response::parse(text.as_bytes(), false, closed).unwrap()
    }

    #[test]
    fn every_prefix_of_a_response_waits_for_the_rest() {
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-y: z\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        ] {
            for end in 0..text.len() {
                assert_eq!(parse(&text[..end], false), None, "{}", &text[..end]);
            }
            // The following bytes belong to another answer.
            let more = [text, "HTTP/1.1"].concat();
            let (response, length) =
                Response::read(more.as_bytes(), false, false).unwrap().unwrap();
            assert_eq!((response.text().as_str(), length), ("hello", text.len()), "{text}");
        }
    }

    #[test]
    fn without_a_length_the_close_ends_it() {
        let text = "HTTP/1.0 502 Bad Gateway\r\nServer: x\r\nserver: y\r\n\r\nhe";
        assert_eq!(parse(text, false), None);
        let response = parse(text, true).unwrap();
        assert_eq!((response.status, response.text().as_str()), (502, "he"));
        assert_eq!(response.header("server").collect::<Vec<_>>(), ["x", "y"]);
    }

    #[test]
    fn some_responses_have_no_body() {
        let text = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
        assert_eq!(parse(text, false), None);
        assert!(Response::parse(text.as_bytes(), true, false).unwrap().is_some());
        assert!(parse("HTTP/1.1 204 No Content\r\n\r\n", false).is_some());
    }

    #[test]
    fn nonsense_is_an_error() {
        for text in [
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        ] {
            assert!(Response::parse(text.as_bytes(), false, true).is_err(), "{text}");
        }
    }
}
