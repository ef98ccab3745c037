//! The request that comes of a line.

/// A request. Bytes are those that would be on the wire.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The method.
    pub method: Vec<u8>,
    /// What stands on the request line.
    pub target: Option<Vec<u8>>,
    /// The host that is asked for, with its port where one is named.
    pub authority: Option<Vec<u8>>,
    /// All headers in their order, names in lower case. In a value, `$NAME` is what the shell would
    /// replace.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// A user, a colon and a password, which curl sends as `Authorization: Basic`. They are not
    /// encoded yet, as the shell would replace variables in them first.
    pub basic: Option<Vec<u8>>,
    /// Notes on how the line was understood.
    pub notes: Vec<String>,
}

impl Request {
    pub(crate) fn add_header(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        // Hosts hand over names in lower case.
        self.headers.push((name.to_ascii_lowercase().into_bytes(), value.into()));
    }
}
