//! `wicketgate render envoy --watch`, on real Envoy: a new policy takes effect without a restart,
//! whether its file is moved over the old one or the links of a mounted ConfigMap change.

mod common;
#[path = "common/envoy.rs"]
#[expect(dead_code, reason = "the other tests of `render` use the rest")]
mod envoy;

use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::run;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::http::{Client, Request};
use wicketgate_runtime::process::Process;
use wicketgate_runtime::tools;
use wicketgate_runtime::wait::wait_until;
use wicketgate_testkit::ports;

/// A policy by which nobody may ask for one path.
fn policy(path: &str) -> String {
    format!(
        r#"{{ "version": 1, "name": "watched", "environment": "production", "unmatched": "pass",
        "rules": [{{ "id": "closed", "paths": ["{path}"], "allow": [] }}],
        "default_deny": {{ "status": 418 }}, "forward": {{ "credential": "remove" }} }}"#
    )
}

/// Writes what Envoy watches, as the command does.
fn write(policy: &str, wasm: &str, path: &Path) {
    let out = ["--wasm", wasm, "--out", path.to_str().unwrap(), "--replace"];
    let arguments = [&["render", "envoy-watched", "-"][..], &out].concat();
    let ran = run(&arguments, &[], policy.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

/// Envoy with a rendered configuration.
struct Gate {
    _process: Process,
    address: SocketAddr,
}

impl Gate {
    fn start(folder: &Path, watch: &Path, wasm: &str) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], ports::free().unwrap()));
        let admin = ports::free().unwrap().to_string();
        let listen = address.to_string();
        let arguments = [
            "render",
            "envoy",
            "-",
            "--watch",
            watch.to_str().unwrap(),
            "--wasm",
            wasm,
            "--listen",
            &listen,
        ];
        let ran = run(&arguments, &[], policy("/").as_bytes());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let config = folder.join("envoy.yaml");
        fs::write(&config, ran.out.replace("port_value: 9901", &format!("port_value: {admin}")))
            .unwrap();
        let log = folder.join("envoy.log");
        let envoy = tools::envoy(&Cache::open().unwrap()).unwrap();
        let mut command = Command::new(envoy);
        command.args(["--disable-hot-restart", "--concurrency", "1", "-l", "warning", "-c"]);
        command.arg(&config).env_clear().env("WICKETGATE_ENVIRONMENT", "production");
        command.stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let mut process = Process::start_with_outputs(&mut command, &log).unwrap();
        wait_until("Envoy", Duration::from_secs(30), || {
            assert_eq!(process.ended().unwrap(), None, "{}", process.output());
            Ok(std::net::TcpStream::connect(address).ok())
        })
        .unwrap();
        Self { _process: process, address }
    }

    /// Waits until this path is closed, and another is not.
    fn closes(&self, path: &str) {
        let asked = |path: &str| {
            let answer = Client::new(self.address).ask(&Request::new("GET", path).unwrap());
            answer.map(|answer| answer.status)
        };
        wait_until(path, Duration::from_secs(20), || Ok((asked(path)? == 418).then_some(())))
            .unwrap();
        // There is no origin.
        assert_eq!(asked("/other").unwrap(), 503);
    }
}

#[test]
#[ignore = "needs Envoy and the built filter: cargo xtask test --only cli"]
fn a_file_that_is_moved_over_the_old_one_takes_effect() {
    let folder = tempfile::tempdir().unwrap();
    let wasm = envoy::filter();
    let wasm = wasm.to_str().unwrap();
    let watched = folder.path().join("gate");
    fs::create_dir(&watched).unwrap();
    let watched = watched.join("gate.json");
    write(&policy("/one"), wasm, &watched);
    let gate = Gate::start(folder.path(), &watched, wasm);
    gate.closes("/one");
    write(&policy("/two"), wasm, &watched);
    gate.closes("/two");
    // The gate refuses a policy with a fault, and the one before stays in force.
    let broken = fs::read_to_string(&watched).unwrap().replace("/two", "two");
    wicketgate_runtime::files::replace(&watched, broken).unwrap();
    let log = folder.path().join("envoy.log");
    wait_until("the refusal", Duration::from_secs(20), || {
        Ok(fs::read_to_string(&log)?.contains("rules[0].paths[0]").then_some(()))
    })
    .unwrap();
    gate.closes("/two");
    write(&policy("/three"), wasm, &watched);
    gate.closes("/three");
}

/// The kubelet writes each version of a ConfigMap into a folder of its own, and moves the link
/// `..data` to it. The file's own link stays.
#[test]
#[ignore = "needs Envoy and the built filter: cargo xtask test --only cli"]
fn a_configmap_takes_effect() {
    let folder = tempfile::tempdir().unwrap();
    let wasm = envoy::filter();
    let wasm = wasm.to_str().unwrap();
    let mounted = folder.path().join("gate");
    let version = |number: &str, path: &str| {
        let version = mounted.join(number);
        fs::create_dir_all(&version).unwrap();
        write(&policy(path), wasm, &version.join("gate.json"));
        symlink(number, mounted.join("..data_tmp")).unwrap();
        fs::rename(mounted.join("..data_tmp"), mounted.join("..data")).unwrap();
    };
    version("..2026_11_30_1", "/one");
    symlink("..data/gate.json", mounted.join("gate.json")).unwrap();
    let gate = Gate::start(folder.path(), &mounted.join("gate.json"), wasm);
    gate.closes("/one");
    version("..2026_11_30_2", "/two");
    gate.closes("/two");
}
