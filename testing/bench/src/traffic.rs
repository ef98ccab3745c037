//! Requests, as bytes.

use std::sync::Arc;

use anyhow::{Context, Result};

/// Requests of one kind, for one arm.
#[derive(Clone, Debug)]
pub(super) struct Traffic {
    requests: Arc<Vec<Vec<u8>>>,
    next: usize,
    /// None is ever sent twice.
    is_distinct: bool,
}

impl Traffic {
    /// The same request again and again.
    pub(super) fn same(request: Vec<u8>) -> Self {
        Self { requests: Arc::new(vec![request]), next: 0, is_distinct: false }
    }

    /// Another one each time.
    pub(super) fn distinct(requests: Arc<Vec<Vec<u8>>>) -> Self {
        Self { requests, next: 0, is_distinct: true }
    }

    pub(super) fn is_distinct(&self) -> bool {
        self.is_distinct
    }

    /// The next so many.
    pub(super) fn take(&mut self, count: usize) -> Result<Vec<&[u8]>> {
        if !self.is_distinct {
            let request = self.requests.first().context("no request")?;
            return Ok(vec![request.as_slice(); count]);
        }
        let end = self.next + count;
        let requests = self.requests.get(self.next..end).context("too few tokens were signed")?;
        self.next = end;
        Ok(requests.iter().map(Vec::as_slice).collect())
    }
}

/// A request with one header that matters, and some that any client sends.
pub(super) fn request(path: &str, name: &str, value: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: app.example\r\nuser-agent: bench/1.0\r\naccept: */*\r\n\
         accept-encoding: gzip, br\r\n{name}: {value}\r\n\r\n"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_distinct_ends() {
        let mut traffic = Traffic::distinct(Arc::new(vec![vec![1], vec![2], vec![3]]));
        assert_eq!(traffic.take(2).unwrap(), [&[1], &[2]]);
        assert!(traffic.take(2).is_err());
        assert_eq!(Traffic::same(vec![7]).take(2).unwrap(), [&[7], &[7]]);
    }
}
