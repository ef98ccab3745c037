//! The place where the gate runs, and the way by which a new policy and new secrets get there.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::Value;
use wicketgate_host_tests::built;
use wicketgate_host_tests::envoy::{Gate, Origin, Setup};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::document;
use wicketgate_runtime::envoy_config::{Manager, Upstream};
use wicketgate_runtime::files;
use wicketgate_runtime::ships::WORKER;
use wicketgate_runtime::tools;
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::workerd::{Settings, Workerd};
use wicketgate_testkit::gate::Host;

use crate::clients::Clients;

/// The way by which a rotation gets there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Envoy that watches a file with the policy; tokens by their digests.
    Watched,
    /// A second Envoy takes over; tokens in variables.
    Restarted,
    /// A second workerd takes over, as a new version of a Worker does; tokens in variables.
    Worker,
}

impl Kind {
    pub(crate) fn host(self) -> Host {
        match self {
            Self::Watched | Self::Restarted => Host::Envoy(Manager::Hardened),
            Self::Worker => Host::Worker,
        }
    }
}

/// A running gate, and what those before it have logged.
#[derive(Debug)]
pub(crate) struct Site {
    kind: Kind,
    running: Running,
    past: String,
}

#[derive(Debug)]
enum Running {
    Envoy(Box<Gate>, Box<Setup>),
    Worker { workerd: Box<Workerd>, origin: Origin },
}

impl Site {
    /// Starts the gate with a policy and an environment.
    pub(crate) fn start(
        kind: Kind,
        policy: &Value,
        environment: &BTreeMap<String, String>,
    ) -> Self {
        Self { kind, running: Running::start(kind, policy, environment), past: String::new() }
    }

    /// The address that it listens on.
    pub(crate) fn server(&self) -> SocketAddr {
        self.running.server()
    }

    /// Brings a policy into force and returns once it is: in place, or in a second host that the
    /// clients are moved to before the first one ends.
    pub(crate) fn roll_out(
        &mut self,
        policy: &Value,
        environment: &BTreeMap<String, String>,
        version: &str,
        clients: &Clients,
    ) {
        if self.kind == Kind::Watched {
            let Running::Envoy(gate, setup) = &self.running else { unreachable!() };
            setup.replace(gate, policy).unwrap();
        } else {
            let next = Running::start(self.kind, policy, environment);
            clients.move_to(next.server());
            clients.rounds(1);
            let first = std::mem::replace(&mut self.running, next);
            self.past += &first.stop();
        }
        wait_until("the new policy", Duration::from_secs(20), || {
            Ok(self.is_in_force(version).then_some(()))
        })
        .unwrap();
    }

    /// Returns `true` if this policy is in force, as the runbook has people look.
    fn is_in_force(&self, version: &str) -> bool {
        match self.metrics() {
            Some(metrics) => {
                metrics.contains(&format!("wicketgate_policy_info{{digest=\"{version}\"}} 1"))
            }
            None => self.running.log().contains(&format!("\"rule.version\":\"{version}\"")),
        }
    }

    /// Envoy's metrics; a Worker has none.
    pub(crate) fn metrics(&self) -> Option<String> {
        match &self.running {
            Running::Envoy(gate, _) => Some(gate.proxy.page("/stats/prometheus").unwrap()),
            Running::Worker { .. } => None,
        }
    }

    /// Returns `true` if a text was in any request that the origin got from the gate that runs now.
    pub(crate) fn origin_got(&self, text: &str) -> bool {
        let origin = match &self.running {
            Running::Envoy(gate, _) => &gate.origin,
            Running::Worker { origin, .. } => origin,
        };
        origin.take().iter().any(|message| message.holds(text))
    }

    /// All that was logged.
    pub(crate) fn log(&self) -> String {
        self.past.clone() + &self.running.log()
    }
}

impl Running {
    fn start(kind: Kind, policy: &Value, environment: &BTreeMap<String, String>) -> Self {
        if kind == Kind::Worker {
            return Self::worker(policy, environment);
        }
        let mut setup = Setup::new(policy).workers(2);
        // Two of the examples have callers with signed tokens. Their keys are nowhere to be fetched
        // here, and no other caller is to feel it.
        for (name, value) in environment {
            setup = setup.secret(name, value);
        }
        let gate = match kind {
            Kind::Watched => setup.start_watched(),
            _ => setup.start(),
        };
        Self::Envoy(Box::new(gate.unwrap()), Box::new(setup))
    }

    fn worker(policy: &Value, environment: &BTreeMap<String, String>) -> Self {
        let cache = Cache::open().unwrap();
        let origin = Origin::start().unwrap();
        let text = policy.to_string();
        let settings = Settings {
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            upstream: &Upstream::loopback(origin.port()),
            worker: &built::path(&WORKER).unwrap(),
            policy: &text,
            environment: &document::environment_names(&text).unwrap(),
            authority: None,
            test: true,
        };
        let (binary, folder) = (tools::workerd(&cache).unwrap(), cache.run_folder().unwrap());
        let workerd = Workerd::start(&binary, &settings, environment, folder).unwrap();
        Self::Worker { workerd: Box::new(workerd), origin }
    }

    fn server(&self) -> SocketAddr {
        match self {
            Self::Envoy(gate, _) => gate.proxy.address(),
            Self::Worker { workerd, .. } => workerd.address(),
        }
    }

    fn log(&self) -> String {
        match self {
            Self::Envoy(gate, _) => files::read_lossy(&gate.proxy.log()),
            Self::Worker { workerd, .. } => files::read_lossy(workerd.log()),
        }
    }

    fn stop(self) -> String {
        match self {
            Self::Envoy(gate, _) => gate.stop().log,
            Self::Worker { mut workerd, .. } => {
                workerd.stop();
                files::read_lossy(workerd.log())
            }
        }
    }
}
