//! `wicketgate up` with a real host, asked as from any address.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::http::{Answer, Client, latin1};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::tools;
use wicketgate_runtime::vectors::Vector;
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::worker_build;
use wicketgate_testkit::ports;

use crate::cases::trace;
use crate::{common, envoy, origin};

/// A host, and what running it takes.
pub(crate) enum Host {
    /// Envoy and the filter, behind a balancer that names the client in a PROXY line.
    Envoy { program: PathBuf, filter: PathBuf },
    /// workerd with the Worker of this checkout. Its platform names the client in a header.
    Worker,
}

impl Host {
    /// Envoy, installed, and the filter, built.
    pub(crate) fn envoy() -> Self {
        let program = tools::envoy(&Cache::open().unwrap()).unwrap();
        Self::Envoy { program, filter: envoy::filter() }
    }

    /// The Worker, built, so that the command finds it so.
    pub(crate) fn worker() -> Self {
        wicketgate_runtime::progress::show();
        let target = common::root().join("target");
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or(target, |directory| common::root().join(directory));
        worker_build::build(&Cache::open().unwrap(), &common::root(), &target).unwrap();
        Self::Worker
    }
}

/// The command with a real host, ready.
pub(crate) struct Gate {
    process: Process,
    address: SocketAddr,
    proxy_line: bool,
    _folder: TempDir,
}

impl Gate {
    /// Starts it with the policy and the environment of the cases, which are the same for all.
    pub(crate) fn start(host: &Host, cases: &[Vector]) -> Self {
        let [first, ..] = cases else { panic!("no cases") };
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.json");
        fs::write(&policy, &first.policy).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], ports::free().unwrap()));
        let (out, err) = (folder.path().join("out"), folder.path().join("err"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_wicketgate"));
        command.arg("up").arg("--policy").arg(&policy).arg("--json");
        command.args(["--upstream", &origin::start().to_string()]);
        command.args(["--listen", &address.to_string()]);
        match host {
            Host::Envoy { program, filter } => {
                command.current_dir(&folder).env_clear();
                command.env("WICKETGATE_CACHE", folder.path().join("cache"));
                command.arg("--proxy-protocol");
                command.arg("--envoy").arg(program).arg("--wasm").arg(filter);
            }
            // It builds the Worker, with the tools and the cache of whoever runs the tests.
            Host::Worker => _ = command.current_dir(common::root()).args(["--host", "worker"]),
        }
        command.envs(first.env.iter().map(|(name, value)| (name, value)));
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        let mut process = Process::start_with_outputs(&mut command, &out).unwrap();
        wait_until("the ready line", Duration::from_secs(60), || {
            let said = || fs::read_to_string(&err).unwrap_or_default();
            assert_eq!(process.ended().unwrap(), None, "{}{}", process.output(), said());
            Ok((!process.output().is_empty()).then_some(()))
        })
        .unwrap();
        let proxy_line = matches!(host, Host::Envoy { .. });
        Self { process, address, proxy_line, _folder: folder }
    }

    /// Sends a request, as from the peer that its case names.
    pub(crate) fn ask(&mut self, index: usize, case: &Vector) -> Answer {
        let request = &case.request;
        let peer = request.peer.as_deref().unwrap();
        let mut text = String::new();
        if self.proxy_line {
            let (family, here) =
                if peer.contains(':') { ("TCP6", "2001:db8::1") } else { ("TCP4", "10.0.0.1") };
            text += &format!("PROXY {family} {peer} {here} 1234 443\r\n");
        }
        let target = request.target.as_ref().unwrap();
        text += &format!("{} {target} HTTP/1.1\r\n", request.method);
        text += &format!("host: {}\r\n", request.authority.as_ref().unwrap());
        text += &format!("traceparent: 00-{}-00000000000000a1-01\r\n", trace(index));
        if !self.proxy_line {
            text += &format!("cf-connecting-ip: {peer}\r\n");
        }
        for (name, value) in &request.headers {
            text += &format!("{name}: {value}\r\n");
        }
        if ["POST", "PUT", "PATCH"].contains(&request.method.as_str()) {
            text += "content-length: 0\r\n";
        }
        text += "connection: close\r\n\r\n";
        let bytes = latin1::encode(&text).unwrap();
        Client::new(self.address).send_bytes(&bytes, request.method == "HEAD").unwrap()
    }

    /// The audit lines of decisions so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        let output = self.process.output();
        let is_decision = |line: &&str| line.contains("wicketgate.decision");
        output.lines().filter(is_decision).map(str::to_owned).collect()
    }

    /// Ends the command as Ctrl-C does, and with it the host.
    pub(crate) fn end(mut self) {
        self.process.interrupt();
        let process = &mut self.process;
        let status = wait_until("its end", Duration::from_secs(15), || process.ended()).unwrap();
        assert!(status.success(), "{status}");
    }
}
