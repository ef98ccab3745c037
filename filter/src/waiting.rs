//! Requests that wait for keys.

use crate::gate::{Gate, Judged};
use crate::host;
use crate::stream::Phase;
use proxy_wasm::types::Action;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;
use wicketgate_policy::jwt::{KeyDemand, Turn};

/// Requests that wait, in the order in which they came.
#[derive(Default)]
pub struct Waiting(RefCell<Vec<Waiter>>);

/// A request that waits. It is gone when its stream is.
struct Waiter {
    flow: Weak<RefCell<Flow>>,
    demand: KeyDemand,
    /// When it stops waiting whatever becomes of the keys, in milliseconds.
    until: i64,
}

/// How far a request is.
pub struct Flow {
    pub phase: Phase,
    context: u32,
    /// The addresses for whose keys it has waited.
    waited: Vec<usize>,
}

impl Flow {
    pub fn new(context: u32) -> Self {
        Self { phase: Phase::Held, context, waited: Vec::new() }
    }
}

impl Waiting {
    /// Judges the request of the current context. Where it has to wait, it pauses, and the plugin's
    /// next tick sees to the keys.
    pub fn judge(&self, gate: &Gate, flow: &Rc<RefCell<Flow>>) -> Action {
        loop {
            let mut held = flow.borrow_mut();
            let Flow { phase, waited, .. } = &mut *held;
            let demand = match gate.judge(phase, waited) {
                Judged::Done(action) => return action,
                Judged::Waits(demand) => demand,
            };
            // A request waits for each address twice at most, so this ends.
            waited.push(demand.source());
            let Some(address) = gate.policy.key_addresses().get(demand.source()) else { continue };
            let now = host::now();
            let turn = Rc::make_mut(&mut gate.keys.borrow_mut()).turn(&demand, address, now);
            if turn == Turn::Go {
                continue;
            }
            let until = now.unix_millis().saturating_add(address.timeout()).saturating_add(GRACE);
            self.0.borrow_mut().push(Waiter { flow: Rc::downgrade(flow), demand, until });
            host::identity::tick(SOON);
            return Action::Pause;
        }
    }

    /// Whether a request waits for this address.
    pub fn is_for(&self, source: usize) -> bool {
        self.0.borrow().iter().any(|waiter| waiter.demand.source() == source)
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Judges again the requests that wait for this address, or only those whose time is over, and
    /// goes on with those that may. The calls to the host that follow are the plugin's again, whose
    /// context is `home`.
    pub fn settle(&self, gate: &Gate, home: u32, source: usize, only_late: Option<i64>) {
        let is_due = |waiter: &mut Waiter| {
            waiter.demand.source() == source && only_late.is_none_or(|now| waiter.until <= now)
        };
        let due: Vec<Waiter> = self.0.borrow_mut().extract_if(.., is_due).collect();
        if due.is_empty() {
            return;
        }
        for waiter in due {
            // The client has gone, and nothing of its request is left.
            let Some(flow) = waiter.flow.upgrade() else { continue };
            let context = flow.borrow().context;
            if host::identity::enter(context) && self.judge(gate, &flow) == Action::Continue {
                host::identity::resume();
            }
        }
        host::identity::enter(home);
    }

    /// Forgets requests whose clients have gone.
    pub fn tidy(&self) {
        self.0.borrow_mut().retain(|waiter| waiter.flow.strong_count() > 0);
    }
}

/// Until the plugin sees to the keys.
pub const SOON: Duration = Duration::from_millis(5);

/// How much longer than an address has time to answer a request waits, in milliseconds: the host
/// says then that there was no answer.
const GRACE: i64 = 2_000;
