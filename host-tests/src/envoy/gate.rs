//! A test's settings for Envoy and the origin, and the running pair.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use wicketgate_runtime::audit::{About, AuditLine};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::envoy_config::{Manager, Policy, Settings, Upstream, extension, render};
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_runtime::http::{Client, Request, Response};
use wicketgate_runtime::log_reader::LogReader;
use wicketgate_runtime::ships::{FILTER, Ships};
use wicketgate_runtime::wait::wait_until;

use super::proxy::{AS_SHIPPED, Remains};
use super::{Connection, Message, Origin, Proxy};
use crate::built;

/// A test's settings.
#[derive(Clone, Debug)]
pub struct Setup {
    policy: Value,
    gate: Ships,
    file: Option<PathBuf>,
    manager: Manager,
    secrets: BTreeMap<String, String>,
    edits: Vec<fn(&mut Value)>,
    levels: Vec<&'static str>,
    clusters: Vec<Value>,
    workers: usize,
    tls: Option<Value>,
}

impl Setup {
    /// The shipped configuration with this policy.
    pub fn new(policy: &Value) -> Self {
        Self {
            policy: policy.clone(),
            gate: FILTER,
            file: None,
            manager: Manager::Hardened,
            secrets: BTreeMap::new(),
            edits: Vec::new(),
            levels: AS_SHIPPED.to_vec(),
            clusters: Vec::new(),
            workers: 1,
            tls: None,
        }
    }

    /// With the gate in this form: the filter, or the native module.
    #[must_use]
    pub fn gate(self, gate: &Ships) -> Self {
        Self { gate: *gate, ..self }
    }

    /// With this file in the gate's place.
    #[must_use]
    pub fn file(self, path: &Path) -> Self {
        Self { file: Some(path.to_owned()), ..self }
    }

    /// With these settings of the connection manager.
    #[must_use]
    pub fn manager(self, manager: Manager) -> Self {
        Self { manager, ..self }
    }

    /// With a variable in Envoy's environment that the filter may read.
    #[must_use]
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With a change to the whole configuration; see [`edit`].
    #[must_use]
    pub fn edit(mut self, change: fn(&mut Value)) -> Self {
        self.edits.push(change);
        self
    }

    /// With a cluster beside the origin's.
    #[must_use]
    pub fn cluster(mut self, cluster: Value) -> Self {
        self.clusters.push(cluster);
        self
    }

    /// With so many worker threads.
    #[must_use]
    pub fn workers(self, workers: usize) -> Self {
        Self { workers, ..self }
    }

    /// With a listener that speaks TLS, in this `DownstreamTlsContext`.
    #[must_use]
    pub fn tls(self, context: Value) -> Self {
        Self { tls: Some(context), ..self }
    }

    /// With these options for Envoy's log.
    #[must_use]
    pub fn levels(self, levels: &[&'static str]) -> Self {
        Self { levels: levels.to_vec(), ..self }
    }

    /// Starts the origin, and Envoy in front of it.
    pub fn start(&self) -> Result<Gate> {
        let origin = Origin::start()?;
        let folder = Cache::open()?.run_folder()?;
        let config = self.config(&origin, Policy::Inline(&self.policy.to_string()))?;
        let proxy = self.proxy(&config, folder)?;
        Ok(Gate::new(origin, proxy))
    }

    /// The same with the policy in a file that Envoy watches: [`Gate::replace`] changes it.
    pub fn start_watched(&self) -> Result<Gate> {
        let origin = Origin::start()?;
        let folder = Cache::open()?.run_folder()?;
        let file = folder.path().join("gate.json");
        files::write(&file, self.extension(&origin, &file, &self.policy)?)?;
        let config = self.config(&origin, Policy::Watched(&file))?;
        let proxy = self.proxy(&config, folder)?;
        let mut gate = Gate::new(origin, proxy);
        wait_until("the first policy", PATIENCE, || {
            gate.proxy.check()?;
            Ok((gate.proxy.count(".config_reload")? > 0).then_some(()))
        })?;
        Ok(gate)
    }

    /// Envoy's log when it refuses to start with these settings.
    pub fn refused(&self) -> Result<String> {
        let origin = Origin::start()?;
        let config = self.config(&origin, Policy::Inline(&self.policy.to_string()))?;
        Proxy::refused(&config, &self.secrets)
    }

    /// Replaces the policy of a gate that was started watching its file.
    pub fn replace(&self, gate: &Gate, policy: &Value) -> Result<()> {
        let folder = gate.proxy.log();
        let file = folder.parent().context("a log without a folder")?.join("gate.json");
        files::replace(&file, self.extension(&gate.origin, &file, policy)?)
    }

    fn proxy(&self, config: &Value, folder: TempDir) -> Result<Proxy> {
        Proxy::start(config, &self.secrets, &self.levels, self.workers, folder)
    }

    fn config(&self, origin: &Origin, policy: Policy<'_>) -> Result<Value> {
        let mut config =
            self.with_settings(origin, policy, |settings| render(&shipped()?, settings))?;
        let clusters = config.pointer_mut("/static_resources/clusters");
        let clusters = clusters.and_then(Value::as_array_mut).context("no clusters")?;
        clusters.extend(self.clusters.iter().cloned());
        if let Some(context) = &self.tls {
            let chain = config.pointer_mut("/static_resources/listeners/0/filter_chains/0");
            chain.context("no listener")?["transport_socket"] = json!({
                "name": "envoy.transport_sockets.tls", "typed_config": context,
            });
        }
        for change in &self.edits {
            change(&mut config);
        }
        Ok(config)
    }

    fn extension(&self, origin: &Origin, file: &Path, policy: &Value) -> Result<String> {
        let content = self.with_settings(origin, Policy::Watched(file), |settings| {
            extension(&shipped()?, settings, &policy.to_string())
        })?;
        Ok(content.to_string())
    }

    fn with_settings(
        &self,
        origin: &Origin,
        policy: Policy<'_>,
        make: impl FnOnce(&Settings<'_>) -> Result<Value>,
    ) -> Result<Value> {
        let built = || built::path(&self.gate);
        make(&Settings {
            listen: "127.0.0.1:0".parse()?,
            upstream: &Upstream::loopback(origin.port()),
            filter: &self.file.clone().map_or_else(built, Ok)?,
            environment: &self.secrets.keys().cloned().collect(),
            policy,
            manager: self.manager,
        })
    }
}

/// Envoy with the filter, and the origin behind it.
#[derive(Debug)]
pub struct Gate {
    /// The origin.
    pub origin: Origin,
    /// Envoy.
    pub proxy: Proxy,
    log: LogReader,
}

impl Gate {
    fn new(origin: Origin, proxy: Proxy) -> Self {
        let log = LogReader::at_start(&proxy.log());
        Self { origin, proxy, log }
    }

    /// A client of the gate.
    pub fn client(&self) -> Client {
        Client::new(self.proxy.address())
    }

    /// A connection for several requests.
    pub fn connect(&self) -> Result<Connection> {
        Connection::open(self.proxy.address())
    }

    /// Sends a request and reads the answer.
    pub fn ask(&self, request: &Request) -> Result<Response> {
        self.client().ask(request)
    }

    /// The next `count` decisions in the audit log, no fewer and no more.
    pub fn decisions(&mut self, count: usize) -> Result<Vec<AuditLine>> {
        let mut lines = Vec::new();
        wait_until("audit lines", PATIENCE, || {
            let events = self.log.events()?.into_iter();
            lines.extend(events.filter(|line| line.about() == About::Decision));
            Ok((lines.len() >= count).then_some(()))
        })
        .with_context(|| format!("{lines:?}"))?;
        ensure!(lines.len() == count, "{count} decisions expected, but: {lines:?}");
        Ok(lines)
    }

    /// Sends a request that must be denied: the answer, and the reason in its audit line. Nothing
    /// of it may have reached the origin.
    pub fn denied(&mut self, request: &Request) -> Result<(Response, String)> {
        let response = self.ask(request)?;
        let line = self.decisions(1)?.remove(0);
        ensure!(line.text("wicketgate.decision") == Some("deny"), "{}", line.json());
        let reason = line.text("error.type").context("a denial without a reason")?.to_owned();
        self.untouched()?;
        Ok((response, reason))
    }

    /// Sends a request that must be let through: what the origin got of it.
    pub fn passed(&self, request: &Request) -> Result<Message> {
        let response = self.ask(request)?;
        ensure!(response.status == 200, "{response:?}");
        self.one()
    }

    /// The one request that reached the origin.
    pub fn one(&self) -> Result<Message> {
        let mut received = self.origin.take();
        ensure!(received.len() == 1, "one request expected at the origin, but: {received:?}");
        Ok(received.remove(0))
    }

    /// Fails if anything has reached the origin since it was last asked. A request that the
    /// origin does get goes after whatever is on its way.
    pub fn untouched(&self) -> Result<()> {
        let marker = Request::new("GET", MARKER)?;
        let response = self.ask(&marker)?;
        let received = self.origin.take();
        let line = format!("GET {MARKER} HTTP/1.1");
        match &received[..] {
            [one] if one.request_line() == line && response.status == 200 => Ok(()),
            _ => bail!("the origin was to get nothing but the marker, but: {received:?}"),
        }
    }

    /// Ends Envoy and returns its logs.
    pub fn stop(self) -> Remains {
        self.proxy.stop()
    }
}

/// Places in Envoy's configuration that tests change.
pub mod edit {
    use super::Value;

    /// The connection manager.
    pub fn manager(config: &mut Value) -> &mut Value {
        &mut config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    }

    /// The origin's cluster.
    pub fn cluster(config: &mut Value) -> &mut Value {
        &mut config["static_resources"]["clusters"][0]
    }

    /// The routes.
    pub fn routes(config: &mut Value) -> &mut Vec<Value> {
        let routes = &mut manager(config)["route_config"]["virtual_hosts"][0]["routes"];
        routes.as_array_mut().expect("a list of routes")
    }
}

/// Returns `true` if the gate wrote this line of Envoy's log, and not Envoy.
pub fn is_of_the_gate(line: &str) -> bool {
    ["wasm log", "[dynamic_modules]"].iter().any(|mark| line.contains(mark))
}

fn shipped() -> Result<String> {
    files::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../envoy/envoy.yaml"))
}

/// A path that no test's policy guards.
const MARKER: &str = "/marker";
const PATIENCE: Duration = Duration::from_secs(10);
