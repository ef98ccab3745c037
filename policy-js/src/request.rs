//! A request as JavaScript gives it.

use crate::argument::{Members, Pairs, bytes, maybe_bytes, pairs, wrong};
use wasm_bindgen::JsValue;
use wicketgate_policy::{Header, Peer};

/// A request, one copy of everything in it.
pub(crate) struct Given {
    headers: Pairs,
    trailers: Pairs,
    peer: Option<Vec<u8>>,
}

impl Given {
    pub(crate) fn read(value: &JsValue) -> Result<Self, JsValue> {
        let members = Members::of(value, "request", &MEMBERS)?;
        let mut headers = Vec::new();
        for (name, member) in PSEUDO {
            let (value, place) = members.get(member)?;
            let value = match member {
                // No target, no authority: requests that a client can send.
                "authority" | "target" => maybe_bytes(&value, &place)?,
                _ => Some(bytes(&value, &place)?),
            };
            headers.extend(value.map(|value| (name.as_bytes().to_vec(), value)));
        }
        let (given, place) = members.get("headers")?;
        headers.extend(fields(&given, &place)?);
        let (trailers, place) = members.get("trailers")?;
        let trailers =
            if trailers.is_undefined() { Vec::new() } else { fields(&trailers, &place)? };
        let (peer, place) = members.get("peer")?;
        Ok(Self { headers, trailers, peer: maybe_bytes(&peer, &place)? })
    }

    pub(crate) fn headers(&self) -> Vec<Header<'_>> {
        views(&self.headers)
    }

    pub(crate) fn trailers(&self) -> Vec<Header<'_>> {
        views(&self.trailers)
    }

    pub(crate) fn peer(&self) -> Peer<'_> {
        self.peer.as_deref().map_or(Peer::Unknown, Peer::Address)
    }
}

/// Pseudo-headers, and the members that they come from.
const PSEUDO: [(&str, &str); 4] = [
    (":method", "method"),
    (":path", "target"),
    (":scheme", "scheme"),
    (":authority", "authority"),
];

const MEMBERS: [&str; 7] =
    ["authority", "headers", "method", "peer", "scheme", "target", "trailers"];

/// Headers without pseudo-headers, which have members of their own: a second target would be
/// judged in place of the first.
fn fields(value: &JsValue, place: &str) -> Result<Pairs, JsValue> {
    let fields = pairs(value, place)?;
    if fields.iter().any(|(name, _)| name.starts_with(b":")) {
        return Err(wrong(place, "no pseudo-header: the request has members for them"));
    }
    Ok(fields)
}

fn views(headers: &[(Vec<u8>, Vec<u8>)]) -> Vec<Header<'_>> {
    headers.iter().map(|(name, value)| Header { name, value }).collect()
}
