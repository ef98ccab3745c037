//! A vector's request as bytes on the wire.

use std::net::IpAddr;

use anyhow::{Context, Result, ensure};
use wicketgate_policy::Time;
use wicketgate_runtime::http::{Client, latin1};
use wicketgate_runtime::vectors::Vector;
use wicketgate_runtime::workerd::{AS_SENT, CLIENT_HEADER};

/// The client, coming from the address that the vector names.
pub(super) fn from(client: Client, vector: &Vector) -> Result<Client> {
    let peer = vector.request.peer.as_deref().context("a request needs an address to come from")?;
    let peer: IpAddr = peer.parse().with_context(|| format!("`{peer}` is no address"))?;
    Ok(client.from(peer))
}

/// The header that tells the Worker's test edge which client to name: the vector's peer. A vector
/// about the platform itself has the platform's header among its own.
pub(super) fn client_header(vector: &Vector) -> (&'static str, &str) {
    let platforms = vector.host.as_deref() == Some("cloudflare");
    let peer = vector.request.peer.as_deref().unwrap_or(AS_SENT);
    (CLIENT_HEADER, if platforms { AS_SENT } else { peer })
}

/// The time to which the Worker's test edge sets the clock: the vector's, in milliseconds.
pub(super) fn now(vector: &Vector) -> Result<String> {
    let now = Time::parse(&vector.now).with_context(|| format!("`{}` is no time", vector.now))?;
    Ok(now.unix_millis().to_string())
}

/// Everything that is sent, `more` headers last.
pub(super) fn bytes(vector: &Vector, more: &[(&str, &str)]) -> Result<Vec<u8>> {
    let request = &vector.request;
    ensure!(request.scheme == "http", "no TLS here for the scheme `{}`", request.scheme);
    let target = request.target.as_deref().context("a request line needs a target")?;
    let mut text = format!("{} {target} HTTP/1.1\r\n", request.method);
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name}: {value}\r\n"));
    if let Some(authority) = &request.authority {
        line("Host", authority);
    }
    for (name, value) in &request.headers {
        line(name, value);
    }
    for (name, value) in more {
        line(name, value);
    }
    if request.trailers.is_empty() {
        text.push_str("\r\n");
        return latin1::encode(&text);
    }
    line("Transfer-Encoding", "chunked");
    text.push_str("\r\n0\r\n");
    for (name, value) in &request.trailers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    latin1::encode(&text)
}
