//! A running Envoy.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::audit;
use crate::command::tail;
use crate::envoy_config::{self, Policy, Settings};
use crate::files::{self, TempDir};
use crate::http::{Client, Request, Response};
use crate::log_reader::LogReader;
use crate::process::Process;
use crate::wait::wait_until;

/// Envoy with the filter, listening.
#[derive(Debug)]
pub struct Envoy {
    process: Process,
    admin: SocketAddr,
    address: SocketAddr,
    log: PathBuf,
    folder: TempDir,
}

impl Envoy {
    /// Starts `binary` with the shipped configuration and `settings`, its environment being
    /// `secrets` and nothing else, its files in `folder`. Returns when it listens.
    pub fn start(
        binary: &Path,
        shipped: &str,
        settings: &Settings<'_>,
        secrets: &BTreeMap<String, String>,
        folder: TempDir,
    ) -> Result<Self> {
        let file = |name: &str| folder.path().join(name);
        let (config, log, admin) = (file("envoy.json"), file("envoy.log"), file("admin.txt"));
        let rendered = envoy_config::render(shipped, settings)?;
        files::write(&config, rendered.to_string())?;
        let access_log =
            std::fs::File::create(file("access.log")).context("cannot write Envoy's access log")?;
        let error_log = std::fs::File::create(&log).context("cannot write Envoy's log")?;
        let mut command = Command::new(binary);
        command
            .args(["--disable-hot-restart", "--concurrency", "1", "-l", "warning"])
            // Audit lines of allowed requests have the level INFO.
            .args(["--component-log-level", "wasm:info,dynamic_modules:info"])
            // People wait for what the access log tells of.
            .args(["--file-flush-interval-msec", "500"])
            .arg("--admin-address-path")
            .args([&admin, Path::new("-c"), &config])
            .env_clear()
            .envs(secrets)
            .stdout(Stdio::from(access_log))
            .stderr(Stdio::from(error_log));
        let mut process = Process::start_with_outputs(&mut command, &log)?;
        let admin = wait_until("Envoy's admin address", START, || {
            running(&mut process)?;
            Ok(files::read_lossy(&admin).trim().parse().ok())
        })?;
        let mut envoy = Self { process, admin, address: settings.listen, log, folder };
        envoy.address = wait_until("Envoy's listener", START, || {
            running(&mut envoy.process)?;
            envoy.listening()
        })?;
        Ok(envoy)
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of its admin interface.
    pub fn admin_address(&self) -> SocketAddr {
        self.admin
    }

    /// Its log, which holds the audit lines.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Its access log, one JSON object a line. Envoy writes it twice a second and when it
    /// ends.
    pub fn access_log(&self) -> PathBuf {
        self.folder.path().join("access.log")
    }

    /// Its process id, for looking at its memory.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Fails if it has ended, with the end of its log.
    pub fn check(&mut self) -> Result<()> {
        running(&mut self.process)
    }

    /// A page of the admin interface.
    pub fn admin(&self, path: &str) -> Result<Response> {
        Client::new(self.admin).ask(&Request::new("GET", path)?)
    }

    /// The whole configuration as Envoy tells it.
    pub fn config_dump(&self) -> Result<String> {
        self.page("/config_dump?include_eds")
    }

    /// The counters and gauges whose names match the expression `filter`.
    pub fn stats(&self, filter: &str) -> Result<BTreeMap<String, u64>> {
        let text = self.page(&format!("/stats?filter={filter}"))?;
        let parse = |line: &str| {
            let (name, value) = line.rsplit_once(": ")?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        Ok(text.lines().filter_map(parse).collect())
    }

    /// Ends it and returns all it logged.
    pub fn stop(mut self) -> String {
        self.process.stop();
        self.process.output()
    }

    fn page(&self, path: &str) -> Result<String> {
        let response = self.admin(path)?;
        if response.status != 200 {
            bail!("Envoy's admin interface answers {} at `{path}`", response.status);
        }
        Ok(response.text())
    }

    fn listening(&self) -> Result<Option<SocketAddr>> {
        // An Envoy that is about to give up closes its admin port in the midst of an answer: not
        // listening yet, and the next look finds that it has ended, and why.
        let Ok(ready) = self.admin("/ready") else { return Ok(None) };
        if ready.status != 200 {
            return Ok(None);
        }
        // A listener that was refused leaves `/ready` at 200: look for the listener itself, in
        // lines like `ingress::127.0.0.1:10000`.
        let Ok(listeners) = self.page("/listeners") else { return Ok(None) };
        let Some((_, address)) = listeners.lines().next().and_then(|line| line.split_once("::"))
        else {
            return Ok(None);
        };
        let address: SocketAddr = address.parse().context("the address of a listener")?;
        Ok(std::net::TcpStream::connect(address).is_ok().then_some(address))
    }
}

/// The gate's reaction to a policy in the watched file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// It is in force.
    Live,
    /// It was refused for these reasons, and the one before is still in force.
    Refused(Vec<String>),
}

impl Envoy {
    /// Puts `policy` into the file that [`Policy::Watched`] names and waits until Envoy has
    /// taken or refused it.
    pub fn update(
        &mut self,
        shipped: &str,
        settings: &Settings<'_>,
        policy: &str,
    ) -> Result<Update> {
        let Policy::Watched(path) = settings.policy else {
            bail!("the policy stands in Envoy's configuration and can't be replaced")
        };
        let mut log = LogReader::at_end(&self.log)?;
        let before = self.taken_and_refused()?;
        files::replace(path, envoy_config::extension(shipped, settings, policy)?.to_string())?;
        let refused = wait_until("Envoy's answer to the new policy", START, || {
            running(&mut self.process)?;
            let now = self.taken_and_refused()?;
            Ok((now != before).then_some(now.1 > before.1))
        })?;
        Ok(if refused { Update::Refused(complaints(&log.lines()?)) } else { Update::Live })
    }

    /// The gate's reaction to the first policy in the watched file.
    pub fn first(&mut self) -> Result<Update> {
        let refused = wait_until("Envoy's answer to the policy", START, || {
            running(&mut self.process)?;
            let now = self.taken_and_refused()?;
            Ok((now != (0, 0)).then_some(now.1 > 0))
        })?;
        let mut log = LogReader::at_start(&self.log);
        Ok(if refused { Update::Refused(complaints(&log.lines()?)) } else { Update::Live })
    }

    fn taken_and_refused(&self) -> Result<(u64, u64)> {
        let stats = self.stats("extension_config_discovery")?;
        let sum = |suffixes: &[&str]| {
            let wanted = |name: &str| suffixes.iter().any(|suffix| name.ends_with(suffix));
            stats.iter().filter(|(name, _)| wanted(name)).map(|(_, value)| value).sum()
        };
        Ok((sum(&[".config_reload"]), sum(&[".config_fail", ".update_rejected"])))
    }
}

fn running(process: &mut Process) -> Result<()> {
    let Some(status) = process.ended()? else { return Ok(()) };
    let log = process.output();
    // Warnings about absent secrets are no reason for an end; refusing a policy is one.
    let grave = |line: &&str| line.contains("[error]") || line.contains("[critical]");
    let said = complaints(&log.lines().filter(grave).map(str::to_owned).collect::<Vec<_>>());
    if said.is_empty() {
        bail!("Envoy ended ({status}); the end of its log:\n{}", tail(&log, 12))
    }
    bail!("the gate refused its policy:\n  {}", said.join("\n  "))
}

/// The gate's own messages in Envoy's log, without audit lines.
fn complaints(lines: &[String]) -> Vec<String> {
    let mut said = Vec::new();
    for remark in lines.iter().filter_map(|line| audit::remark(line)) {
        // Each of Envoy's threads has a gate of its own, and each says the same.
        if !said.contains(&remark) {
            said.push(remark);
        }
    }
    said
}

/// The time limit for Envoy's start, during which it compiles the filter.
const START: Duration = Duration::from_secs(30);
