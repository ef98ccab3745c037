//! What was brought for a request so far.

use crate::certificate::Shown;
use crate::gate::Gate;
use crate::signature::BY_PLATFORM;
use wicketgate_policy::Served;
use wicketgate_policy::jwt::{KeyStore, SignatureAnswer};

/// What was brought for a request so far.
#[derive(Debug, Default)]
pub struct Brought {
    certificate: Shown,
    signatures: Vec<SignatureAnswer>,
    waited: Vec<usize>,
}

/// Something more.
#[derive(Debug)]
pub enum More {
    /// What is known of the certificate.
    Certificate(Shown),
    /// It has waited for the keys of this address.
    Keys(usize),
    /// A signature was checked.
    Signature(SignatureAnswer),
}

impl Brought {
    /// Adds to it.
    pub fn add(&mut self, more: More) {
        match more {
            More::Certificate(shown) => self.certificate = shown,
            More::Keys(source) => self.waited.push(source),
            More::Signature(answer) => self.signatures.push(answer),
        }
    }

    /// As the policy takes it, with what the isolate knows.
    pub fn served<'s>(&'s self, gate: &'s Gate, keys: &'s KeyStore) -> Served<'s> {
        Served::default()
            .with_certificate(self.certificate.certificate())
            .with_signatures(BY_PLATFORM, &self.signatures)
            .with_keys(keys, &self.waited)
            .with_cache(&gate.cache)
            .with_clock(&gate.clock)
    }
}
