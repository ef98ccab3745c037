//! Fetching keys, on behalf of every worker.

use crate::gate::Gate;
use crate::host::{self, identity};
use crate::waiting::{SOON, Waiting};
use proxy_wasm::types::LogLevel;
use std::rc::Rc;
use std::time::Duration;
use wicketgate_policy::Time;
use wicketgate_policy::jwt::{Claim, FetchFault, Fetched, KeyAddress, Ledger};

/// Fetches of this worker whose answers are on their way: their numbers, and the places of their
/// addresses.
#[derive(Default)]
pub struct Fetches(Vec<(u32, usize)>);

/// Between two looks at what other workers have fetched, where nobody waits.
const SELDOM: Duration = Duration::from_secs(1);

/// How often a worker tries to tell the others, before it leaves it to the next fetch.
const TRIES: usize = 4;

/// Makes room for what the workers share, and lets the first fetches begin.
///
/// A first write can't be compared with anything, and two workers could both take it for theirs: so
/// there is something to compare with before anybody fetches.
pub fn prepare(gate: &Gate) {
    for address in gate.policy.key_addresses() {
        let name = address.shared_name();
        if identity::shared(&name).0.is_none() {
            identity::share(&name, &Ledger::default().encode(), None);
        }
    }
    if !gate.policy.key_addresses().is_empty() {
        identity::tick(SOON);
    }
}

impl Fetches {
    /// Looks at what others have fetched, fetches what it is this worker's turn to, and goes on with
    /// requests that have nothing to wait for any more. `home` is the plugin's context.
    pub fn tick(&mut self, gate: &Gate, waiting: &Waiting, home: u32) {
        waiting.tidy();
        let now = host::now();
        for (source, address) in gate.policy.key_addresses().iter().enumerate() {
            let name = address.shared_name();
            let (ledger, version) = read(&name);
            follow(gate, source, &name, &ledger);
            let (running, due, prompt) = {
                let keys = gate.keys.borrow();
                let running = keys.is_running(source, now);
                (running, keys.due(source, address, now), keys.is_prompt(source))
            };
            let wanted = waiting.is_for(source);
            let mut settled = !running;
            if !running
                && (due || wanted)
                && let Claim::Mine(claimed) = ledger.claim(address, prompt && !due, now)
            {
                settled = false;
                // Where another worker was faster, the next tick sees its fetch.
                if identity::share(&name, &claimed.encode(), version) {
                    Rc::make_mut(&mut gate.keys.borrow_mut()).begin(source, address, now);
                    match identity::fetch(address) {
                        Some(number) => self.0.push((number, source)),
                        None => {
                            self.ended(gate, source, address, &Fetched::Unreachable);
                            settled = true;
                        }
                    }
                }
            }
            let late = (!settled).then_some(now.unix_millis());
            waiting.settle(gate, home, source, late);
        }
    }

    /// Takes an answer. The address whose requests have nothing to wait for any more.
    pub fn answered(
        &mut self,
        gate: &Gate,
        number: u32,
        headers: usize,
        body: usize,
    ) -> Option<usize> {
        let place = self.0.iter().position(|(other, _)| *other == number)?;
        let (_, source) = self.0.swap_remove(place);
        let address = gate.policy.key_addresses().get(source)?;
        identity::fetched(headers, body, |fetched| self.ended(gate, source, address, fetched));
        Some(source)
    }

    /// Tells this worker and the others what came of a fetch.
    fn ended(&self, gate: &Gate, source: usize, address: &KeyAddress, fetched: &Fetched<'_>) {
        let now = host::now();
        let keys = &mut *gate.keys.borrow_mut();
        let result = Rc::make_mut(keys).fetched(source, fetched, now);
        let name = address.shared_name();
        if let (Ok(()), Fetched::Answer { body, .. }) = (result, fetched) {
            identity::share(&set_name(&name), body, None);
        }
        for _ in 0..TRIES {
            let (ledger, version) = read(&name);
            if identity::share(&name, &ledger.after(result, now).encode(), version) {
                break;
            }
        }
        gate.metrics.fetched(result.err());
        say(address, result);
    }
}

/// After a tick: the next one soon where a request waits, seldom where none does.
pub fn rest(waiting: &Waiting) {
    identity::tick(if waiting.is_empty() { SELDOM } else { SOON });
}

fn read(name: &str) -> (Ledger, Option<u32>) {
    let (bytes, version) = identity::shared(name);
    (Ledger::decode(&bytes.unwrap_or_default()), version)
}

/// Takes what other workers have told, and reads keys that are newer than this worker's.
fn follow(gate: &Gate, source: usize, name: &str, ledger: &Ledger) {
    let keys = &mut *gate.keys.borrow_mut();
    let keys = Rc::make_mut(keys);
    if !keys.follow(source, ledger) {
        return;
    }
    let at: Time = ledger.fetched();
    if let (Some(set), _) = identity::shared(&set_name(name)) {
        // What is no set of keys leaves those that are here, and the next tick looks again.
        let _ = keys.adopt(source, &set, at);
    }
}

fn set_name(name: &str) -> String {
    format!("{name}.set")
}

fn say(address: &KeyAddress, result: Result<(), FetchFault>) {
    let uri = address.uri();
    match result {
        Ok(()) => host::log(LogLevel::Info, &format!("wicketgate: fetched the keys at `{uri}`")),
        Err(fault) => {
            let cluster = address.cluster();
            let text = format!("wicketgate: no keys from `{uri}` (cluster `{cluster}`): {fault}");
            host::log(LogLevel::Warn, &text);
        }
    }
}
