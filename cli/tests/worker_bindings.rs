//! The Worker on real workerd with what wrangler can bind and `wicketgate up` does not: a secret of
//! the Secrets Store, and a policy that is built into the Worker.

mod common;

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use common::{root, run};
use tempfile::TempDir;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::http::{Client, Request};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::worker_build::{self, MAIN};
use wicketgate_runtime::workerd::COMPATIBILITY_DATE;
use wicketgate_runtime::{progress, tools};
use wicketgate_testkit::{ports, secret};

const POLICY: &str = "examples/signal-jobs/policy.json";

/// A running workerd.
struct Worker {
    process: Process,
    address: SocketAddr,
    folder: TempDir,
}

impl Worker {
    /// Starts it with these bindings, and this module in place of the empty `policy.mjs`.
    fn start(bindings: &str, policy_module: Option<&str>) -> Self {
        progress::show();
        let cache = Cache::open().unwrap();
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let built = worker_build::build(&cache, &root(), &root().join(target)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut modules = vec![MAIN.to_owned()];
        for entry in fs::read_dir(&built).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            fs::copy(built.join(&name), folder.path().join(&name)).unwrap();
            if name != MAIN {
                modules.push(name);
            }
        }
        if let Some(module) = policy_module {
            fs::write(folder.path().join("policy.mjs"), module).unwrap();
        }
        let module = |name: &String| {
            let kind = if name.ends_with(".wasm") { "wasm" } else { "esModule" };
            format!("( name = \"{name}\", {kind} = embed \"{name}\" ),")
        };
        let modules: String = modules.iter().map(module).collect();
        let address = SocketAddr::from(([127, 0, 0, 1], ports::free().unwrap()));
        let config = format!(
            r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ( name = "gate", worker = .gate ) ],
  sockets = [ ( name = "http", address = "{address}", http = (), service = "gate" ) ],
);
const gate :Workerd.Worker = (
  compatibilityDate = "{COMPATIBILITY_DATE}",
  modules = [ {modules} ],
  bindings = [ {bindings} ],
);
"#
        );
        fs::write(folder.path().join("config.capnp"), config).unwrap();
        let mut command = Command::new(tools::workerd(&cache).unwrap());
        command.args(["serve", "config.capnp"]).current_dir(&folder).env_clear();
        let mut process = Process::start(&mut command, &folder.path().join("log")).unwrap();
        wait_until("workerd", Duration::from_secs(30), || {
            assert_eq!(process.ended().unwrap(), None, "{}", process.output());
            Ok(std::net::TcpStream::connect(address).ok())
        })
        .unwrap();
        Self { process, address, folder }
    }

    fn status(&self, method: &str, target: &str) -> u16 {
        Client::new(self.address).ask(&Request::new(method, target).unwrap()).unwrap().status
    }

    /// Waits until this is in the log.
    fn says(&self, text: &str) {
        wait_until(text, Duration::from_secs(10), || {
            Ok(self.process.output().contains(text).then_some(()))
        })
        .unwrap_or_else(|error| panic!("{error}: {}", self.process.output()));
    }
}

/// The bindings of the example's variables, but for this one.
fn secrets(but: &str) -> String {
    let names = [
        "INTERNAL_JOB_TOKEN",
        "INTERNAL_JOB_TOKEN_NEXT",
        "INTERNAL_JOB_TOKEN_OLD",
        "INTERNAL_JOB_TOKEN_LEAKED",
        "DOCS_TOKEN",
    ];
    let kept = names.iter().filter(|name| **name != but);
    let binding =
        |name: &&str| format!("( name = \"{name}\", text = \"{}\" ),", secret::make().unwrap());
    kept.map(binding).collect::<String>()
        + "( name = \"WICKETGATE_ENVIRONMENT\", text = \"production\" ),"
}

#[test]
#[ignore = "needs workerd and the built Worker: cargo xtask test --only cli"]
fn a_secret_of_the_secrets_store_is_named() {
    let policy = r#"{"version":1,"name":"jobs","environment":"production","callers":{"cron":{"token":{"header":"x-internal-token","keys":[{"id":"a","env":"INTERNAL_JOB_TOKEN"}]}}},"rules":[{"id":"all","paths":["/*"],"allow":[{"caller":"cron"}]}],"unmatched":"pass","forward":{"credential":"remove"}}"#;
    let policy = format!("( name = \"POLICY\", text = {policy:?} ),");
    let object = "( name = \"INTERNAL_JOB_TOKEN\", json = \"{}\" ),";
    let worker = Worker::start(&(policy + &secrets("INTERNAL_JOB_TOKEN") + object), None);
    // Without the secret there is no policy, and no way past the gate.
    assert_eq!(worker.status("GET", "/"), 503);
    worker
        .says("`INTERNAL_JOB_TOKEN` is bound to an object, such as a secret of the Secrets Store");
    worker.says("npx wrangler secret put INTERNAL_JOB_TOKEN");
    worker.says("found no `INTERNAL_JOB_TOKEN` on the host");
    drop(worker.folder);
}

#[test]
#[ignore = "needs workerd and the built Worker: cargo xtask test --only cli"]
fn a_policy_that_is_built_in_takes_effect() {
    let ran = run(&["render", "policy-module", POLICY], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let worker = Worker::start(&secrets(""), Some(&ran.out));
    // The example's own answer to a request without its token.
    assert_eq!(worker.status("POST", "/internal/run_scan"), 422);
    worker.says("\"wicketgate.decision\":\"deny\"");
    // `POLICY` takes precedence.
    let other = r#"{"version":1,"name":"other","environment":"production","rules":[{"id":"all","paths":["/*"],"allow":[],"deny":{"status":418}}],"unmatched":"pass","forward":{"credential":"remove"}}"#;
    let other = format!("( name = \"POLICY\", text = {other:?} ),");
    let worker = Worker::start(&(other + &secrets("")), Some(&ran.out));
    assert_eq!(worker.status("POST", "/internal/run_scan"), 418);
}
