//! A real host with a real origin behind it as a subject of the vector corpus.
//!
//! It observes what a client and an origin can see, and the host's log: the answer on the wire, the
//! bytes that arrived at the origin, the audit lines.

mod wire;

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use wicketgate_runtime::audit::{About, AuditLine};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::envoy_config::Manager;
use wicketgate_runtime::files;
use wicketgate_runtime::http::{Answer as Reply, Client, Response, latin1};
use wicketgate_runtime::log_reader::LogReader;
use wicketgate_runtime::ships::{Ships, WORKER};
use wicketgate_runtime::tools;
use wicketgate_runtime::vectors::{Answer, Decides, Forwarded, Observation, Subject, Vector};
use wicketgate_runtime::workerd::NOW_HEADER;
use wicketgate_testkit::gate::{EnvoyTools, Gate, Host, HostTools, WorkerTools};

use crate::built;
use crate::envoy::{Message, Origin};
use crate::parity::Real;

/// A gate on a real host with the policy of some vectors.
#[derive(Debug)]
pub struct Live {
    name: &'static str,
    real: Real,
    gate: Gate,
    origin: Origin,
    log: LogReader,
}

impl Live {
    /// Starts the host of this name with the policy and the environment of `vector`.
    pub fn start(name: &'static str, real: Real, vector: &Vector) -> Result<Self> {
        let cache = Cache::open()?;
        let origin = Origin::start()?;
        // Of an upgrade only the request to the origin is observed: no vector goes on from there.
        origin.stay();
        let address = ([127, 0, 0, 1], origin.port()).into();
        let environment: BTreeMap<_, _> = vector.env.iter().cloned().collect();
        let (host, tools) = (real.tools)(&cache)?;
        let folder = cache.run_folder()?;
        let gate = Gate::start(host, &tools, &vector.policy, address, &environment, folder)?;
        let log = LogReader::at_start(gate.log());
        Ok(Self { name, real, gate, origin, log })
    }

    /// A key that is the same for all vectors that one gate can run: the policy and the
    /// environment. A host that is told the vector's time would not believe a clock that is set back.
    pub fn key(real: Real, vector: &Vector) -> String {
        let now = real.is_told.then_some(&vector.now);
        format!("{:?}", (&vector.policy, &vector.env, now))
    }

    fn observe(&mut self, vector: &Vector) -> Result<Observation> {
        let head = vector.request.method == "HEAD";
        let client = Client::new(self.gate.address());
        let (client, bytes) = if self.real.is_told {
            let now = wire::now(vector)?;
            let edge = [wire::client_header(vector), (NOW_HEADER, now.as_str())];
            (client, wire::bytes(vector, &edge)?)
        } else {
            (wire::from(client, vector)?, wire::bytes(vector, &[])?)
        };
        let reply = client.send_bytes(&bytes, head)?;
        self.gate.check()?;
        // Both hosts write a decision's line before they answer.
        let lines = self.log.events()?;
        let forwarded = forwarded(self.origin.take())?;
        let decision = decision(&lines, forwarded.is_some(), vector)?;
        let lines: Vec<String> = lines.iter().map(|line| line.json().to_owned()).collect();
        let mut seen = Observation::of(decision.unwrap_or(Decides::Deny), forwarded, lines);
        match (decision, reply) {
            (None, Reply::Response(response)) => seen.refused_by_host = Some(response.status),
            (None, Reply::Closed) => seen.refused_by_host = Some(0),
            (Some(Decides::Deny), Reply::Response(response)) => {
                seen.answer = Some(answer(response, head));
            }
            (Some(_), Reply::Response(response)) => {
                ensure!(response.status == 200, "the origin's answer arrived as {response:?}");
            }
            (Some(_), Reply::Closed) => bail!("the connection was closed without an answer"),
        }
        Ok(seen)
    }
}

impl Subject for Live {
    fn name(&self) -> &str {
        self.name
    }

    fn run(&mut self, vector: &Vector) -> Observation {
        self.observe(vector).unwrap_or_else(|error| Observation::failed(format!("{error:#}")))
    }
}

/// Envoy with one form of the gate. It has its own defaults: what it does to a request by itself is
/// least there, so most of what is seen is the gate's doing.
pub(crate) fn envoy(cache: &Cache, gate: &Ships) -> Result<(Host, HostTools)> {
    let shipped = files::read(&built::workspace().join("envoy/envoy.yaml"))?;
    let (binary, filter) = (tools::envoy(cache)?, built::path(gate)?);
    let tools = HostTools::Envoy(EnvoyTools { binary, filter, shipped });
    Ok((Host::Envoy(Manager::EnvoyDefaults), tools))
}

/// workerd with the Worker.
pub(crate) fn worker(cache: &Cache) -> Result<(Host, HostTools)> {
    let (binary, worker) = (tools::workerd(cache)?, built::path(&WORKER)?);
    Ok((Host::Worker, HostTools::Worker(WorkerTools { binary, worker })))
}

/// The gate's decision; `None` if it was not asked.
fn decision(lines: &[AuditLine], forwarded: bool, vector: &Vector) -> Result<Option<Decides>> {
    let mut decisions = lines.iter().filter(|line| line.about() == About::Decision);
    let (first, second) = (decisions.next(), decisions.next());
    ensure!(second.is_none(), "more than one decision: {lines:?}");
    let said = first.and_then(|line| line.text("wicketgate.decision"));
    Ok(match (said, forwarded) {
        (Some("deny"), false) => Some(Decides::Deny),
        (Some("allow"), true) => Some(Decides::Allow),
        // A policy may leave out the lines of what is allowed, and what passes has none: a client
        // and an origin can't tell the two apart then, nor can this.
        (None, true) if vector.expect.decision == Decides::Allow => Some(Decides::Allow),
        (None, true) => Some(Decides::Pass),
        (None, false) => None,
        (said, forwarded) => bail!("forwarded: {forwarded}, the audit line says {said:?}"),
    })
}

fn forwarded(mut received: Vec<Message>) -> Result<Option<Forwarded>> {
    ensure!(received.len() <= 1, "one request arrived at the origin as several: {received:?}");
    let Some(message) = received.pop() else { return Ok(None) };
    let line = message.request_line();
    let Some(target) = line.strip_suffix(" HTTP/1.1").and_then(|line| line.split_once(' ')) else {
        bail!("the origin got the request line `{line}`");
    };
    Ok(Some(Forwarded {
        target: target.1.to_owned(),
        headers: message.headers(),
        trailers: Some(message.trailers()),
    }))
}

fn answer(response: Response, head: bool) -> Answer {
    let body = (!head).then(|| latin1::decode(&response.body));
    Answer { status: response.status, headers: response.headers, body }
}
