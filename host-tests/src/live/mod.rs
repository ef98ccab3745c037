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
use wicketgate_runtime::tools;
use wicketgate_runtime::vectors::{Answer, Decides, Forwarded, Observation, Subject, Vector};
use wicketgate_runtime::workerd::NOW_HEADER;
use wicketgate_testkit::gate::{EnvoyTools, Gate, Host, HostTools, WorkerTools};

use crate::built;
use crate::envoy::{Message, Origin};

/// A host on which the corpus runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// Envoy with its own defaults: what it does to a request by itself is least there, so most
    /// of what is seen is the gate's doing.
    Envoy,
    /// The same with the native module.
    Module,
    /// workerd with the Worker.
    Worker,
}

impl Place {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Envoy => "envoy",
            Self::Module => "module",
            Self::Worker => "worker",
        }
    }

    /// The kind of host, as in a policy's `client_address`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Envoy | Self::Module => "envoy",
            Self::Worker => "cloudflare",
        }
    }
}

/// A gate on a real host with the policy of some vectors.
#[derive(Debug)]
pub struct Live {
    place: Place,
    gate: Gate,
    origin: Origin,
    log: LogReader,
}

impl Live {
    /// Starts the host with the policy and the environment of `vector`.
    pub fn start(place: Place, vector: &Vector) -> Result<Self> {
        let cache = Cache::open()?;
        let origin = Origin::start()?;
        // Of an upgrade only the request to the origin is observed: no vector goes on from there.
        origin.stay();
        let address = ([127, 0, 0, 1], origin.port()).into();
        let environment: BTreeMap<_, _> = vector.env.iter().cloned().collect();
        let (host, tools) = needed(&cache, place)?;
        let folder = cache.run_folder()?;
        let gate = Gate::start(host, &tools, &vector.policy, address, &environment, folder)?;
        let log = LogReader::at_start(gate.log());
        Ok(Self { place, gate, origin, log })
    }

    /// A key that is the same for all vectors that one gate can run: the policy and the
    /// environment. The Worker gets the vector's clock too, and would not believe one that is set
    /// back.
    pub fn key(place: Place, vector: &Vector) -> String {
        let now = (place == Place::Worker).then_some(&vector.now);
        format!("{:?}", (&vector.policy, &vector.env, now))
    }

    fn observe(&mut self, vector: &Vector) -> Result<Observation> {
        let head = vector.request.method == "HEAD";
        let client = Client::new(self.gate.address());
        let (client, bytes) = match self.place {
            Place::Envoy | Place::Module => {
                (wire::from(client, vector)?, wire::bytes(vector, &[])?)
            }
            Place::Worker => {
                let now = wire::now(vector)?;
                let edge = [wire::client_header(vector), (NOW_HEADER, now.as_str())];
                (client, wire::bytes(vector, &edge)?)
            }
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
        self.place.name()
    }

    fn run(&mut self, vector: &Vector) -> Observation {
        self.observe(vector).unwrap_or_else(|error| Observation::failed(format!("{error:#}")))
    }
}

/// The host, and what running it takes.
pub fn needed(cache: &Cache, place: Place) -> Result<(Host, HostTools)> {
    Ok(match place {
        Place::Envoy | Place::Module => {
            let shipped = files::read(&built::workspace().join("envoy/envoy.yaml"))?;
            let binary = tools::envoy(cache)?;
            let wasm = match place {
                Place::Module => built::module_path()?,
                _ => built::filter_path()?,
            };
            let tools = HostTools::Envoy(EnvoyTools { binary, wasm, shipped });
            (Host::Envoy(Manager::EnvoyDefaults), tools)
        }
        Place::Worker => {
            let binary = tools::workerd(cache)?;
            let worker = built::worker()?;
            (Host::Worker, HostTools::Worker(WorkerTools { binary, worker }))
        }
    })
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
