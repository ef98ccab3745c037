//! Runs an example: its origin, the gate in front of it, its request table.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use crate::example::Example;
use crate::gate::{self, Gate, Host, HostTools};
use crate::origin::{Installed, Origin};
use crate::secret;
use crate::signer::Signer;
use crate::table::{Decision, Expect, RequestSpec, Row, Table};
use crate::template::{fill, fill_json};
use crate::verdict::{self, Happened};
use crate::witness::{self, Witness};
use anyhow::{Context, Result};
use wicketgate_runtime::audit::{About, AuditLine};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::document;
use wicketgate_runtime::http::{Answer, Client, Request};
use wicketgate_runtime::log_reader::LogReader;
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::workerd;

/// The tools to run any example.
#[derive(Clone, Debug)]
pub struct Tools {
    /// The place of the files of installs and runs.
    pub cache: Cache,
    /// The tools of the gate's host.
    pub host: HostTools,
}

/// An example whose origin and gate are up.
#[derive(Debug)]
pub struct Running {
    /// The example.
    pub example: Example,
    /// The host that the gate runs on.
    pub host: Host,
    // In this order they are dropped: an app that is asked to end waits for its connections.
    gate: Gate,
    origin: Origin,
    log: LogReader,
    policy: String,
    secrets: BTreeMap<String, String>,
    variables: BTreeMap<String, String>,
    // Serves its keys as long as the gate may ask.
    _signer: Option<Signer>,
    audits_allowed: bool,
}

/// The result of a row.
#[derive(Clone, Debug)]
pub struct RowResult {
    /// The row's name.
    pub name: String,
    /// The method and the target.
    pub request: String,
    /// The expectation.
    pub expect: Expect,
    /// The status code; none if the host closed the connection.
    pub status: Option<u16>,
    /// The gate's log.
    pub events: Vec<AuditLine>,
    /// The handlers that ran.
    pub handlers: Vec<String>,
    /// The time of the whole exchange, including the connection's start.
    pub took: Duration,
    /// Everything that is not as expected.
    pub faults: Vec<String>,
}

impl RowResult {
    /// Returns `true` if everything was as expected.
    pub fn passed(&self) -> bool {
        self.faults.is_empty()
    }

    /// The reason code that the gate logged.
    pub fn reason(&self) -> Option<&str> {
        let decision = self.events.iter().find(|event| event.about() == About::Decision);
        decision?.text("error.type")
    }

    /// Returns `true` if the gate or its host was to refuse it.
    pub fn was_to_be_refused(&self) -> bool {
        matches!(self.expect.decision, Decision::Deny | Decision::None)
    }
}

impl Running {
    /// Starts the example's origin, installed before, and the gate in front of it.
    pub fn start(
        tools: &Tools,
        example: Example,
        installed: &Installed,
        host: Host,
    ) -> Result<Self> {
        let about = &example.about;
        let mut secrets = BTreeMap::new();
        for name in &about.secrets {
            secrets.insert(name.clone(), secret::make()?);
        }
        let folder = tools.cache.run_folder()?;
        let shared = |(name, _): &(&String, &String)| about.origin_secrets.contains(name);
        let for_origin =
            secrets.iter().filter(shared).map(|(name, value)| (name.clone(), value.clone()));
        let for_origin = for_origin.collect();
        let origin = installed.start(folder.path(), &for_origin, &about.secrets)?;
        let signer = (!about.signing_keys.is_empty()).then(|| Signer::start(&about.signing_keys));
        let signer = signer.transpose()?;
        let policy = &example.policy;
        let audits_allowed = document::audits_allowed(policy)?;
        secrets.extend(about.environment.clone());
        if let Some(signer) = &signer {
            secrets.extend(signer.environment(&about.signing_keys));
        }
        let (address, keys) = (origin.address(), signer.as_ref().and_then(Signer::server));
        let gate = Gate::start_with_keys(
            host,
            &tools.host,
            policy,
            address,
            &secrets,
            folder,
            keys.as_ref(),
        )?;
        let policy = gate::policy_with_keys(policy, keys.as_ref())?.0;
        // The environment has no token: only rows have.
        let mut variables = secrets.clone();
        if let Some(signer) = &signer {
            let table = Table::load(&example.folder.join("requests.json"))?;
            variables.extend(signer.sign(&about.signing_keys, &table.tokens)?);
        }
        let log = LogReader::at_end(gate.log())?;
        let _signer = signer;
        Ok(Self {
            host,
            gate,
            origin,
            log,
            policy,
            secrets,
            variables,
            _signer,
            audits_allowed,
            example,
        })
    }

    /// The example's table.
    pub fn table(&self) -> Result<Table> {
        Table::load(&self.example.folder.join("requests.json"))
    }

    /// The running gate.
    pub fn gate(&mut self) -> &mut Gate {
        &mut self.gate
    }

    /// The running origin.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The policy that the gate has: the example's, with the run's own issuer in it where it fetches
    /// keys.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The target that the row's request is sent with.
    pub fn target(&self, row: &Row) -> Result<String> {
        fill(&row.request.target, &self.variables)
    }

    /// The host's environment: the secrets of this run and what the example sets.
    pub fn environment(&self) -> &BTreeMap<String, String> {
        &self.secrets
    }

    /// Sends the row's request and compares everything that the row expects.
    pub fn run(&mut self, row: &Row) -> Result<RowResult> {
        self.try_run(row).with_context(|| format!("row `{}`", row.name))
    }

    fn try_run(&mut self, row: &Row) -> Result<RowResult> {
        self.gate.check()?;
        let expect = filled(row.expect(self.host)?, &self.variables)?;
        let mut request = request(&row.request, &self.variables)?;
        if let (Host::Worker, Some(client)) = (self.host, row.request.client) {
            request = request.with_header(workerd::CLIENT_HEADER, &client.to_string())?;
        }
        let origin = self.origin.address();
        if row.reset {
            Witness::reset(origin)?;
        }
        let before = Witness::ask(origin)?;
        let client = Client::new(self.gate.address())
            .from(row.request.from.unwrap_or(Ipv4Addr::LOCALHOST).into());
        let start = Instant::now();
        let answer = client.send(&request)?;
        let took = start.elapsed();
        let events = self.events_until_now()?;
        let after = Witness::ask(origin)?;
        let happened =
            Happened { answer: &answer, events: &events, before: &before, after: &after };
        let faults = verdict::compare(&expect, &happened, self.audits_allowed);
        Ok(RowResult {
            name: row.name.clone(),
            request: format!("{} {}", row.request.method, row.request.target),
            expect,
            status: match &answer {
                Answer::Response(response) => Some(response.status),
                Answer::Closed => None,
            },
            handlers: after.entered_since(&before),
            events,
            took,
            faults,
        })
    }

    /// The gate's log up to now. To know that nothing more is under way, this sends a request of
    /// its own, which always leaves a line. The host has one worker here, so lines come in the
    /// order of requests, and all earlier lines are there when ours is.
    fn events_until_now(&mut self) -> Result<Vec<AuditLine>> {
        let client = Client::new(self.gate.address()).from(IpAddr::V4(MARKER));
        client.ask(&Request::new("GET", witness::PATH)?)?;
        let mut events = Vec::new();
        wait_until(MARKER_LINE, Duration::from_secs(5), || {
            events.extend(self.log.events()?);
            let marker = MARKER.to_string();
            let ours = |event: &AuditLine| self.gate.source(event) == Some(marker.as_str());
            let place = events.iter().position(ours);
            Ok(place.map(|place| events.truncate(place)))
        })?;
        Ok(events)
    }
}

fn request(spec: &RequestSpec, variables: &BTreeMap<String, String>) -> Result<Request> {
    let mut request =
        Request::new(&fill(&spec.method, variables)?, &fill(&spec.target, variables)?)?;
    if let Some(host) = &spec.host {
        request = request.with_host(&fill(host, variables)?)?;
    }
    for (name, value) in &spec.headers {
        request = request.with_header(&fill(name, variables)?, &fill(value, variables)?)?;
    }
    match &spec.body {
        Some(body) => request.with_body(&fill(body, variables)?),
        None => Ok(request),
    }
}

fn filled(mut expect: Expect, variables: &BTreeMap<String, String>) -> Result<Expect> {
    for value in expect.origin_sees.values_mut().chain(expect.headers.values_mut()) {
        *value = fill(value, variables)?;
    }
    for (_, value) in expect.state.iter_mut().chain(expect.audit.iter_mut()) {
        *value = fill_json(value, variables)?;
    }
    Ok(expect)
}

/// The address from which requests come that only mark a place in the log. No row uses it.
const MARKER: Ipv4Addr = Ipv4Addr::new(127, 77, 77, 77);

const MARKER_LINE: &str = "the audit line of `GET /__witness` (the policy must guard it)";
