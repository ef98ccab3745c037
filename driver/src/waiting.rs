//! Requests that wait for keys.

use crate::gate::{Gate, Judged};
use crate::host::Host;
use crate::phase::{Next, Phase};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;
use wicketgate_policy::jwt::{KeyDemand, Turn};

/// The waiting requests, in the order in which they came.
#[derive(Default)]
pub struct Waiting(RefCell<Vec<Waiter>>);

/// A waiting request. It is gone when its stream is.
struct Waiter {
    flow: Weak<RefCell<Flow>>,
    demand: KeyDemand,
    /// The time at which it stops waiting in any case, in milliseconds.
    until: i64,
}

/// The state of a request.
pub struct Flow {
    pub phase: Phase,
    /// Its trailers came while it was held, and have not been cleaned.
    pub trailers_wait: bool,
    context: u32,
    /// The keys that it has waited for.
    waited: Vec<KeyDemand>,
}

impl Flow {
    pub fn new(context: u32) -> Self {
        Self { phase: Phase::Held, trailers_wait: false, context, waited: Vec::new() }
    }
}

impl Waiting {
    /// Judges the request of the current context. If it has to wait, pauses it; the worker's next
    /// tick takes care of the keys.
    pub fn judge<H: Host>(&self, gate: &Gate<H>, flow: &Rc<RefCell<Flow>>) -> Next {
        loop {
            let mut held = flow.borrow_mut();
            let Flow { phase, waited, .. } = &mut *held;
            let demand = match gate.judge(phase, waited) {
                Judged::Done(next) => return next,
                Judged::Waits(demand) => demand,
            };
            // A request waits at most twice for each address, so this loop ends.
            waited.push(demand);
            let addresses = gate.core.policy().key_addresses();
            let Some(address) = addresses.get(demand.source()) else { continue };
            let now = gate.host.now();
            let turn = gate.core.change_keys(|keys| keys.turn(&demand, address, now));
            if turn == Turn::Go {
                continue;
            }
            let until = now.unix_millis().saturating_add(address.timeout()).saturating_add(GRACE);
            self.0.borrow_mut().push(Waiter { flow: Rc::downgrade(flow), demand, until });
            gate.host.tick(SOON);
            return Next::Pause;
        }
    }

    /// Returns `true` if a request waits for this address.
    pub fn is_for(&self, source: usize) -> bool {
        self.0.borrow().iter().any(|waiter| waiter.demand.source() == source)
    }

    /// Returns `true` if no request waits.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Judges the requests that wait for this address again, or only those whose time is over, and
    /// resumes those that are allowed. Then returns to the worker's context, `home`, for the
    /// following host calls.
    pub fn settle<H: Host>(
        &self,
        gate: &Gate<H>,
        home: u32,
        source: usize,
        only_late: Option<i64>,
    ) {
        let is_due = |waiter: &mut Waiter| {
            waiter.demand.source() == source && only_late.is_none_or(|now| waiter.until <= now)
        };
        let due: Vec<Waiter> = self.0.borrow_mut().extract_if(.., is_due).collect();
        if due.is_empty() {
            return;
        }
        for waiter in due {
            // The client has gone, and its request with it.
            let Some(flow) = waiter.flow.upgrade() else { continue };
            let context = flow.borrow().context;
            if gate.host.enter(context) && self.judge(gate, &flow) == Next::Continue {
                // Some proxies do not hand over again what came while it was held.
                if flow.borrow().trailers_wait && gate.clean_trailers() == Next::Pause {
                    continue;
                }
                gate.host.resume();
            }
        }
        gate.host.enter(home);
    }

    /// Forgets requests whose clients have gone.
    pub fn tidy(&self) {
        self.0.borrow_mut().retain(|waiter| waiter.flow.strong_count() > 0);
    }
}

/// The time until the worker takes care of the keys.
pub const SOON: Duration = Duration::from_millis(5);

/// The time that a request waits beyond the address's timeout, in milliseconds. By then the host
/// has reported that there was no answer.
const GRACE: i64 = 2_000;
