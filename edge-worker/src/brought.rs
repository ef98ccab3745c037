//! The answers to a request's demands so far.

use crate::certificate::Shown;
use crate::gate::Gate;
use crate::signature::BY_PLATFORM;
use wicketgate_policy::Served;
use wicketgate_policy::jwt::{KeyStore, SignatureAnswer};

/// The answers to a request's demands so far.
#[derive(Debug, Default)]
pub struct Brought {
    certificate: Shown,
    signatures: Vec<SignatureAnswer>,
    waited: Vec<usize>,
}

/// An answer to one demand.
#[derive(Debug)]
pub enum More {
    /// The certificate.
    Certificate(Shown),
    /// The request has waited for the keys of this address.
    Keys(usize),
    /// A signature was checked.
    Signature(SignatureAnswer),
}

impl Brought {
    /// Adds an answer.
    pub fn add(&mut self, more: More) {
        match more {
            More::Certificate(shown) => self.certificate = shown,
            More::Keys(source) => self.waited.push(source),
            More::Signature(answer) => self.signatures.push(answer),
        }
    }

    /// The answers in the form that the policy takes, with the keys and tokens that the isolate
    /// knows.
    pub fn served<'s>(&'s self, gate: &'s Gate, keys: &'s KeyStore) -> Served<'s> {
        Served::default()
            .with_certificate(self.certificate.certificate())
            .with_signatures(BY_PLATFORM, &self.signatures)
            .with_keys(keys, &self.waited)
            .with_cache(&gate.cache)
            .with_clock(&gate.clock)
    }
}
