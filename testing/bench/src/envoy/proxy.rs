//! A running Envoy with a listener for each arm.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wicketgate_runtime::command::tail;
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_runtime::http::{Client, Request};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::threads::Thread;

use crate::rounds::Server;

/// Envoy, listening.
pub(super) struct Proxy {
    process: Process,
    listeners: BTreeMap<String, SocketAddr>,
    /// The time until every listener was there.
    pub(super) start: Duration,
    _folder: TempDir,
}

impl Proxy {
    /// Starts `binary` and waits until it listens for all of `names`.
    pub(super) fn start(
        binary: &Path,
        config: &Value,
        secrets: &BTreeMap<String, String>,
        workers: usize,
        names: &[&str],
        folder: TempDir,
    ) -> Result<Self> {
        let file = |name: &str| folder.path().join(name);
        let (path, log, admin) = (file("envoy.json"), file("envoy.log"), file("admin.txt"));
        files::write(&path, config.to_string())?;
        let output = File::create(&log).context("cannot write Envoy's log")?;
        let mut command = Command::new(binary);
        command
            .args(["--disable-hot-restart", "-l", "warning"])
            .args(["--component-log-level", "wasm:info", "--concurrency", &workers.to_string()])
            .arg("--admin-address-path")
            .args([&admin, Path::new("-c"), &path])
            .env_clear()
            .envs(secrets)
            .stdout(Stdio::from(output.try_clone().context("cannot duplicate a file")?))
            .stderr(Stdio::from(output));
        let begin = Instant::now();
        let mut process = Process::start_with_outputs(&mut command, &log)?;
        let listeners = wait_until("Envoy's listeners", START, || {
            if let Some(status) = process.ended()? {
                bail!("Envoy ended ({status}):\n{}", tail(&shortened(&process.output()), 12));
            }
            let Ok(admin) = files::read_lossy(&admin).trim().parse() else { return Ok(None) };
            let found = listeners(admin);
            Ok(found.filter(|found| names.iter().all(|name| found.contains_key(*name))))
        })?;
        Ok(Self { process, listeners, start: begin.elapsed(), _folder: folder })
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The one thread that serves requests.
    pub(super) fn worker(&self) -> Result<Thread> {
        Thread::named(self.id(), "wrk:worker_0")
    }
}

impl Server for Proxy {
    fn address(&self, arm: &str) -> Result<SocketAddr> {
        self.listeners.get(arm).copied().with_context(|| format!("no listener `{arm}`"))
    }

    fn cpu_time_at_rest(&self) -> Result<Duration> {
        self.worker()?.cpu_time_at_rest()
    }
}

/// Of lines like `name::127.0.0.1:10000`, once Envoy is ready.
fn listeners(admin: SocketAddr) -> Option<BTreeMap<String, SocketAddr>> {
    let client = Client::new(admin);
    let page = |path| client.ask(&Request::new("GET", path).ok()?).ok();
    if page("/ready")?.status != 200 {
        return None;
    }
    let text = page("/listeners")?.text();
    let parse = |line: &str| {
        let (name, address) = line.split_once("::")?;
        Some((name.to_owned(), address.parse().ok()?))
    };
    text.lines().map(parse).collect()
}

/// A policy may be long, and Envoy shows what it refuses.
fn shortened(log: &str) -> String {
    log.lines().map(|line| line.chars().take(500).collect::<String>() + "\n").collect()
}

/// It compiles the gate once for each arm and worker, and reads policies of many megabytes.
const START: Duration = Duration::from_secs(300);
