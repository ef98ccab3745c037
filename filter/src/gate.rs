//! A policy in force, with what this worker remembers for it.

#[cfg(feature = "jwt")]
use crate::counts::SharedCounts;
use crate::host::{self, Map};
use crate::metrics::{Metrics, Outcome as Counted};
use crate::stream::{Phase, expose, write};
use proxy_wasm::types::{Action, LogLevel};
#[cfg(feature = "jwt")]
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wicketgate_policy::{
    Answer, AuditEvent, Clock, Decision, Demand, Outcome, Peer, Policy, Reason, Request, Served,
    Verdict,
};
#[cfg(feature = "jwt")]
use wicketgate_policy::{
    Certificate, Names,
    jwt::{Algorithm, KeyDemand, KeyStore, SignatureAnswer, TokenCache},
};

/// A policy in force in one worker.
pub struct Gate {
    pub policy: Policy,
    pub metrics: Rc<Metrics>,
    clock: Clock,
    #[cfg(feature = "jwt")]
    pub keys: RefCell<Rc<KeyStore>>,
    #[cfg(feature = "jwt")]
    cache: TokenCache,
    #[cfg(feature = "jwt")]
    counts: SharedCounts,
    /// Whether the host checks signatures: until it says that it does not.
    #[cfg(feature = "jwt")]
    verifies: Cell<bool>,
}

/// What becomes of a request for now.
pub enum Judged {
    /// It goes on, or it was answered.
    Done(Action),
    /// It waits for keys.
    #[cfg(feature = "jwt")]
    Waits(KeyDemand),
}

impl Gate {
    pub fn new(policy: Policy, metrics: Rc<Metrics>) -> Self {
        Self {
            #[cfg(feature = "jwt")]
            keys: RefCell::new(Rc::new(KeyStore::new(&policy))),
            #[cfg(feature = "jwt")]
            counts: SharedCounts::of(policy.name()),
            policy,
            metrics,
            clock: Clock::default(),
            #[cfg(feature = "jwt")]
            cache: TokenCache::default(),
            #[cfg(feature = "jwt")]
            #[cfg(feature = "jwt")]
            verifies: Cell::new(true),
        }
    }

    /// Asks the policy about the request of the current context, serving its demands, and does what
    /// it says. `waited` are the addresses for whose keys it has waited.
    pub fn judge(&self, phase: &mut Phase, waited: &[usize]) -> Judged {
        let map = host::headers(Map::Request);
        let headers = host::as_headers(&map);
        let now = host::now();
        let mut asked: Option<Option<Vec<u8>>> = None;
        #[cfg(feature = "jwt")]
        let (mut names, mut answers) = (None, Vec::new());
        #[cfg(feature = "jwt")]
        let keys = Rc::clone(&self.keys.borrow());
        #[cfg(not(feature = "jwt"))]
        let _ = waited;
        loop {
            let peer = match &asked {
                None => Peer::NotAsked,
                Some(None) => Peer::Unknown,
                Some(Some(address)) => Peer::Address(address),
            };
            let request = Request { headers: &headers, peer };
            let served = Served::default().with_clock(&self.clock);
            #[cfg(feature = "jwt")]
            let served = served
                .with_keys(&keys, waited)
                .with_cache(&self.cache)
                .with_certificate(certificate(names.as_ref()))
                .with_signatures(self.by_host(), &answers);
            match self.policy.decide_with(&request, served, now) {
                #[cfg_attr(not(feature = "jwt"), expect(unused_mut, reason = "nothing is counted"))]
                Outcome::Decided(mut decision) => {
                    #[cfg(feature = "jwt")]
                    self.policy.restrain(&mut decision, &self.counts, &[], now);
                    return Judged::Done(self.carry_out(decision, phase));
                }
                Outcome::Need(Demand::Peer) if asked.is_none() => asked = Some(host::peer()),
                #[cfg(feature = "jwt")]
                Outcome::Need(Demand::Certificate) if names.is_none() => {
                    names = Some(host::identity::certificate());
                }
                #[cfg(feature = "jwt")]
                Outcome::Need(Demand::Signature(check)) if answers.len() < MAX_SIGNATURES => {
                    match host::identity::verify_signature(&check) {
                        Some(good) => {
                            let answer: SignatureAnswer = check.answered(good);
                            answers.push(answer);
                        }
                        None => self.verifies.set(false),
                    }
                }
                #[cfg(feature = "jwt")]
                Outcome::Need(Demand::Keys(demand)) => return Judged::Waits(demand),
                Outcome::Need(_) => {
                    return Judged::Done(fail(&self.metrics, Reason::InternalError));
                }
            }
        }
    }

    /// The algorithms whose signatures the host checks.
    #[cfg(feature = "jwt")]
    fn by_host(&self) -> &'static [Algorithm] {
        if self.verifies.get() { &[Algorithm::Es256, Algorithm::Rs256] } else { &[] }
    }

    fn carry_out(&self, decision: Decision<'_>, phase: &mut Phase) -> Action {
        let Decision { verdict, audit, shadow } = decision;
        let action = match verdict {
            Verdict::Pass { edits } => {
                host::edit(Map::Request, &edits);
                *phase = Phase::Passed;
                Action::Continue
            }
            Verdict::Allow(allow) => {
                host::edit(Map::Request, &allow.edits);
                expose("allow", None, allow.rule(), allow.caller());
                self.metrics.count(Counted::Allow, None, allow.rule());
                if let (Some(caller), Some(key)) = (allow.caller(), allow.ending_key()) {
                    self.metrics.grace(caller, key);
                }
                *phase = Phase::Allowed(Some(allow.admission));
                Action::Continue
            }
            Verdict::Deny(deny) => {
                host::reply(&deny.answer);
                self.metrics.count(Counted::Deny, Some(deny.reason), deny.rule);
                let caller = audit.as_ref().and_then(AuditEvent::caller);
                expose("deny", Some(deny.reason), deny.rule, caller);
                Action::Pause
            }
        };
        if let Some(event) = &audit {
            #[cfg(feature = "jwt")]
            if let Some(bucket) = event.alert() {
                self.metrics.alert(bucket);
            }
            write(event);
        }
        shadow.iter().for_each(write);
        action
    }
}

/// There is no policy that could be asked, or it asked for what this host can't bring.
pub fn fail(metrics: &Metrics, reason: Reason) -> Action {
    host::reply(&Answer::unavailable());
    metrics.count(Counted::Deny, Some(reason), None);
    host::log(LogLevel::Error, &format!("wicketgate: {}", reason.text()));
    Action::Pause
}

/// The most signatures that are checked for one request: one for each caller's token.
#[cfg(feature = "jwt")]
const MAX_SIGNATURES: usize = 64;

#[cfg(feature = "jwt")]
fn certificate(asked: Option<&Option<host::identity::Names>>) -> Certificate<'_> {
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
