//! A request as a person gives it.

use wicketgate_policy::jwt::KeyStore;
use wicketgate_policy::{Header, Holds, Peer, Policy, Request, Time};
use zeroize::Zeroizing;

use super::certificate::CertificateNames;
use crate::document::{Document, Tree};
use crate::secrets;

/// A request to be explained. Bytes are those that would be on the wire.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) method: Vec<u8>,
    pub(super) target: Option<Vec<u8>>,
    pub(super) authority: Option<Vec<u8>>,
    pub(super) headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// A user, a colon and a password, which the client sends as `Authorization: Basic`.
    pub(super) basic: Option<Vec<u8>>,
    pub(super) peer: Option<String>,
    /// Secrets of the policy, which must not be shown wherever the request has them.
    pub(super) secrets: Vec<Zeroizing<Vec<u8>>>,
    /// The names in the client's certificate, if it shows one.
    pub(super) certificate: Option<CertificateNames>,
    /// Answers of addresses with keys, each with the place of its address in the policy.
    pub(super) key_sets: Vec<(usize, Vec<u8>)>,
    /// Notes on how the request was understood.
    pub(super) notes: Vec<String>,
}

impl From<wicketgate_curl_line::Request> for Asked {
    fn from(line: wicketgate_curl_line::Request) -> Self {
        let wicketgate_curl_line::Request { method, target, authority, headers, basic, notes } =
            line;
        Self { method, target, authority, headers, basic, notes, ..Self::default() }
    }
}

impl Asked {
    pub(super) fn add_header(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        // Hosts hand over names in lower case.
        self.headers.push((name.to_ascii_lowercase().into_bytes(), value.into()));
    }

    /// The header map as a host has it.
    pub(super) fn pairs(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut pairs = vec![(b":method".to_vec(), self.method.clone())];
        pairs.extend(self.target.iter().map(|target| (b":path".to_vec(), target.clone())));
        pairs.push((b":scheme".to_vec(), b"http".to_vec()));
        let authority = self.authority.iter();
        pairs.extend(authority.map(|authority| (b":authority".to_vec(), authority.clone())));
        pairs.extend(self.headers.iter().cloned());
        let basic = self.basic.iter().map(|pair| wicketgate_policy::explain::basic(pair));
        pairs.extend(basic.map(|value| (b"authorization".to_vec(), value.into_bytes())));
        pairs
    }

    /// Puts the policy's secrets in the place of `$NAME` and `${NAME}` in values of headers.
    pub(super) fn fill_secrets(&mut self, document: &Document, tree: &Tree) {
        let Ok(core) = wicketgate_policy::Document::parse(&document.json) else { return };
        for variable in core.variables() {
            if variable.holds == Holds::Environment {
                continue;
            }
            let name = &variable.name;
            let secret = secrets::one(variable, tree);
            for spelling in [format!("${{{name}}}"), format!("${name}")] {
                let values = self.headers.iter_mut().map(|(_, value)| value);
                for value in values.chain(&mut self.basic) {
                    *value = replace(value, spelling.as_bytes(), &secret);
                }
            }
            self.secrets.push(secret);
        }
        let basic = self.basic.iter().map(|pair| (&b"authorization"[..], pair));
        for (name, value) in self.headers.iter().map(|(n, v)| (n.as_slice(), v)).chain(basic) {
            let name = String::from_utf8_lossy(name);
            if value.contains(&b'$') {
                self.notes.push(format!(
                    "the value of `{}` has a `$` that names no variable of the policy: it is taken as it stands",
                    name.escape_debug()
                ));
            }
        }
    }
}

impl Asked {
    /// The keys as if a host had fetched them. Keys that a host could not use are left out.
    pub(super) fn keys(&self, policy: &Policy, now: Time) -> KeyStore {
        let mut keys = KeyStore::new(policy.key_addresses());
        for (source, body) in &self.key_sets {
            // If there are no keys in it, the decision's reason says why.
            _ = keys.adopt(*source, body, now);
        }
        keys
    }

    /// Returns `true` if a value of a header holds a secret of the policy.
    pub(super) fn is_secret(&self, value: &[u8]) -> bool {
        let holds = |secret: &Zeroizing<Vec<u8>>| {
            !secret.is_empty() && value.windows(secret.len()).any(|part| part == secret.as_slice())
        };
        self.secrets.iter().any(holds)
    }
}

/// A request for the gate.
pub(super) fn view<'r>(headers: &'r [Header<'r>], peer: Option<&'r str>) -> Request<'r> {
    Request { headers, peer: peer.map_or(Peer::Unknown, |peer| Peer::Address(peer.as_bytes())) }
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|part| part == from) {
        let (before, found) = rest.split_at(at);
        let after = found.get(from.len()..).unwrap_or_default();
        // `$TOKEN` is not the beginning of `$TOKEN_NEXT`.
        let goes_on = !from.ends_with(b"}")
            && after.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        out.extend_from_slice(before);
        out.extend_from_slice(if goes_on { from } else { to });
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_whole() {
        let all = |text: &str| String::from_utf8(replace(text.as_bytes(), b"$A", b"1")).unwrap();
        assert_eq!(all("$A"), "1");
        assert_eq!(all("Bearer $A,$A"), "Bearer 1,1");
        assert_eq!(all("$A_NEXT $AB $"), "$A_NEXT $AB $");
    }
}
