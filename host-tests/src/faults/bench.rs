//! A host, the origin behind it and the request loop in front of it.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::envoy_config::{self, Manager, Policy, Upstream};
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_runtime::ships::{FILTER, MODULE, Ships, WORKER};
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::workerd::{self, Workerd};
use wicketgate_runtime::{document, tools};
use wicketgate_testkit::ports;

use super::clock::Clock;
use super::load::{Client, Load};
use super::origin::Origin;
use super::outcome::Kind;
use super::sink::Sink;
use crate::built;
use crate::envoy::Proxy;

/// The secret of the one caller.
pub const TOKEN: &str = "gT7vQx2mZb9KpR4wYc8HnJ5sLd3FuA6eXo1NiVtBqMk";
/// The proof that the gate sends to the origin on allowed requests.
pub const PROOF: &str = "pF3nXk8RvZq6TyWc2JmHs9LgBd5EaUo4QiN7xSwVt1M";

/// `/internal/*` for one caller with a token; everything else is public.
pub fn policy() -> Value {
    json!({
        "version": 1,
        "name": "faults",
        "environment": "production",
        "callers": { "cron": { "token": {
            "header": "x-internal-token",
            "keys": [{ "id": "k1", "env": "CRON_TOKEN" }]
        }}},
        "rules": [{
            "id": "internal",
            "paths": ["/internal/*"],
            "allow": [{ "methods": ["GET"], "caller": "cron" }]
        }],
        "unmatched": "pass",
        "forward": {
            "credential": "remove",
            "proof": { "header": "x-origin-proof", "env": "ORIGIN_PROOF" }
        }
    })
}

/// A change to Envoy's configuration.
type Edit = Box<dyn Fn(&mut Value)>;

/// The settings with which the host is started each time.
pub struct Plan {
    /// The policy.
    pub policy: String,
    /// The host's environment.
    pub secrets: BTreeMap<String, String>,
    /// Envoy alone: the policy is in a file that it watches.
    pub watched: bool,
    /// Envoy alone: the filter, or the module, with faults on demand.
    pub faulty: bool,
    /// Envoy alone: a change to its configuration.
    pub edit: Option<Edit>,
    /// Envoy alone: what its logs go to, in place of files.
    pub log: Option<PathBuf>,
    /// The Worker alone: bindings that it doesn't get.
    pub unbound: Vec<&'static str>,
}

impl Default for Plan {
    fn default() -> Self {
        let secrets = [("CRON_TOKEN", TOKEN), ("ORIGIN_PROOF", PROOF)];
        Self {
            policy: policy().to_string(),
            secrets: secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            watched: false,
            faulty: false,
            edit: None,
            log: None,
            unbound: Vec::new(),
        }
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// The hosts of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// Real Envoy with the filter.
    Envoy,
    /// Real Envoy with the native module.
    Module,
    /// The Worker on real workerd.
    Worker,
}

impl Host {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Envoy => "envoy",
            Self::Module => "module",
            Self::Worker => "worker",
        }
    }
}

#[derive(Debug)]
enum Running {
    Envoy(Box<Proxy>),
    Worker(Box<Workerd>),
}

/// All three, the host where it runs.
#[derive(Debug)]
pub struct Bench {
    /// The request loop.
    pub load: Load,
    /// The origin.
    pub origin: Origin,
    /// The settings with which the host is started.
    pub plan: Plan,
    host: Host,
    address: SocketAddr,
    running: Option<Running>,
    /// Envoy's clock, where it is one that can be set.
    pub clock: Option<Clock>,
    /// The reader of Envoy's log, if it is not a file. It ends after Envoy, which writes to it.
    pub sink: Option<Sink>,
    files: TempDir,
}

impl Bench {
    /// The origin and the request loop; the host is yet to be started.
    pub fn new(host: Host) -> Result<Self> {
        let mut bench = Self::quiet(host)?;
        bench.load = Load::start(bench.address, TOKEN);
        Ok(bench)
    }

    /// The same without a request loop.
    pub fn quiet(host: Host) -> Result<Self> {
        let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), ports::free()?);
        Ok(Self {
            origin: Origin::start(PROOF)?,
            load: Load::none(),
            plan: Plan::default(),
            host,
            address,
            running: None,
            clock: None,
            sink: None,
            files: Cache::open()?.run_folder()?,
        })
    }

    /// The address that the host listens on, when it runs.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A folder for this bench's files.
    pub fn folder(&self) -> &Path {
        self.files.path()
    }

    /// Starts the host, on the port that the loop asks.
    pub fn start(&mut self) -> Result<()> {
        self.running = Some(match self.host {
            Host::Envoy | Host::Module => Running::Envoy(Box::new(self.envoy()?)),
            Host::Worker => Running::Worker(Box::new(self.worker()?)),
        });
        Ok(())
    }

    /// Ends the host, as its operator does.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// Starts an Envoy that must refuse to; returns what it logged.
    pub fn refused(&self) -> Result<String> {
        Proxy::refused(&self.config(&built::path(&self.gate())?)?, &self.plan.secrets)
    }

    /// The running Envoy.
    pub fn proxy(&mut self) -> Result<&mut Proxy> {
        match &mut self.running {
            Some(Running::Envoy(proxy)) => Ok(proxy),
            _ => bail!("no Envoy is running"),
        }
    }

    /// The running host's log.
    pub fn log(&self) -> String {
        match &self.running {
            // A pipe's end would be waited for.
            Some(Running::Envoy(_)) if self.plan.log.is_some() => String::new(),
            Some(Running::Envoy(proxy)) => files::read_lossy(&proxy.log()),
            Some(Running::Worker(workerd)) => files::read_lossy(workerd.log()),
            None => String::new(),
        }
    }

    /// Sends a request that causes the fault, on a connection of its own.
    pub fn strike(&self, target: &str, headers: &[(&str, &str)]) {
        let fields: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let bytes = format!("GET {target} HTTP/1.1\r\nHost: app.example\r\n{fields}\r\n");
        let outcome = Client::new(self.address).ask(bytes.as_bytes());
        self.load.enter(Kind::Striking, outcome);
    }

    /// Puts a policy into the watched file and waits until Envoy has taken or refused it; says
    /// whether it took it.
    pub fn update(&mut self, policy: &str) -> Result<bool> {
        let before = self.answers()?;
        policy.clone_into(&mut self.plan.policy);
        files::replace(&self.watched_file(), self.extension()?)?;
        let now = wait_until("Envoy's answer to the policy", PATIENCE, || {
            self.proxy()?.check()?;
            let now = self.answers()?;
            Ok((now != before).then_some(now))
        })?;
        // A policy that is refused is counted as read, too.
        Ok(now.1 == before.1)
    }

    /// The number of policies that Envoy has read, and of those that it has refused.
    pub fn answers(&mut self) -> Result<(u64, u64)> {
        let proxy = self.proxy()?;
        let refused = proxy.count(".config_fail")? + proxy.count(".update_rejected")?;
        Ok((proxy.count(".config_reload")?, refused))
    }

    fn envoy(&self) -> Result<Proxy> {
        let gate = match (self.plan.faulty, self.host) {
            (false, _) => built::path(&self.gate())?,
            (true, Host::Module) => built::module_with_faults()?,
            (true, _) => built::filter_with_faults()?,
        };
        let folder = Cache::open()?.run_folder()?;
        if let Some(log) = &self.plan.log {
            for name in ["envoy.log", "access.log"] {
                std::os::unix::fs::symlink(log, folder.path().join(name))?;
            }
        }
        if self.plan.watched {
            files::write(&self.watched_file(), self.extension()?)?;
        }
        let components = "wasm:info,dynamic_modules:info";
        let levels = ["-l", "warning", "--component-log-level", components];
        Proxy::start(&self.config(&gate)?, &self.plan.secrets, &levels, 1, folder)
    }

    fn watched_file(&self) -> PathBuf {
        self.folder().join("gate.json")
    }

    /// What Envoy loads.
    fn gate(&self) -> Ships {
        if self.host == Host::Module { MODULE } else { FILTER }
    }

    fn config(&self, gate: &Path) -> Result<Value> {
        let file = self.watched_file();
        let policy = match self.plan.watched {
            true => Policy::Watched(&file),
            false => Policy::Inline(&self.plan.policy),
        };
        let mut config = self.with_settings(gate, policy, |shipped, settings| {
            envoy_config::render(shipped, settings)
        })?;
        if let Some(edit) = &self.plan.edit {
            edit(&mut config);
        }
        Ok(config)
    }

    fn extension(&self) -> Result<String> {
        let file = self.watched_file();
        let gate = built::path(&self.gate())?;
        let content = self.with_settings(&gate, Policy::Watched(&file), |shipped, settings| {
            envoy_config::extension(shipped, settings, &self.plan.policy)
        })?;
        Ok(content.to_string())
    }

    fn with_settings(
        &self,
        gate: &Path,
        policy: Policy<'_>,
        make: impl FnOnce(&str, &envoy_config::Settings<'_>) -> Result<Value>,
    ) -> Result<Value> {
        let shipped = files::read(&built::workspace().join("envoy/envoy.yaml"))?;
        let environment = &["CRON_TOKEN", "ORIGIN_PROOF"].map(str::to_owned).into();
        let upstream = &Upstream::loopback(self.origin.port());
        let (listen, manager) = (self.address, Manager::Hardened);
        make(
            &shipped,
            &envoy_config::Settings {
                listen,
                upstream,
                filter: gate,
                environment,
                policy,
                manager,
            },
        )
    }

    fn worker(&self) -> Result<Workerd> {
        let cache = Cache::open()?;
        // Of the policy that is meant: one with a fault names none.
        let mut environment = document::environment_names(&policy().to_string())?;
        environment.retain(|name| !self.plan.unbound.contains(&name.as_str()));
        let settings = workerd::Settings {
            listen: self.address,
            upstream: &Upstream::loopback(self.origin.port()),
            worker: &built::path(&WORKER)?,
            policy: &self.plan.policy,
            environment: &environment,
            authority: None,
            test: true,
        };
        Workerd::start(&tools::workerd(&cache)?, &settings, &self.plan.secrets, cache.run_folder()?)
            .context("workerd")
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
