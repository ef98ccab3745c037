//! A running workerd, the runtime of Cloudflare's Workers, with the built Worker.

mod check;
mod config;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;

pub use check::faults;
pub use config::{COMPATIBILITY_DATE, Settings};

use crate::command::tail;
use crate::files::{self, TempDir};
use crate::process::Process;
use crate::wait::wait_until;

/// workerd with the Worker, listening.
#[derive(Debug)]
pub struct Workerd {
    process: Process,
    address: SocketAddr,
    log: PathBuf,
    _folder: TempDir,
}

impl Workerd {
    /// Starts `binary` with `settings`, its environment being `secrets` and nothing else, its
    /// files in `folder`. Returns when it listens.
    pub fn start(
        binary: &Path,
        settings: &Settings<'_>,
        secrets: &BTreeMap<String, String>,
        folder: TempDir,
    ) -> Result<Self> {
        let file = |name: &str| folder.path().join(name);
        let (configuration, log) = (file("config.capnp"), file("workerd.log"));
        let modules = files::sources(settings.worker)?;
        files::copy(&modules, folder.path())?;
        let names = modules.keys().map(|name| name.to_string_lossy().into_owned());
        let names: BTreeSet<String> = names.collect();
        files::write(&file(config::EDGE), include_str!("edge.mjs"))?;
        files::write(&file(config::POLICY), settings.policy)?;
        files::write(&file(config::AUTHORITY), settings.authority.unwrap_or_default())?;
        files::write(&configuration, config::render(settings, &names)?)?;
        let mut command = Command::new(binary);
        // It says on standard output where it listens, and logs there.
        command.args(["serve", "--control-fd=1"]).arg(&configuration);
        command.current_dir(folder.path()).env_clear().envs(secrets);
        let mut process = Process::start(&mut command, &log)?;
        let port = wait_until("workerd's listener", START, || {
            running(&mut process)?;
            Ok(process.output().lines().find_map(listening))
        })?;
        let address = SocketAddr::new(settings.listen.ip(), port);
        Ok(Self { process, address, log, _folder: folder })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its log, which holds the audit lines.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Fails if it has ended, with the end of its log.
    pub fn check(&mut self) -> Result<()> {
        running(&mut self.process)
    }

    /// Ends it; its log stays to be read.
    pub fn stop(&mut self) {
        self.process.stop();
    }

    /// Its process id, for looking at its memory.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

fn running(process: &mut Process) -> Result<()> {
    let Some(status) = process.ended()? else { return Ok(()) };
    bail!("workerd ended ({status}); the end of its log:\n{}", tail(&process.output(), 12))
}

/// Reads `{"event":"listen","socket":"http","port":40123}`.
fn listening(line: &str) -> Option<u16> {
    let event: Value = serde_json::from_str(line).ok()?;
    (event["event"] == "listen").then(|| event["port"].as_u64())??.try_into().ok()
}

/// Names the client in place of the connection's own address, where
/// [`Settings::test`] allows it.
pub const CLIENT_HEADER: &str = "wicketgate-test-client";

/// As the client of [`CLIENT_HEADER`]: what the platform writes is what the request came with.
pub const AS_SENT: &str = "as-sent";

/// Shows a certificate, where [`Settings::test`] allows it: the JSON that the platform describes
/// one with, `request.cf.tlsClientAuth`.
pub const CERTIFICATE_HEADER: &str = "wicketgate-test-certificate";

/// Stops the clock at these milliseconds since 1970, where [`Settings::test`] allows it, until
/// another request sets it again.
pub const NOW_HEADER: &str = "wicketgate-test-now";

/// Makes the module trap in the middle of the request, where [`Settings::test`] allows it.
pub const TRAP_HEADER: &str = "wicketgate-test-trap";

/// The time limit for workerd's start.
const START: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_where_it_listens() {
        let line = r#"{"event":"listen","socket":"http","port":40123}"#;
        assert_eq!(listening(line), Some(40123));
        assert_eq!(listening(r#"{"event":"other","port":1}"#), None);
        assert_eq!(listening("kj/async-io.c++: warning"), None);
    }
}
