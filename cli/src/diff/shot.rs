//! A request that is made up, and how a person repeats it.

use std::net::{IpAddr, Ipv4Addr};

use serde::Serialize;
use wicketgate_policy::Time;

use super::conditions::short;

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Shot {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) authority: String,
    pub(super) headers: Vec<Line>,
    /// The first name of a client's certificate: its kind and the name.
    pub(super) certificate: Option<(&'static str, String)>,
    pub(super) peer: Option<IpAddr>,
    pub(super) now: Time,
    /// The decision depends on the time.
    pub(super) timed: bool,
}

/// A header line.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Line {
    pub(super) name: String,
    /// The value for a person, with names in place of secrets.
    pub(super) shown: String,
    /// The value with the made-up secrets.
    pub(super) sent: String,
}

impl Line {
    /// A header without a secret.
    pub(super) fn plain(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), shown: value.to_owned(), sent: value.to_owned() }
    }
}

/// The address of the connection's other end, unless another matters.
pub(super) const PEER: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The host that is asked for, unless another matters.
pub(super) const AUTHORITY: &str = "app.example";

impl Shot {
    /// The header map as a host has it.
    pub(super) fn pairs(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let line =
            [(":method", &self.method), (":path", &self.target), (":authority", &self.authority)];
        let mut pairs: Vec<_> =
            line.map(|(name, value)| (name.into(), value.clone().into_bytes())).into();
        pairs.push((b":scheme".to_vec(), b"http".to_vec()));
        let headers = self.headers.iter();
        pairs.extend(
            headers.map(|line| (line.name.clone().into_bytes(), line.sent.clone().into_bytes())),
        );
        pairs
    }

    /// How far it is from the request that a person would think of first.
    pub(super) fn cost(&self) -> usize {
        let is_odd = |b: &u8| !b.is_ascii_lowercase() && !b.is_ascii_digit() && *b != b'/';
        let odd = self.target.bytes().filter(is_odd).count();
        let headers: usize = self.headers.iter().map(|line| 4 + line.name.len().min(12)).sum();
        self.target.len()
            + 4 * odd
            + headers
            + if self.authority == AUTHORITY { 0 } else { 8 }
            + if self.peer == Some(PEER) {
                0
            } else if self.peer.is_some() {
                8
            } else {
                12
            }
            + if self.method == "GET" { 0 } else { 2 }
            + if self.certificate.is_some() { 8 } else { 0 }
    }

    /// The arguments of `wicketgate explain` that ask about it, the policy left out.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |flag: &str, value: &str| words.extend([flag.to_owned(), value.to_owned()]);
        if self.method != "GET" {
            add("--method", &self.method);
        }
        add("--target", &self.target);
        if self.authority != AUTHORITY {
            add("--authority", &self.authority);
        }
        match self.peer {
            None => add("--peer", "unknown"),
            Some(PEER) => {}
            Some(peer) => add("--peer", &peer.to_string()),
        }
        for line in &self.headers {
            add("-H", &format!("{}: {}", line.name, line.shown));
        }
        if let Some((kind, name)) = &self.certificate {
            add(&format!("--certificate-{kind}"), name);
        }
        if self.timed {
            add("--now", &short(self.now));
        }
        words
    }

    /// The request for a program.
    pub(super) fn told(&self) -> Told {
        Told {
            method: self.method.clone(),
            target: self.target.clone(),
            authority: self.authority.clone(),
            headers: self.headers.iter().map(|l| (l.name.clone(), l.shown.clone())).collect(),
            certificate: self.certificate.clone(),
            peer: self.peer.map(|peer| peer.to_string()),
            now: self.now.to_string(),
        }
    }
}

/// A request with names in place of secrets.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    method: String,
    target: String,
    authority: String,
    headers: Vec<(String, String)>,
    certificate: Option<(&'static str, String)>,
    peer: Option<String>,
    now: String,
}

/// A word for a shell.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._:=-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    if word.chars().any(char::is_control) {
        return format!("$'{}'", word.escape_default());
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
