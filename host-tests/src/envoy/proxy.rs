//! An Envoy process with a configuration of the test's own.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_runtime::http::{Client, Request, Response};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::tools;
use wicketgate_runtime::wait::wait_until;

/// A running Envoy. Dropping it ends it.
#[derive(Debug)]
pub struct Proxy {
    process: Process,
    admin: SocketAddr,
    address: SocketAddr,
    folder: TempDir,
}

/// The remains of an Envoy that has ended.
#[derive(Debug)]
pub struct Remains {
    /// All that it logged.
    pub log: String,
    /// Its access log.
    pub access_log: String,
}

impl Proxy {
    /// Starts Envoy with `config` and returns when it listens. Its files are in `folder`, its
    /// environment is `environment` and nothing else, `levels` are its options for logging, and it
    /// has so many `workers`.
    pub fn start(
        config: &Value,
        environment: &BTreeMap<String, String>,
        levels: &[&str],
        workers: usize,
        folder: TempDir,
    ) -> Result<Self> {
        let mut process = spawn(config, environment, levels, workers, folder.path())?;
        let admin = folder.path().join(ADMIN);
        let admin = wait_until("Envoy's admin address", START, || {
            running(&mut process)?;
            Ok(files::read_lossy(&admin).trim().parse().ok())
        })?;
        let address = wait_until("Envoy's listener", START, || {
            running(&mut process)?;
            // Envoy may end at any moment, which then is what there is to say.
            let Ok(page) = Client::new(admin).ask(&Request::new("GET", "/listeners")?) else {
                return Ok(None);
            };
            let page = page.text();
            let address = page.lines().next().and_then(|line| line.split_once("::"));
            let address = address.and_then(|(_, address)| address.parse().ok());
            Ok(address.filter(|address| std::net::TcpStream::connect(address).is_ok()))
        })?;
        Ok(Self { process, admin, address, folder })
    }

    /// Starts Envoy with a `config` that it must refuse, and returns what it logged when it has
    /// ended by itself.
    pub fn refused(config: &Value, environment: &BTreeMap<String, String>) -> Result<String> {
        let folder = Cache::open()?.run_folder()?;
        let mut process = spawn(config, environment, &AS_SHIPPED, 1, folder.path())?;
        let status = wait_until("Envoy's refusal", START, || process.ended())?;
        if status.success() {
            bail!("Envoy ended as if all were well:\n{}", process.output());
        }
        Ok(process.output())
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A page of the admin interface.
    pub fn admin(&self, method: &str, path: &str) -> Result<Response> {
        let response = Client::new(self.admin).ask(&Request::new(method, path)?)?;
        if response.status != 200 {
            bail!("Envoy's admin interface answers {} at `{path}`", response.status);
        }
        Ok(response)
    }

    /// The text of a page of the admin interface.
    pub fn page(&self, path: &str) -> Result<String> {
        Ok(self.admin("GET", path)?.text())
    }

    /// The sum of the counters whose names end in `suffix`.
    pub fn count(&self, suffix: &str) -> Result<u64> {
        let stats = self.page("/stats")?;
        let counters = stats.lines().filter_map(|line| line.rsplit_once(": "));
        let wanted = counters.filter(|(name, _)| name.ends_with(suffix));
        Ok(wanted.filter_map(|(_, value)| value.parse::<u64>().ok()).sum())
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The file with its log, audit lines included.
    pub fn log(&self) -> PathBuf {
        self.process.output_path().to_owned()
    }

    /// Fails if it has ended.
    pub fn check(&mut self) -> Result<()> {
        running(&mut self.process)
    }

    /// Ends it, which writes the rest of its access log.
    pub fn stop(mut self) -> Remains {
        self.process.stop();
        let access_log = files::read_lossy(&self.folder.path().join(ACCESS_LOG));
        Remains { log: self.process.output(), access_log }
    }
}

/// The log levels with which the gate is shipped: allowed requests have the level INFO.
pub(super) const AS_SHIPPED: [&str; 4] =
    ["-l", "warning", "--component-log-level", "wasm:info,dynamic_modules:info"];

fn spawn(
    config: &Value,
    environment: &BTreeMap<String, String>,
    levels: &[&str],
    workers: usize,
    folder: &Path,
) -> Result<Process> {
    let (file, log) = (folder.join("envoy.json"), folder.join("envoy.log"));
    files::write(&file, config.to_string())?;
    let access_log = File::create(folder.join(ACCESS_LOG)).context("cannot write a log")?;
    let error_log = File::create(&log).context("cannot write a log")?;
    let mut command = Command::new(tools::envoy(&Cache::open()?)?);
    command
        .args(["--disable-hot-restart", "--concurrency", &workers.to_string()])
        .arg("--admin-address-path")
        .args([&folder.join(ADMIN), Path::new("-c"), &file])
        .args(levels)
        .env_clear()
        .envs(environment)
        .stdout(Stdio::from(access_log))
        .stderr(Stdio::from(error_log));
    Process::start_with_outputs(&mut command, &log)
}

fn running(process: &mut Process) -> Result<()> {
    match process.ended()? {
        None => Ok(()),
        Some(status) => bail!("Envoy ended ({status}):\n{}", process.output()),
    }
}

const ACCESS_LOG: &str = "access.log";
const ADMIN: &str = "admin.txt";
/// The time limit for Envoy's start, during which it compiles the filter.
const START: Duration = Duration::from_secs(60);
