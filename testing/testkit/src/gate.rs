//! The gate on either of its hosts.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::key_server::KeyServer;
use anyhow::{Result, bail};
use wicketgate_runtime::audit::AuditLine;
use wicketgate_runtime::document;
use wicketgate_runtime::envoy::Envoy;
use wicketgate_runtime::envoy_config::{self, Manager, Policy, Upstream};
use wicketgate_runtime::files::TempDir;
use wicketgate_runtime::workerd::{self, Workerd};

/// A host of the gate, with its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// Envoy with the filter.
    Envoy(Manager),
    /// Envoy with the native module.
    Module(Manager),
    /// workerd with the Worker.
    Worker,
}

impl Host {
    /// Its name and settings, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Envoy(Manager::Hardened) => "Envoy with the hardened envoy.yaml",
            Self::Envoy(Manager::EnvoyDefaults) => "Envoy with Envoy's own defaults",
            Self::Module(Manager::Hardened) => "the native module in the hardened Envoy",
            Self::Module(Manager::EnvoyDefaults) => "the native module, with Envoy's own defaults",
            Self::Worker => "workerd with the Worker",
        }
    }
}

/// The tools to run the gate on a host.
#[derive(Clone, Debug)]
pub enum HostTools {
    /// For Envoy.
    Envoy(EnvoyTools),
    /// For workerd.
    Worker(WorkerTools),
}

/// The tools to run Envoy.
#[derive(Clone, Debug)]
pub struct EnvoyTools {
    /// Envoy's binary.
    pub binary: PathBuf,
    /// The built filter, or the built native module.
    pub filter: PathBuf,
    /// The text of the shipped `envoy.yaml`.
    pub shipped: String,
}

/// The tools to run workerd.
#[derive(Clone, Debug)]
pub struct WorkerTools {
    /// workerd's binary.
    pub binary: PathBuf,
    /// The folder with the built Worker.
    pub worker: PathBuf,
}

/// A running gate.
#[derive(Debug)]
pub enum Gate {
    /// In Envoy.
    Envoy(Box<Envoy>),
    /// In workerd.
    Worker(Box<Workerd>),
}

impl Gate {
    /// Starts the gate with `policy` on any free port of loopback, in front of an origin on
    /// loopback; the host's environment is `secrets` and nothing else.
    pub fn start(
        host: Host,
        tools: &HostTools,
        policy: &str,
        origin: SocketAddr,
        secrets: &BTreeMap<String, String>,
        folder: TempDir,
    ) -> Result<Self> {
        Self::start_with_keys(host, tools, policy, origin, secrets, folder, None)
    }

    /// The same, with `keys` where the policy fetches keys.
    pub fn start_with_keys(
        host: Host,
        tools: &HostTools,
        policy: &str,
        origin: SocketAddr,
        secrets: &BTreeMap<String, String>,
        folder: TempDir,
        keys: Option<&KeyServer>,
    ) -> Result<Self> {
        let (policy, clusters) = policy_with_keys(policy, keys)?;
        let policy = policy.as_str();
        let listen = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
        let upstream = &Upstream::loopback(origin.port());
        let environment = &document::environment_names(policy)?;
        match (host, tools) {
            (
                Host::Envoy(manager) | Host::Module(manager),
                HostTools::Envoy(EnvoyTools { binary, filter, shipped }),
            ) => {
                let with_keys = keys.map(|keys| keys.clusters(shipped, &clusters)).transpose()?;
                let shipped = with_keys.as_ref().unwrap_or(shipped);
                let policy = Policy::Inline(policy);
                let settings = envoy_config::Settings {
                    listen,
                    upstream,
                    filter,
                    environment,
                    policy,
                    manager,
                };
                let envoy = Envoy::start(binary, shipped, &settings, secrets, folder)?;
                Ok(Self::Envoy(Box::new(envoy)))
            }
            (Host::Worker, HostTools::Worker(WorkerTools { binary, worker })) => {
                let settings = workerd::Settings {
                    listen,
                    upstream,
                    worker,
                    policy,
                    environment,
                    authority: keys.map(|keys| keys.ca_pem.as_str()),
                    test: true,
                };
                Ok(Self::Worker(Box::new(Workerd::start(binary, &settings, secrets, folder)?)))
            }
            (host, _) => bail!("the tools are not those of {}", host.describe()),
        }
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Envoy(envoy) => envoy.address(),
            Self::Worker(workerd) => workerd.address(),
        }
    }

    /// The host's log, which holds the audit lines.
    pub fn log(&self) -> &Path {
        match self {
            Self::Envoy(envoy) => envoy.log(),
            Self::Worker(workerd) => workerd.log(),
        }
    }

    /// The host's process id, for looking at its memory.
    pub fn id(&self) -> u32 {
        match self {
            Self::Envoy(envoy) => envoy.id(),
            Self::Worker(workerd) => workerd.id(),
        }
    }

    /// Fails if the host has ended, with the end of its log.
    pub fn check(&mut self) -> Result<()> {
        match self {
            Self::Envoy(envoy) => envoy.check(),
            Self::Worker(workerd) => workerd.check(),
        }
    }

    /// The address that a request came from, as the host knows it.
    pub fn source<'e>(&self, event: &'e AuditLine) -> Option<&'e str> {
        event.text(match self {
            Self::Envoy(_) => "network.peer.address",
            // The platform tells a Worker the client, not the peer.
            Self::Worker(_) => "client.address",
        })
    }
}

/// The policy as the gate gets it, and the clusters that it fetches keys by.
pub(crate) fn policy_with_keys(
    policy: &str,
    keys: Option<&KeyServer>,
) -> Result<(String, BTreeSet<String>)> {
    match keys {
        Some(keys) => keys.put_into(policy),
        None => Ok((policy.to_owned(), BTreeSet::new())),
    }
}
