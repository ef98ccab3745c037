//! Serves the policy's demands for signed tokens and certificates.

use super::{Gate, Judged, fail};
use crate::host::{self, identity};
use crate::stream::Phase;
use std::rc::Rc;
use wicketgate_policy::jwt::{Algorithm, SignatureAnswer};
use wicketgate_policy::{Certificate, Demand, Names, Outcome, Peer, Pending, Reason, Served};

impl Gate {
    /// Decides, serving demands until there is a decision.
    pub(super) fn settle(
        &self,
        pending: &Pending<'_>,
        peer: Peer<'_>,
        phase: &mut Phase,
        waited: &[usize],
    ) -> Judged {
        let now = host::now();
        let (mut names, mut answers) = (None, Vec::<SignatureAnswer>::new());
        let keys = Rc::clone(&self.keys.borrow());
        loop {
            let served = Served::default()
                .with_clock(&self.clock)
                .with_keys(&keys, waited)
                .with_cache(&self.cache)
                .with_certificate(certificate(names.as_ref()))
                .with_signatures(self.by_host(), &answers);
            match pending.decide(peer, served, now) {
                Outcome::Decided(mut decision) => {
                    self.policy.restrain(&mut decision, &self.counts, &[], now);
                    return Judged::Done(self.carry_out(decision, phase));
                }
                Outcome::Need(Demand::Certificate) if names.is_none() => {
                    names = Some(identity::certificate());
                }
                Outcome::Need(Demand::Signature(check)) if answers.len() < MAX_SIGNATURES => {
                    match identity::verify_signature(&check) {
                        Some(good) => {
                            let answer = check.answered(good);
                            answers.push(answer);
                        }
                        None => self.verifies.set(false),
                    }
                }
                Outcome::Need(Demand::Keys(demand)) => return Judged::Waits(demand),
                Outcome::Need(_) => {
                    return Judged::Done(fail(&self.metrics, Reason::InternalError));
                }
            }
        }
    }

    /// The algorithms whose signatures the host checks.
    fn by_host(&self) -> &'static [Algorithm] {
        if self.verifies.get() { identity::BY_HOST } else { &[] }
    }
}

/// The most signatures that are checked for one request: one for each caller's token.
const MAX_SIGNATURES: usize = 64;

fn certificate(asked: Option<&Option<identity::Names>>) -> Certificate<'_> {
    match asked {
        None => Certificate::NotAsked,
        Some(None) => Certificate::Absent,
        Some(Some(names)) => Certificate::Valid(Names {
            uri_san: names.uri_san.as_deref(),
            dns_san: names.dns_san.as_deref(),
            subject: names.subject.as_deref(),
        }),
    }
}
