//! A running workerd with a socket for each arm.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wicketgate_runtime::command::tail;
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::worker_build::MAIN;
use wicketgate_testkit::threads;

use super::arms::Arm;
use super::config::{self, Code};
use crate::rounds::Server;

/// workerd, listening.
pub(super) struct Runtime {
    process: Process,
    sockets: BTreeMap<String, SocketAddr>,
    _folder: TempDir,
}

impl Runtime {
    /// Starts `binary` with the gate's modules in `gate` and the others' in `peers`, where the
    /// calling thread runs, and waits until it listens for all arms.
    pub(super) fn start(
        binary: &Path,
        arms: &[Arm],
        gate: &Path,
        peers: &Path,
        secrets: &BTreeMap<String, String>,
        folder: TempDir,
    ) -> Result<Self> {
        let file = |name: &str| folder.path().join(name);
        for (from, to) in [(gate, config::GATE), (peers, config::PEERS)] {
            let to = file(to);
            std::fs::create_dir_all(&to).with_context(|| to.display().to_string())?;
            files::copy(&files::sources(from)?, &to)?;
        }
        for arm in arms {
            if let Code::Gate(policy) = &arm.setup.code {
                files::write(&file(&config::policy_file(&arm.name)), policy)?;
            }
        }
        let modules = files::sources(gate)?;
        let names = modules.keys().map(|name| name.to_string_lossy().into_owned());
        let mut modules = vec![MAIN.to_owned()];
        modules.extend(names.filter(|name| name != MAIN));
        let (configuration, log) = (file("config.capnp"), file("workerd.log"));
        files::write(&configuration, config::render(arms, &modules))?;
        let mut command = Command::new(binary);
        // It says on standard output where it listens, and logs there.
        command.args(["serve", "--control-fd=1"]).arg(&configuration);
        command.current_dir(folder.path()).env_clear().envs(secrets);
        let mut process = Process::start(&mut command, &log)?;
        let sockets = wait_until("workerd's listeners", START, || {
            if let Some(status) = process.ended()? {
                bail!("workerd ended ({status}):\n{}", tail(&process.output(), 12));
            }
            let found: BTreeMap<_, _> = process.output().lines().filter_map(listening).collect();
            Ok((found.len() == arms.len()).then_some(found))
        })?;
        Ok(Self { process, sockets, _folder: folder })
    }
}

impl Server for Runtime {
    fn address(&self, arm: &str) -> Result<SocketAddr> {
        self.sockets.get(arm).copied().with_context(|| format!("no socket `{arm}`"))
    }

    fn cpu_time_at_rest(&self) -> Result<Duration> {
        threads::cpu_time_of_all_at_rest(self.process.id())
    }
}

/// Reads `{"event":"listen","socket":"gate","port":40123}`.
fn listening(line: &str) -> Option<(String, SocketAddr)> {
    let event: Value = serde_json::from_str(line).ok()?;
    let port = (event["event"] == "listen").then(|| event["port"].as_u64())??.try_into().ok()?;
    let socket = event["socket"].as_str()?.to_owned();
    Some((socket, SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)))
}

const START: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_where_an_arm_listens() {
        let line = r#"{"event":"listen","socket":"gate","port":40123}"#;
        let (socket, address) = listening(line).unwrap();
        assert_eq!((socket.as_str(), address.port()), ("gate", 40123));
        assert_eq!(listening(r#"{"event":"other","socket":"gate","port":1}"#), None);
        assert_eq!(listening("kj/async-io.c++: warning"), None);
    }
}
