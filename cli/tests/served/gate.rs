//! `wicketgate up` with real Envoy before an application.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::process::Process;
use wicketgate_runtime::tools;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::ports;

use crate::envoy;
use crate::policy::TOKEN;
use crate::targets::Target;

/// The command, ready.
pub(crate) struct Gate {
    process: Process,
    address: SocketAddr,
    _folder: TempDir,
}

impl Gate {
    pub(crate) fn start(policy: &Value, app: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("policy.json"), policy.to_string()).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], ports::free().unwrap()));
        let (out, err) = (folder.path().join("out"), folder.path().join("err"));
        let program = tools::envoy(&Cache::open().unwrap()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wicketgate"));
        command.arg("up").current_dir(&folder).env_clear();
        command.env("WICKETGATE_CACHE", folder.path().join("cache"));
        command.env("WICKETGATE_ENVIRONMENT", "production").env("INTERNAL_TOKEN", TOKEN);
        command.args(["--policy", "policy.json", "--json", "--upstream", &app.to_string()]);
        command.args(["--listen", &address.to_string()]);
        command.arg("--envoy").arg(program).arg("--wasm").arg(envoy::filter());
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        let mut process = Process::start_with_outputs(&mut command, &out).unwrap();
        wait_until("the ready line", Duration::from_secs(60), || {
            let said = || fs::read_to_string(&err).unwrap_or_default();
            assert_eq!(process.ended().unwrap(), None, "{}{}", process.output(), said());
            Ok((!process.output().is_empty()).then_some(()))
        })
        .unwrap();
        Self { process, address, _folder: folder }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends the command as Ctrl-C does, and Envoy with it.
    pub(crate) fn end(mut self) {
        self.process.interrupt();
        let process = &mut self.process;
        let status = wait_until("its end", Duration::from_secs(15), || process.ended()).unwrap();
        assert!(status.success(), "{status}");
    }
}

/// Returns `true` if Envoy, hardened, refuses the target before the gate is asked: an encoded slash
/// or NUL in its path, and signs that no URL has.
pub(crate) fn envoy_refuses(target: &Target) -> bool {
    let path = target.text.split('?').next().unwrap_or_default().to_ascii_lowercase();
    let encoded = ["%2f", "%5c", "%00"].iter().any(|sign| path.contains(sign));
    encoded || !target.text.is_ascii() || target.text.contains('#')
}

/// Returns `true` if Envoy, hardened, makes slashes of the target's backslashes before the gate is
/// asked.
pub(crate) fn envoy_rewrites(target: &Target) -> bool {
    target.text.split('?').next().unwrap_or_default().contains('\\')
}
