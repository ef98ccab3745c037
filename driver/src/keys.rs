//! Fetching keys, on behalf of every worker.

use crate::gate::Gate;
use crate::host::Host;
use crate::waiting::{SOON, Waiting};
use std::time::Duration;
use wicketgate_policy::Time;
use wicketgate_policy::jwt::{
    Ask, Claim, FetchFault, Fetched, KeyAddress, KeyDemand, Ledger, Turn,
};

/// This worker's running fetches: their numbers, and the places of their addresses.
#[derive(Default)]
pub struct Fetches(Vec<(u32, usize)>);

/// The pause between two looks at other workers' fetches while nobody waits.
const SELDOM: Duration = Duration::from_secs(1);

/// The number of times that a worker tries to tell the others, before it leaves that to the next
/// fetch.
const TRIES: usize = 4;

/// Seeds the workers' shared data, and starts the first fetches.
///
/// Compare-and-swap needs an existing value, so seed one before anybody fetches. Otherwise two
/// workers could both take the first write for theirs.
pub fn prepare<H: Host>(gate: &Gate<H>) {
    let addresses = gate.core.policy().key_addresses();
    for address in addresses {
        let name = address.shared_name();
        if gate.host.shared(&name).0.is_none() {
            gate.host.share(&name, &Ledger::default().encode(), None);
        }
    }
    if !addresses.is_empty() {
        gate.host.tick(SOON);
    }
}

impl Fetches {
    /// Takes over keys that other workers have fetched, fetches if it is this worker's turn, and
    /// resumes requests that need not wait any longer. `home` is the worker's context, `wanted` are
    /// the keys that requests of other workers wait for.
    pub fn tick<H: Host>(
        &mut self,
        gate: &Gate<H>,
        waiting: &Waiting,
        home: u32,
        wanted: &[KeyDemand],
    ) {
        waiting.tidy();
        let (core, host) = (&gate.core, &gate.host);
        let now = host.now();
        for (source, address) in core.policy().key_addresses().iter().enumerate() {
            let name = address.shared_name();
            let (ledger, version) = read(host, &name);
            follow(gate, source, &name, &ledger);
            let wants = |demand: &&KeyDemand| demand.source() == source;
            let turn = |demand| core.change_keys(|keys| keys.turn(demand, address, now));
            // All of them are asked about, for each may name another key.
            let turns = wanted.iter().filter(wants).filter(|demand| turn(demand) == Turn::Fetch);
            let wanted = turns.count() > 0 || waiting.is_for(source);
            let (running, due, prompt) = {
                let keys = core.keys();
                let running = keys.is_running(source, now);
                (running, keys.due(source, address, now), keys.is_prompt(source))
            };
            let mut settled = !running;
            if !running
                && (due || wanted)
                && let Claim::Mine(claimed) = ledger.claim(address, prompt && !due, now)
            {
                settled = false;
                // If another worker was faster, the next tick sees its fetch.
                if host.share(&name, &claimed.encode(), version) {
                    let ask = core.change_keys(|keys| keys.begin(source, address, now));
                    settled = self.ask(gate, source, address, &ask);
                }
            }
            let late = (!settled).then_some(now.unix_millis());
            waiting.settle(gate, home, source, late);
        }
    }

    /// Takes an answer. If that ends its fetch, returns the address, whose requests need not wait any
    /// longer.
    pub fn answered<H: Host>(
        &mut self,
        gate: &Gate<H>,
        number: u32,
        fetched: &Fetched<'_>,
    ) -> Option<usize> {
        let place = self.0.iter().position(|(other, _)| *other == number)?;
        let (_, source) = self.0.swap_remove(place);
        let address = gate.core.policy().key_addresses().get(source)?;
        self.take(gate, source, address, fetched).then_some(source)
    }

    /// Asks the next question of a fetch. Returns `true` if that has ended, because the host can't
    /// ask it.
    fn ask<H: Host>(
        &mut self,
        gate: &Gate<H>,
        source: usize,
        address: &KeyAddress,
        ask: &Ask,
    ) -> bool {
        match gate.host.fetch(ask) {
            Some(number) => {
                self.0.push((number, source));
                false
            }
            None => self.take(gate, source, address, &Fetched::Unreachable),
        }
    }

    /// Takes the answer to a question, and asks the next if there is one. Returns `true` if the fetch
    /// has ended.
    fn take<H: Host>(
        &mut self,
        gate: &Gate<H>,
        source: usize,
        address: &KeyAddress,
        fetched: &Fetched<'_>,
    ) -> bool {
        let now = gate.host.now();
        let result = match gate.core.change_keys(|keys| keys.fetched(source, fetched, now)) {
            Ok(Some(ask)) => return self.ask(gate, source, address, &ask),
            Ok(None) => Ok(()),
            Err(fault) => Err(fault),
        };
        ended(gate, (source, address), result, fetched, now);
        true
    }
}

/// Takes over keys that another worker has fetched, and resumes requests that need not wait any
/// longer. It fetches nothing.
pub fn look<H: Host>(gate: &Gate<H>, waiting: &Waiting, home: u32) {
    waiting.tidy();
    catch_up(gate);
    let now = gate.host.now();
    for source in 0..gate.core.policy().key_addresses().len() {
        let running = gate.core.keys().is_running(source, now);
        waiting.settle(gate, home, source, running.then_some(now.unix_millis()));
    }
}

/// Takes over keys that another worker has fetched. It fetches and resumes nothing.
pub fn catch_up<H: Host>(gate: &Gate<H>) {
    for (source, address) in gate.core.policy().key_addresses().iter().enumerate() {
        let name = address.shared_name();
        let (ledger, _) = read(&gate.host, &name);
        follow(gate, source, &name, &ledger);
    }
}

/// Schedules the next tick: soon if a request waits, or else later.
pub fn rest<H: Host>(host: &H, waiting: &Waiting) {
    host.tick(if waiting.is_empty() { SELDOM } else { SOON });
}

/// Reports the result of a fetch, whose last answer is `last`, to the other workers.
fn ended<H: Host>(
    gate: &Gate<H>,
    (source, address): (usize, &KeyAddress),
    result: Result<(), FetchFault>,
    last: &Fetched<'_>,
    now: Time,
) {
    let host = &gate.host;
    let name = address.shared_name();
    if let (Ok(()), Fetched::Answer { body, .. }) = (result, last) {
        host.share(&set_name(&name), body, None);
    }
    for _ in 0..TRIES {
        let (ledger, version) = read(host, &name);
        if host.share(&name, &ledger.after(result, now).encode(), version) {
            break;
        }
    }
    gate.metrics.fetched(result.err());
    say(address, result);
    if let (Ok(()), Some(text)) = (result, gate.core.keys().ambiguity(source)) {
        log::warn!("wicketgate: the keys at `{}`: {text}", address.uri());
    }
}

fn read<H: Host>(host: &H, name: &str) -> (Ledger, Option<u32>) {
    let (bytes, version) = host.shared(name);
    (Ledger::decode(&bytes.unwrap_or_default()), version)
}

/// Takes over another worker's record, and reads its keys if they are newer.
fn follow<H: Host>(gate: &Gate<H>, source: usize, name: &str, ledger: &Ledger) {
    if !gate.core.change_keys(|keys| keys.follow(source, ledger)) {
        return;
    }
    if let (Some(set), _) = gate.host.shared(&set_name(name)) {
        // If the answer is no set of keys, the present ones stay, and the next tick looks again.
        let _ = gate.core.change_keys(|keys| keys.adopt(source, &set, ledger.fetched()));
    }
}

fn set_name(name: &str) -> String {
    format!("{name}.set")
}

fn say(address: &KeyAddress, result: Result<(), FetchFault>) {
    let uri = address.uri();
    match result {
        Ok(()) => log::info!("wicketgate: fetched the keys at `{uri}`"),
        Err(fault) => {
            let cluster = address.cluster();
            log::warn!("wicketgate: no keys from `{uri}` (cluster `{cluster}`): {fault}");
        }
    }
}
